import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { acquireMachineLock, type LockHolder, type LockOptions, machineLockHolder } from './machine-lock.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-lock-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const acquire = (options: Partial<LockOptions> = {}): ReturnType<typeof acquireMachineLock> =>
  acquireMachineLock({ what: 'this test', wait: false, nowMs: 2_000, folder, ...options });

async function startHolder(): Promise<ChildProcess> {
  const holder = spawn(process.execPath, [join(import.meta.dirname, 'fixtures/hold-lock.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: holder.stdout }), 'line');
  assert.equal(line, 'held');
  return holder;
}

describe('acquireMachineLock', () => {
  it('gives the lock, says who holds it, and takes it back', async () => {
    const first = await acquire();
    assert.ok(first.held);
    const second = await acquire();
    assert.deepEqual(second, {
      held: false,
      reason: 'busy',
      holder: { pid: process.pid, what: 'this test', sinceMs: 2_000 },
    });
    first.release();
    first.release();
    assert.equal(machineLockHolder({ folder }), undefined);
    const third = await acquire();
    assert.ok(third.held);
    third.release();
  });

  it('names the holder in another process, and is free again after kill -9', async () => {
    const holder = await startHolder();
    const busy = await acquire();
    assert.deepEqual(busy.held ? undefined : busy.holder, { pid: holder.pid, what: 'a test holder', sinceMs: 1_000 });

    const waitedFor: (LockHolder | undefined)[] = [];
    const onWaiting = (who: LockHolder | undefined): void => {
      waitedFor.push(who);
      holder.kill('SIGKILL');
    };
    const outcome = await acquire({ wait: true, onWaiting });

    assert.ok(outcome.held);
    assert.equal(waitedFor[0]?.pid, holder.pid);
    outcome.release();
  });

  it('stops waiting when aborted', async () => {
    const first = await acquire();
    const controller = new AbortController();
    const outcome = await acquire({ wait: true, signal: controller.signal, onWaiting: () => controller.abort() });
    assert.equal(outcome.held ? 'held' : outcome.reason, 'aborted');
    assert.ok(first.held);
    first.release();
  });

  it('does not trip over an unreadable note', async () => {
    const first = await acquire();
    for (const garbage of ['', '{', 'null', '{"pid":"1"}']) {
      writeFileSync(join(folder, 'exclusive.holder.json'), garbage);
      const second = await acquire();
      assert.deepEqual(second, { held: false, reason: 'busy', holder: undefined });
    }
    assert.ok(first.held);
    first.release();
  });

  it('keeps locks of different names apart', async () => {
    const one = await acquire();
    const other = await acquire({ name: 'other' });
    assert.ok(one.held && other.held);
    one.release();
    other.release();
  });
});
