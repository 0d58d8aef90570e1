import { readFileSync } from 'node:fs';
import { z } from 'zod';

const ownManifest = z.object({ devDependencies: z.object({ lighthouse: z.string() }) });

/**
 * The Lighthouse that this version of Vigie was tested with, from the package we lie in. It is none of the dependencies that a user gets: Lighthouse CI
 * brings its own, and a second one would lie beside it unused.
 */
export function ownLighthouseVersion(): string {
  const above = import.meta.filename.endsWith('.ts') ? '../../package.json' : '../../../package.json';
  return ownManifest.parse(JSON.parse(readFileSync(new URL(above, import.meta.url), 'utf8'))).devDependencies
    .lighthouse;
}
