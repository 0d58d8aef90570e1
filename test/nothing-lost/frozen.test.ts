// suite: waits

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { freeze } from './frozen.ts';

/** Shorter than the 90 s of the soak; the rule that a slot must start within a minute, or half its period, is the same. */
const FROZEN_MS = 15_000;

it('a monitor that was stopped for a while records what it missed, makes no burst, and blames nobody', {
  timeout: 300_000,
}, async (test) => {
  const { problems, figure } = await freeze(FROZEN_MS);
  test.diagnostic(figure);
  assert.deepEqual(problems, []);
});
