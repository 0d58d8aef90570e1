import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FAULTS, missingStrace, sweepFailures } from './failing-disk.ts';

/** Every so many calls; the soak takes each. There are hundreds of writes and a few dozen of the other. */
const STRIDES = { pwrite64: 140, 'fsync,fdatasync': 11 } as const;

describe('a disk that fails once', { skip: missingStrace ?? false, concurrency: 2 }, () => {
  for (const fault of FAULTS)
    it(`${fault.error} at the n-th ${fault.calls}: nothing acknowledged is lost`, {
      timeout: 300_000,
    }, async (test) => {
      const { problems, figure, times } = await sweepFailures(fault, STRIDES[fault.calls]);
      test.diagnostic(`${times} x: ${figure}`);
      assert.deepEqual(problems, []);
    });
});
