import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { locateChromium, locateK6 } from '../../process/locate-tools.ts';
import { measureLeftovers, type Series } from './leftovers.ts';
import { killInTheMiddleOf } from './orphans.ts';
import type { Outcome } from './outcome.ts';
import { CRASHES, HUNG_LOADS, JOURNEYS, LOADS, PROBES } from './series.ts';

const [k6, chromium] = await Promise.all([locateK6(), locateChromium()]);
const noK6 = k6.found ? undefined : `k6 is missing: ${k6.mend}`;
const noChromium = chromium.found ? undefined : `chromium is missing: ${chromium.mend}`;

const SERIES: readonly (readonly [Series, number, string | undefined])[] = [
  [PROBES, 200, undefined],
  [JOURNEYS, 12, noChromium],
  [CRASHES, 2, noChromium],
  [LOADS, 4, noK6],
  [HUNG_LOADS, 2, undefined],
];

/** Each has a monitor of its own, which mostly waits for its next run. */
const SIDE_BY_SIDE = 3;
const skip = process.platform === 'linux' ? false : 'reads /proc';

describe('nothing is left behind', { skip, concurrency: SIDE_BY_SIDE }, () => {
  for (const [series, runs, missing] of SERIES)
    it(`by ${runs} ${series.what}`, { skip: missing ?? false, timeout: 300_000 }, async (test) =>
      holds(test, await measureLeftovers(series, runs)),
    );

  it(
    'by a journey whose monitor was killed, once there is a next start',
    { skip: noChromium ?? false, timeout: 300_000 },
    async (test) => holds(test, await killInTheMiddleOf('a journey')),
  );
  it(
    'by a k6 run whose monitor was killed, once there is a next start',
    { skip: noK6 ?? false, timeout: 300_000 },
    async (test) => holds(test, await killInTheMiddleOf('a k6 run')),
  );
});

function holds(test: { diagnostic(text: string): void }, { times, figure, problems }: Outcome): void {
  test.diagnostic(`${times} x: ${figure}`);
  assert.deepEqual(problems, []);
}
