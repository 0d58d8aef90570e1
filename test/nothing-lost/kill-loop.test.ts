import assert from 'node:assert/strict';
import { it } from 'node:test';
import { killLoop } from './kill-loop.ts';

/** Another seed finds other instants: VIGIE_TEST_SEED=… */
const seed = Number(process.env.VIGIE_TEST_SEED ?? 20_261_124);

it('25 kills at random instants lose no slot, no incident and no notice', { timeout: 300_000 }, async (test) => {
  const { problems, figure, what } = await killLoop({ kills: 25, seed, folders: 3 });
  test.diagnostic(`${what}: ${figure}`);
  assert.deepEqual(problems, []);
});
