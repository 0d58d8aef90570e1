import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CONFIG_CONTENT, type RunFiles } from './arguments.ts';

/**
 * Lays out the temp folder of a run. A script writes files by names of its own (`handleSummary` returns `summary.json` in k6's
 * documentation), relative to its working folder: ours lie beside that, in a folder whose name no script can know.
 */
export async function makeFiles(folder: string): Promise<RunFiles> {
  const own = join(folder, randomBytes(16).toString('hex'));
  const work = join(folder, 'work');
  await Promise.all([own, work].map((path) => mkdir(path, { mode: 0o700 })));
  const config = join(own, 'config.json');
  await writeFile(config, CONFIG_CONTENT, { mode: 0o600 });
  return { config, summary: join(own, 'summary.json'), work };
}
