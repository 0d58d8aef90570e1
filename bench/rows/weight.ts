import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { formatQuantity } from '../../core/units.ts';
import { neededBy, readLock, weighPackage } from '../measure/locked-tree.ts';
import { single } from '../measure/spread.ts';
import type { Row } from '../row.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** What somebody installs who does the same with the tools alone. */
const BARE = ['@lhci/cli', '@playwright/test'];
const SHOWN = 20;
const MOST_PACKAGES = 1.3;
const MOST_BYTES = 1.4;
const manifest = z.object({ dependencies: z.record(z.string(), z.string()) });

/** What `npm i -D vigie` puts on a disk, by the lock and the installed packages: without our own Node and our own tools for tests. */
export const weight: Row = {
  name: 'weight',
  what: 'packages that come with the package, beside those of Lighthouse CI and Playwright alone',
  limitMs: { full: 60_000, quick: 60_000, smoke: 60_000 },
  async run({ say }) {
    const { dependencies } = manifest.parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
    const ours = weighAll(Object.keys(dependencies));
    const bare = weighAll(BARE);
    for (const [place, bytes] of ours.heaviest.slice(0, SHOWN))
      say(`${formatQuantity(bytes, 'bytes').padStart(8)} ${place}`);
    return [
      { name: 'packages', unit: 'count', spread: single(ours.packages) },
      { name: 'on disk', unit: 'bytes', spread: single(ours.bytes) },
      {
        name: 'packages over the bare tools',
        unit: 'ratio',
        spread: single(ours.packages / bare.packages),
        ceiling: { comparison: '<=', value: MOST_PACKAGES },
      },
      {
        name: 'on disk over the bare tools',
        unit: 'ratio',
        spread: single(ours.bytes / bare.bytes),
        ceiling: { comparison: '<=', value: MOST_BYTES },
      },
    ];
  },
};

type Weighed = {
  readonly packages: number;
  readonly bytes: number;
  readonly heaviest: readonly (readonly [place: string, bytes: number])[];
};

function weighAll(names: readonly string[]): Weighed {
  const weights = [...neededBy(readLock(ROOT), names)]
    .map((place) => [place, weighPackage(ROOT, place)] as const)
    .filter((pair): pair is readonly [string, number] => pair[1] !== undefined);
  return {
    packages: weights.length,
    bytes: weights.reduce((sum, [, bytes]) => sum + bytes, 0),
    heaviest: weights.toSorted(([, a], [, b]) => b - a),
  };
}
