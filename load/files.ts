import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CONFIG_CONTENT, type RunFiles } from './arguments.ts';

/** Lays out the temp folder of a run. */
export async function makeFiles(folder: string): Promise<RunFiles> {
  const config = join(folder, 'k6-config.json');
  await writeFile(config, CONFIG_CONTENT, { mode: 0o600 });
  return { config, summary: join(folder, 'summary.json'), home: folder };
}
