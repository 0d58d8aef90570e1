import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { VigieError } from '../core/errors.ts';
import { FakeClock } from '../core/fake-clock.ts';
import { SILENT_LOG } from '../core/log.ts';
import { judgeType } from './file-system.ts';
import { folderHolder, lockFolder } from './folder-lock.ts';
import { openStore } from './open-store.ts';

const SELF = { pid: process.pid, command: 'vigie start', since: Date.UTC(2026, 10, 22) };

function freshFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-lock-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('a second process is refused with the name of the first, and let in after kill -9', async (t) => {
  const folder = freshFolder(t);
  const child = spawn(process.execPath, [join(import.meta.dirname, 'fixtures/hold-folder.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  assert.throws(
    () => lockFolder(folder, SELF),
    (error) =>
      error instanceof VigieError &&
      error.code === 'data-folder-locked' &&
      error.message.includes(`process ${child.pid} ('vigie start --watch', since 2026-11-22T00:00:00.000Z)`) &&
      (error.hint ?? '').includes(`kill ${child.pid}`),
  );
  assert.deepEqual(folderHolder(folder), { pid: child.pid, command: 'vigie start --watch', since: SELF.since });
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal(folderHolder(folder), undefined);
  lockFolder(folder, SELF).release();
});

test('a store holds its folder until it is closed', async (t) => {
  const folder = freshFolder(t);
  const options = { folder, log: SILENT_LOG, clock: new FakeClock(), command: 'vigie run' };
  const store = await openStore(options);
  await assert.rejects(openStore(options), { code: 'data-folder-locked' });
  await store.close();
  await store.close();
  const again = await openStore(options);
  await again.close();
  await assert.rejects(again.commit({}), { code: 'store-closed' });
});

test('a folder that cannot be locked is named with what to do', (t) => {
  const folder = freshFolder(t);
  mkdirSync(join(folder, 'vigie.lock'));
  assert.throws(() => lockFolder(folder, SELF), { code: 'data-folder-unusable' });
});

test('a folder that cannot be made is named with why and what to do', async (t) => {
  const folder = join(freshFolder(t), 'file', 'data');
  writeFileSync(join(folder, '..'), '');
  const expected = (error: unknown): boolean =>
    error instanceof VigieError &&
    error.code === 'data-folder-unusable' &&
    error.message.startsWith(`The data folder '${folder}' cannot be written: ENOTDIR`) &&
    /read-only.*dataFolder/.test(error.hint ?? '');
  assert.throws(() => lockFolder(folder, SELF), expected);
  await assert.rejects(openStore({ folder, log: SILENT_LOG, clock: new FakeClock() }), expected);
});

test('network file systems are told from local ones, whatever the sign of the number', () => {
  assert.deepEqual(judgeType(0x6969), { fit: 'network', name: 'NFS' });
  assert.deepEqual(judgeType(0xff534d42), { fit: 'network', name: 'CIFS' });
  assert.deepEqual(judgeType(0xff534d42 | 0), { fit: 'network', name: 'CIFS' });
  assert.deepEqual(judgeType(0x01021997), { fit: 'network', name: '9p' });
  assert.deepEqual(judgeType(0x65735546), { fit: 'doubtful', name: 'FUSE' });
  assert.deepEqual(judgeType(0xef53), { fit: 'good' });
});
