import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tally } from './tally.ts';

test('the last 1,024 latenesses are kept, oldest first', () => {
  const tally = new Tally();
  tally.start(7);
  assert.deepEqual(tally.read().recentLatenessMs, [7]);
  for (let index = 0; index < 1_030; index += 1) tally.start(index);
  const { started, recentLatenessMs } = tally.read();
  assert.deepEqual(
    [started, recentLatenessMs.length, recentLatenessMs[0], recentLatenessMs.at(-1)],
    [1_031, 1_024, 6, 1_029],
  );
});

test('skips are counted by reason', () => {
  const tally = new Tally();
  tally.skip('overlap');
  tally.skip('missed', 40);
  tally.skip('missed');
  const { skipped } = tally.read();
  assert.deepEqual([skipped.overlap, skipped.missed, skipped.paused], [1, 41, 0]);
});
