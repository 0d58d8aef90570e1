// suite: waits

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { outliveDisk, READ_ONLY, whyNoReadOnly } from './disk-trouble.ts';
import type { Outcome } from './outcome.ts';
import { noMounts, onOwnMounts } from './own-mounts.ts';

const SCENARIOS: readonly (readonly [string, () => Promise<Outcome>, string | undefined])[] = [
  ['full: checks and alarms go on, all is recorded once there is room', () => onOwnMounts('full'), noMounts],
  ['read-only: checks and alarms go on, all is recorded afterwards', () => outliveDisk(READ_ONLY), whyNoReadOnly()],
  ['read-only at the start: refused, saying what to do', () => onOwnMounts('read-only start'), noMounts],
];

describe('a real disk that takes nothing', { concurrency: true }, () => {
  for (const [what, live, missing] of SCENARIOS)
    it(what, { skip: missing ?? false, timeout: 300_000 }, async (test) => {
      const { problems, figure, times } = await live();
      test.diagnostic(`${times} x: ${figure}`);
      assert.deepEqual(problems, []);
    });
});
