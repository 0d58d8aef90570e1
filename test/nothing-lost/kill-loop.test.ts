// suite: waits

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { killLoop } from './kill-loop.ts';

/** Another seed finds other instants: VIGIE_TEST_SEED=… */
const USUAL_SEED = 20_261_124;
const seed = Number(process.env.VIGIE_TEST_SEED ?? USUAL_SEED);
/** Enough to meet both sorts, while it starts and while it runs, which is asserted; the soak kills 1,000 times. */
const KILLS = 5;

it(`${KILLS} kills at random instants lose no slot, no incident and no notice`, { timeout: 300_000 }, async (test) => {
  const { problems, figure, what } = await killLoop({ kills: KILLS, seed, folders: 1 });
  test.diagnostic(`${what}: ${figure}`);
  assert.deepEqual(problems, []);
  if (seed === USUAL_SEED) assert.match(figure, /^[1-4] during the start/);
});
