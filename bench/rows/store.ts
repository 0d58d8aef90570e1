import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeHistory } from '../measure/history.ts';
import { single, spreadOf } from '../measure/spread.ts';
import type { Row } from '../row.ts';

const SCALES = {
  full: { rounds: 5, checks: 100, runsEach: 200 },
  quick: { rounds: 3, checks: 100, runsEach: 50 },
  smoke: { rounds: 1, checks: 10, runsEach: 10 },
} as const;

/** How fast runs become durable when they come all at once, and what one of them takes on disk. */
export const store: Row = {
  name: 'store',
  what: 'commits of the store per second, and bytes per run',
  limitMs: { full: 180_000, quick: 60_000, smoke: 120_000 },
  async run({ size, signal, say }) {
    const { rounds, checks, runsEach } = SCALES[size];
    const runs = checks * runsEach;
    const rates: number[] = [];
    let bytes = 0;
    for (let round = 0; round < rounds; round += 1) {
      const folder = mkdtempSync(join(tmpdir(), 'vigie-bench-store-'));
      try {
        const until = Date.now();
        const empty = await writeHistory({
          folder: join(folder, 'empty'),
          checks: 0,
          runsEach: 0,
          everyMs: 1,
          until,
          signal,
        });
        const spentMs = await writeHistory({
          folder: join(folder, 'full'),
          checks,
          runsEach,
          everyMs: 10_000,
          until,
          signal,
        });
        rates.push((runs / Math.max(1, spentMs - empty)) * 1_000);
        bytes = (sizeOf(join(folder, 'full')) - sizeOf(join(folder, 'empty'))) / runs;
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
      say(`round ${round + 1} of ${rounds}`);
    }
    return [
      { name: 'commits, each with its run', unit: 'per_second', spread: spreadOf(rates) },
      { name: 'one run on disk', unit: 'bytes', spread: single(bytes) },
    ];
  },
};

function sizeOf(folder: string): number {
  return readdirSync(folder)
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
}
