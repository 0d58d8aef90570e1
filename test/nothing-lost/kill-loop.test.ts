// suite: waits

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { killLoop } from './kill-loop.ts';

/** Another seed finds other instants: VIGIE_TEST_SEED=… */
const seed = Number(process.env.VIGIE_TEST_SEED ?? 20_261_124);
/** The soak kills 1,000 times. */
const KILLS = 8;

it(`${KILLS} kills at random instants lose no slot, no incident and no notice`, { timeout: 300_000 }, async (test) => {
  const { problems, figure, what } = await killLoop({ kills: KILLS, seed, folders: 2 });
  test.diagnostic(`${what}: ${figure}`);
  assert.deepEqual(problems, []);
});
