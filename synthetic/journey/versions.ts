import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const manifest = z.object({ version: z.string() });
const require = createRequire(import.meta.url);

/** Versions of what a journey's numbers come from. */
export const VERSIONS = Object.freeze({
  vigie: versionAbove(dirname(fileURLToPath(import.meta.url))),
  playwright: versionAbove(dirname(require.resolve('playwright'))),
  'web-vitals': versionAbove(dirname(require.resolve('web-vitals'))),
});

/** The version in the nearest package.json upwards: the sources and the compiled package lie at different depths. */
function versionAbove(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    const found = readVersion(join(at, 'package.json'));
    if (found !== undefined) return found;
    if (dirname(at) === at) throw new Error(`no package.json with a version above ${folder}; reinstall the package`);
  }
}

function readVersion(file: string): string | undefined {
  try {
    return manifest.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data?.version;
  } catch {
    // Not in this folder: the next one up is looked at.
    return undefined;
  }
}
