import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { VigieError } from '../core/errors.ts';
import { FakeClock } from '../core/fake-clock.ts';
import { SILENT_LOG } from '../core/log.ts';
import { EMPTY_OBSERVATION } from '../core/observation.ts';
import { MINUTE, START, sampleRun } from './fixtures/sample-records.ts';
import { lockFolder } from './folder-lock.ts';
import { openReader } from './open-reader.ts';
import { ThreadStore, type ThreadStoreOptions } from './thread-store.ts';
import { WriteQueue } from './write-queue.ts';

async function start(t: TestContext, options: Partial<ThreadStoreOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-thread-'));
  const lock = lockFolder(folder, { pid: process.pid, command: 'test', since: 0 });
  const settings = { file: join(folder, 'vigie.db'), backupFolder: join(folder, 'backups') };
  const store = new ThreadStore(settings, { log: SILENT_LOG, clock: new FakeClock(), ...options }, lock);
  await store.start();
  t.after(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { folder, store };
}

test('commits under way when the storage thread dies are written by the next one, once', async (t) => {
  const { folder, store } = await start(t, { gatherMs: 0 });
  const runs = Array.from({ length: 50 }, (_, minute) => sampleRun({ dueAt: START + minute * MINUTE }));
  const commits = runs.slice(0, 25).map((run) => store.commit({ run }));
  await commits[0];
  const late = runs.slice(25).map((run) => store.commit({ run }));
  await store.crash();
  await Promise.all([...commits, ...late]);
  const reader = openReader({ folder });
  assert.equal(reader.runs({ limit: 1_000 }).length, 50);
  reader.close();
});

test('a question under way when the storage thread dies is refused and can be asked again', async (t) => {
  const { store } = await start(t);
  const asked = store.resume();
  const crashed = store.crash();
  await Promise.allSettled([asked, crashed]);
  assert.deepEqual((await store.resume()).cursors, []);
});

test('a question is answered after the commits before it, awaited or not', async (t) => {
  const { store } = await start(t, { gatherMs: 1_000 });
  const run = sampleRun();
  const commit = store.commit({ run });
  assert.deepEqual(await store.recordedSlots(run.check, 'local', START - 1, START), [START]);
  await commit;
});

test('a run that contradicts itself or cannot be written is refused alone', async (t) => {
  const { store } = await start(t);
  const run = sampleRun();
  const refused = [
    store.commit({ run: { ...run, trigger: 'manual' } }),
    store.commit({ run: { ...run, location: 'paris' } }),
    store.commit({
      run: sampleRun({ observation: { ...EMPTY_OBSERVATION, facts: { odd: 1n as unknown as string } } }),
    }),
  ];
  const good = store.commit({ run });
  for (const commit of refused) await assert.rejects(commit, { code: 'commit-invalid' });
  await good;
});

test('a full queue refuses at once instead of growing', async () => {
  const queue = new WriteQueue({ gatherMs: 0, mostQueued: 2, encode: encodeNothing, send: () => undefined });
  const waiting = [queue.add({ type: 'commit', commit: {} }), queue.add({ type: 'commit', commit: {} })];
  await assert.rejects(queue.add({ type: 'commit', commit: {} }), { code: 'store-full' });
  assert.equal(queue.size, 2);
  queue.fail(new VigieError('store-write-failed', 'the test ends'));
  assert.deepEqual(
    (await Promise.allSettled(waiting)).map(({ status }) => status),
    ['rejected', 'rejected'],
  );
});

test('what kills the thread twice is given up, the rest is not', async () => {
  const sent: { readonly batch: number; readonly size: number }[] = [];
  const queue = new WriteQueue({
    gatherMs: 0,
    mostQueued: 10,
    encode: encodeNothing,
    send: (batch, operations) => sent.push({ batch, size: operations.length }),
  });
  const poison = queue.add({ type: 'commit', commit: {} });
  queue.flush();
  queue.sendAgain(new VigieError('store-write-failed', 'died once'));
  const later = queue.add({ type: 'commit', commit: {} });
  queue.flush();
  queue.sendAgain(new VigieError('store-write-failed', 'died twice'));
  await assert.rejects(poison, { message: 'died twice' });
  queue.flush();
  assert.deepEqual(
    sent.map(({ size }) => size),
    [1, 2, 1],
  );
  queue.settle(sent.at(-1)?.batch ?? 0, [undefined]);
  await later;
});

function encodeNothing() {
  const record = { run: undefined, slots: [], rows: {}, tracks: [], notices: [], latestAt: 0 };
  return { type: 'commit', record } as const;
}
