import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const names = z.record(z.string(), z.string()).default({});
const entry = z.object({
  dependencies: names,
  optionalDependencies: names,
  peerDependencies: names,
  peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean().default(false) })).default({}),
});
const lockFile = z.object({ packages: z.record(z.string(), entry) });
export type Lock = z.output<typeof lockFile>['packages'];

export function readLock(root: string): Lock {
  return lockFile.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))).packages;
}

/** Places in node_modules of the packages named and of all that they need, as npm would install them by this lock. */
export function neededBy(lock: Lock, wanted: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (from: string, name: string): void => {
    const place = placeOf(lock, from, name);
    // Not in the lock: optional, or a peer that nobody has.
    if (place === undefined || found.has(place)) return;
    found.add(place);
    for (const needed of needs(lock, place)) visit(place, needed);
  };
  for (const name of wanted) visit('', name);
  return found;
}

function needs(lock: Lock, place: string): readonly string[] {
  const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = lock[place] ?? entry.parse({});
  const peers = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true);
  return [...Object.keys(dependencies), ...Object.keys(optionalDependencies), ...peers];
}

/** As Node looks for a package: beside whoever asks, then in each folder above. */
function placeOf(lock: Lock, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (place in lock) return place;
    if (folder === '') return undefined;
  }
}

/** Bytes on disk of a package without the packages inside it; `undefined` when it is not installed (of another platform). */
export function weighPackage(root: string, place: string): number | undefined {
  try {
    return weigh(join(root, place));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function weigh(folder: string): number {
  return readdirSync(folder, { withFileTypes: true })
    .filter((item) => item.name !== 'node_modules')
    .map((item) => {
      const path = join(folder, item.name);
      // Blocks: thousands of small files take far more than their bytes.
      return item.isDirectory() ? weigh(path) : lstatSync(path).blocks * 512;
    })
    .reduce((sum, bytes) => sum + bytes, 0);
}
