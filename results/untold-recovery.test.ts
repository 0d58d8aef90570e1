import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FakeClock } from '../core/fake-clock.ts';
import { SILENT_LOG } from '../core/log.ts';
import { MINUTE, START, sampleRun } from './fixtures/sample-records.ts';
import { lockFolder } from './folder-lock.ts';
import { openDatabase } from './open-database.ts';
import { openStore } from './open-store.ts';
import type { Recovery } from './protocol.ts';
import { ThreadStore } from './thread-store.ts';
import { Writer } from './writer.ts';

test('a fresh database that cannot be made: the damage is told by the next opening that succeeds, once', (t) => {
  const { file, damage, refuse, allow } = place(t);
  const recoveries: Recovery[] = [];
  const open = (): void => {
    const writer = new Writer(
      { file, backupFolder: dirname(file) },
      { now: () => START, onRecovered: (recovery) => recoveries.push(recovery), onMigrated: () => {} },
    );
    try {
      writer.open();
    } finally {
      writer.answer({ name: 'close' });
    }
  };
  open();
  damage();
  refuse();
  assert.throws(open, { code: 'store-open-failed' });
  assert.throws(open, { code: 'store-open-failed' });
  assert.deepEqual(recoveries, []);
  allow();
  open();
  open();
  assertTold(recoveries, /0 bytes/, 1);
});

test('a second damage before the first was told: both are told, with all that was moved', (t) => {
  const { file, damage, refuse, allow } = place(t);
  damage();
  refuse();
  assert.throws(() => open(file), { code: 'store-open-failed' });
  writeFileSync(`${file}-wal`, 'left over');
  assert.throws(() => open(file), { code: 'store-open-failed' });
  allow();
  assertTold([open(file)], /0 bytes.*file itself is missing/, 2);
});

test('files of which only some could be moved: told by the next opening that succeeds', (t) => {
  // Its own name fits with the time behind it, that of its log no longer does.
  const { file, damage } = place(t, 'v'.repeat(230));
  damage();
  writeFileSync(`${file}-wal`, 'left over');
  assert.throws(() => open(file), /ENAMETOOLONG/);
  assert.ok(!existsSync(file));
  rmSync(`${file}-wal`);
  assertTold([open(file)], /0 bytes/, 1);
});

test('a disk that does not even take the note of it: nothing is moved, and the next opening finds the damage again', (t) => {
  const { file, damage } = place(t);
  damage();
  mkdirSync(`${file}.moved-aside.part`);
  assert.throws(() => open(file), { code: 'store-open-failed' });
  assert.ok(existsSync(file));
  rmdirSync(`${file}.moved-aside.part`);
  assertTold([open(file)], /0 bytes/, 1);
});

test('a note that cannot be read any more is told all the same', (t) => {
  const { file } = place(t);
  writeFileSync(`${file}.damaged-20261122T100000Z`, '');
  writeFileSync(`${file}.moved-aside`, '{');
  assertTold([open(file)], /cannot be read/, 1);
});

test('a damaged file that was taken away before anything was moved is nothing to tell', (t) => {
  const { file } = place(t);
  const note = { reason: 'the file is empty', movedTo: ['vigie.db.damaged-20261122T100000Z'], at: START };
  writeFileSync(`${file}.moved-aside`, JSON.stringify(note));
  assert.equal(open(file), undefined);
});

test('a process that ends before the fresh database is made: the next one tells', async (t) => {
  const { folder, damage, refuse, allow } = place(t);
  damage();
  refuse();
  const start = () => openStore({ folder, log: SILENT_LOG, clock: new FakeClock() });
  await assert.rejects(start(), { code: 'store-open-failed' });
  allow();
  const store = await start();
  await store.close();
  assertTold([store.recovered], /0 bytes/, 1);
  const again = await start();
  await again.close();
  assert.equal(again.recovered, undefined);
});

test('a storage thread that is refused after the damage: the thread after it tells', async (t) => {
  const { folder, file, damage, refuse, allow } = place(t);
  const recoveries: Recovery[] = [];
  const lock = lockFolder(folder, { pid: process.pid, command: 'test', since: 0 });
  const options = { log: SILENT_LOG, clock: new FakeClock(), onRecovered: (one: Recovery) => recoveries.push(one) };
  const store = new ThreadStore({ file, backupFolder: folder }, options, lock);
  t.after(() => store.close());
  await store.commit({ run: sampleRun() });
  await store.crash();
  damage();
  refuse();
  const run = sampleRun({ dueAt: START + MINUTE });
  await assert.rejects(store.commit({ run }), { code: 'store-open-failed' });
  allow();
  await store.commit({ run });
  assertTold(recoveries, /0 bytes/, 1);
});

function place(t: TestContext, name = 'vigie.db') {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-untold-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, name);
  return {
    folder,
    file,
    damage: () => {
      writeFileSync(file, '');
      for (const part of ['-wal', '-shm']) rmSync(file + part, { force: true });
    },
    /** As a full disk does: the damage is seen and the file is moved, but a fresh one cannot be written. */
    refuse: () => mkdirSync(`${file}-journal`),
    allow: () => rmdirSync(`${file}-journal`),
  };
}

function open(file: string): Recovery | undefined {
  const { database, recovered } = openDatabase({ file, backupFolder: dirname(file), now: START });
  database.close();
  return recovered;
}

function assertTold(recoveries: readonly (Recovery | undefined)[], reason: RegExp, moved: number): void {
  assert.equal(recoveries.length, 1);
  assert.match(recoveries[0]?.reason ?? 'not told', reason);
  assert.equal(recoveries[0]?.movedTo.length, moved);
  for (const path of recoveries[0]?.movedTo ?? []) assert.ok(existsSync(path), path);
}
