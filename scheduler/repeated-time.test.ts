import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Schedule } from '../core/check.ts';
import { freePass, repeatedSlot, repeatFrom, whenRepeated } from './repeated-time.ts';

const EVERY_10S: Schedule = { type: 'interval', everyMs: 10_000, offsetMs: 2_000 };

test('a check whose last slot lies before the new time has nothing to repeat', () => {
  assert.deepEqual(repeatFrom({ claimedUntil: 1_000 }, 5_000, 1), { claimedUntil: 1_000 });
});

test('a second step back replaces the first', () => {
  const once = repeatFrom({ claimedUntil: 100_000 }, 50_000, 1);
  assert.deepEqual(repeatFrom(once, 20_000, 2), { claimedUntil: 100_000, repeat: { seenUntil: 20_000, pass: 2 } });
});

test('each pass has slots of its own', () => {
  const due = (pass: number): number | undefined =>
    repeatedSlot(EVERY_10S, { claimedUntil: 92_000, repeat: { seenUntil: 20_000, pass } }, 35_000);
  assert.deepEqual([due(1), due(2), due(40)], [32_001, 32_002, 32_040]);
});

test('repeated time ends with the last slot that was handed out', () => {
  const position = { claimedUntil: 92_000, repeat: { seenUntil: 90_000, pass: 1 } };
  assert.equal(repeatedSlot(EVERY_10S, position, 92_000), undefined);
  assert.equal(repeatedSlot(EVERY_10S, position, 92_001), 92_001);
  assert.equal(repeatedSlot(EVERY_10S, position, 105_000), 92_001, 'and no slot after it is taken for repeated');
  assert.ok(whenRepeated(position, 92_000).repeat);
  assert.deepEqual(whenRepeated(position, 92_001), { claimedUntil: 92_000 });
});

test('after a restart a pass is chosen that no record has used', () => {
  assert.equal(freePass(EVERY_10S, []), 1);
  assert.equal(freePass(EVERY_10S, [32_000, 42_000]), 1);
  assert.equal(freePass(EVERY_10S, [32_000, 32_001, 42_002]), 3);
  assert.equal(freePass(EVERY_10S, [36_000]), 1, 'a slot of an older schedule');
  assert.equal(freePass({ type: 'manual' }, [36_000]), 1);
});
