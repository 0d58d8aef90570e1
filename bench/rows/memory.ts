import { pass } from '../measure/child.ts';
import { memoryOf } from '../measure/cpu.ts';
import { single, slopeOf, spreadOf } from '../measure/spread.ts';
import { startTarget } from '../measure/target.ts';
import { makeWorkspace, manyChecks, startDaemon } from '../measure/workspace.ts';
import type { Row } from '../row.ts';

const SCALES = {
  full: { checks: 1_000, settleMs: 180_000, watchMs: 300_000, everyMs: 2_000 },
  quick: { checks: 1_000, settleMs: 40_000, watchMs: 20_000, everyMs: 500 },
  smoke: { checks: 20, settleMs: 500, watchMs: 1_000, everyMs: 200 },
} as const;
const CEILING_BYTES = 220_000_000;
const RUNS_PER_MS = 1_000 / 10_000;
const MILLION = 1_000_000;

/** Resident memory of the daemon, all threads, and whether it grows once everything has been used. */
export const memory: Row = {
  name: 'memory',
  what: 'memory at 1,000 HTTPS checks every 10 s, and its slope',
  limitMs: { full: 600_000, quick: 120_000, smoke: 120_000 },
  async run(context) {
    const { checks, settleMs, watchMs, everyMs } = SCALES[context.size];
    await using target = await startTarget();
    const body = manyChecks({ count: checks, url: target.urls.https, ca: target.ports.ca, every: '10s' });
    using workspace = makeWorkspace(context, body);
    await using daemon = await startDaemon(context, workspace);
    await pass(settleMs, context.signal);
    const points: { readonly at: number; readonly value: number }[] = [];
    for (const begin = performance.now(); performance.now() - begin < watchMs; ) {
      points.push({ at: performance.now(), value: memoryOf(daemon.pid).rssBytes });
      await pass(everyMs, context.signal);
    }
    return [
      {
        name: 'resident memory',
        unit: 'bytes',
        spread: spreadOf(points.map(({ value }) => value)),
        ceiling: { comparison: '<=', value: CEILING_BYTES },
      },
      { name: 'most ever resident', unit: 'bytes', spread: single(memoryOf(daemon.pid).peakBytes) },
      {
        name: 'growth per million runs, at the slope seen',
        unit: 'bytes',
        spread: single((slopeOf(points) / RUNS_PER_MS) * MILLION),
      },
    ];
  },
};
