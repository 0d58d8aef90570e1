import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Commit } from '../core/store.ts';
import { CommitEncoder } from './encode-commit.ts';
import { WriteQueue } from './write-queue.ts';

const NOTHING: Commit = {};

function queueOf(gatherMs: number) {
  const encoder = new CommitEncoder();
  const batches: number[] = [];
  const queue = new WriteQueue({
    gatherMs,
    mostQueued: 1_000,
    encode: (write) => (write.type === 'delivery' ? write : { type: 'commit', record: encoder.encode(write.commit) }),
    send(batch, operations) {
      batches.push(operations.length);
      queue.settle(batch, []);
    },
  });
  return { queue, batches, commit: () => queue.add({ type: 'commit', commit: NOTHING }) };
}

it('who writes one after the other is not kept waiting for as long as a stream is', async () => {
  const { commit, batches } = queueOf(60_000);
  for (let turn = 0; turn < 10; turn += 1) await commit();
  assert.deepEqual(
    batches,
    Array.from({ length: 10 }, () => 1),
  );
});

it('what comes after much at once is gathered, up to the longest pause', async () => {
  const { commit, batches } = queueOf(200);
  await Promise.all(Array.from({ length: 100 }, commit));
  const late: Promise<void>[] = [];
  for (let turn = 0; turn < 5; turn += 1) {
    late.push(commit());
    await new Promise(setImmediate);
  }
  await Promise.all(late);
  assert.deepEqual(batches, [100, 5]);
});
