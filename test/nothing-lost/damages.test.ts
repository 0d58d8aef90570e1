import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DAMAGES, flipBits, type Killed, killInOutage, surviveDamage } from './damages.ts';

/** The soak flips 500. */
const BITS = 6;
const SEED = 20_261_124;

describe('a database damaged during an outage', { concurrency: 3 }, () => {
  let killed: Killed;
  before(async () => {
    killed = await killInOutage();
  });
  after(() => killed[Symbol.asyncDispose]());
  for (const damage of DAMAGES)
    it(`${damage.what}: checks and alarms go on`, { timeout: 300_000 }, async (test) => {
      const { problems, figure } = await surviveDamage(damage, killed);
      test.diagnostic(figure);
      assert.deepEqual(problems, []);
    });
});

it(`${BITS} databases with one bit flipped each take records all the same`, { timeout: 300_000 }, async (test) => {
  const { problems, figure } = await flipBits(BITS, SEED);
  test.diagnostic(figure);
  assert.deepEqual(problems, []);
});
