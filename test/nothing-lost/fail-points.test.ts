import assert from 'node:assert/strict';
import { it } from 'node:test';
import { failPoints } from './fail-points.ts';

it('an alarm survives 10 kills between commit and send, and 10 between send and mark', {
  timeout: 300_000,
}, async (test) => {
  const outcomes = await failPoints({ times: 10, folders: 3 });
  for (const { what, times, figure } of outcomes) test.diagnostic(`${what}, ${times} x: ${figure}`);
  assert.deepEqual(
    outcomes.map(({ times }) => times),
    [10, 10],
  );
  assert.deepEqual(
    outcomes.flatMap(({ problems }) => problems),
    [],
  );
});
