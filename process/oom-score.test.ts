import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { it } from 'node:test';
import { offerFirst } from './oom-score.ts';
import { runProcess } from './run-process.ts';

const skip = existsSync('/proc/self/oom_score_adj') ? false : 'needs /proc/self/oom_score_adj (Linux)';

it('what we start, and what that starts, is killed before us when memory runs out', { skip }, async () => {
  // The delay is the program's: it must not look before it has been started for a moment.
  const script = `sleep 0.3; cat /proc/self/oom_score_adj; sh -c 'cat /proc/self/oom_score_adj'`;
  const ending = await runProcess({
    command: 'sh',
    args: ['-c', script],
    env: { PATH: process.env.PATH ?? '' },
    deadlineMs: 20_000,
  });
  const own = Number(readFileSync('/proc/self/oom_score_adj', 'utf8'));
  const expected = Math.min(1_000, own + 300);
  assert.deepEqual(ending.stdout.trim().split('\n').map(Number), [expected, expected]);
});

it('a process that is gone is no error', () => {
  offerFirst(2 ** 22 + 1);
  offerFirst(undefined);
});
