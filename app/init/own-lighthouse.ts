import { readFileSync } from 'node:fs';
import { z } from 'zod';

const ownManifest = z.object({ dependencies: z.object({ lighthouse: z.string() }) });

/** The Lighthouse that this version of Vigie was tested with, from the package we lie in. */
export function ownLighthouseVersion(): string {
  const above = import.meta.filename.endsWith('.ts') ? '../../package.json' : '../../../package.json';
  return ownManifest.parse(JSON.parse(readFileSync(new URL(above, import.meta.url), 'utf8'))).dependencies.lighthouse;
}
