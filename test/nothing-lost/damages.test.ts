import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DAMAGES, flipBits, surviveDamage } from './damages.ts';

const BITS = 12;
const SEED = 20_261_124;

describe('a database damaged during an outage', { concurrency: 2 }, () => {
  for (const damage of DAMAGES)
    it(`${damage.what}: checks and alarms go on`, { timeout: 300_000 }, async (test) => {
      const { problems, figure } = await surviveDamage(damage);
      test.diagnostic(figure);
      assert.deepEqual(problems, []);
    });
});

it(`${BITS} databases with one bit flipped each take records all the same`, { timeout: 300_000 }, async (test) => {
  const { problems, figure } = await flipBits(BITS, SEED);
  test.diagnostic(figure);
  assert.deepEqual(problems, []);
});
