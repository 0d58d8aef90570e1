// suite: waits

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { JUMPS, liveThroughJump } from './clocks.ts';

describe('a clock that is set while a monitor runs', { concurrency: true }, () => {
  for (const jump of JUMPS)
    it(`${jump.what}: each slot once, no silence, no second incident`, { timeout: 300_000 }, async (test) => {
      const { problems, figure } = await liveThroughJump(jump);
      test.diagnostic(figure);
      assert.deepEqual(problems, []);
    });
});
