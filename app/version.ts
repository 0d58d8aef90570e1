import { readFileSync } from 'node:fs';
import { z } from 'zod';

const packageFile = z.object({ version: z.string() });

/** Our own version, from the package we lie in: two folders up when compiled, one in the repository. */
export const VERSION: string = readVersion();

function readVersion(): string {
  const above = import.meta.filename.endsWith('.ts') ? '../package.json' : '../../package.json';
  return packageFile.parse(JSON.parse(readFileSync(new URL(above, import.meta.url), 'utf8'))).version;
}
