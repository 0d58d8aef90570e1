import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkId } from '../core/identifiers.ts';
import { Ledger, RETIRED } from './ledger.ts';

const ledger = (): Ledger => new Ledger(checkId('c'), 'local', 1_000, 50_000);
const lowWater = (of: Ledger, about: readonly number[] = []): number => of.cursor(about).lowWater;

test('with nothing open the cursor stands at the last slot handed out', () => {
  assert.deepEqual(ledger().cursor([]), { check: 'c', location: 'local', watchedSince: 1_000, lowWater: 50_000 });
});

test('the cursor never passes a slot without a durable record', () => {
  const one = ledger();
  for (const slot of [20_000, 30_000, 40_000]) one.open(slot);
  assert.equal(lowWater(one), 19_999);
  assert.equal(lowWater(one, [30_000]), 19_999, 'a later one that is written first');
  assert.equal(lowWater(one, [20_000]), 29_999);
  one.close(20_000);
  assert.equal(lowWater(one, [30_000]), 39_999);
  assert.equal(lowWater(one, [30_000, 40_000]), 50_000);
});

test('slots that were given up hold the cursor until their gap is written', () => {
  const one = ledger();
  one.lose({ from: 30_000, to: 30_000, count: 1 });
  one.lose({ from: 10_000, to: 20_000, count: 5 });
  assert.deepEqual(one.lost, { from: 10_000, to: 30_000, count: 6 });
  assert.equal(lowWater(one), 9_999);
  one.lost = undefined;
  assert.equal(lowWater(one), 50_000);
});

test('a check that is no longer watched has nothing left to account for', () => {
  const one = ledger();
  one.open(20_000);
  one.isRetired = true;
  assert.equal(lowWater(one), RETIRED);
});
