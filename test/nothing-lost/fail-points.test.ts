// suite: waits

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { failPoints } from './fail-points.ts';

/** An opening and a recovery at each of the two points, once each, so that every kind is met; the soak meets each point a hundred times. */
const TIMES = 2;

it(`an alarm survives ${TIMES} kills between commit and send, and ${TIMES} between send and mark`, {
  timeout: 300_000,
}, async (test) => {
  const outcomes = await failPoints({ times: TIMES, folders: 1 });
  for (const { what, times, figure } of outcomes) test.diagnostic(`${what}, ${times} x: ${figure}`);
  assert.deepEqual(
    outcomes.map(({ times }) => times),
    [TIMES, TIMES],
  );
  assert.deepEqual(
    outcomes.flatMap(({ problems }) => problems),
    [],
  );
});
