import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { SKIP_REASONS, TRIGGERS, VERDICT_STATUSES } from '../core/run.ts';
import { SKIP_CODES, STATUS_CODES, statusOfCode, TRIGGER_CODES } from './codes.ts';
import { CommitEncoder } from './encode-commit.ts';
import { MINUTE, START, sampleRun } from './fixtures/sample-records.ts';
import type { Recovery } from './protocol.ts';
import { Writer } from './writer.ts';

function fresh(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-writer-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const recoveries: Recovery[] = [];
  const settings = { file: join(folder, 'vigie.db'), backupFolder: join(folder, 'backups') };
  const writer = new Writer(settings, {
    now: () => START,
    onRecovered: (recovery) => recoveries.push(recovery),
    onMigrated: () => undefined,
  });
  const encoder = new CommitEncoder();
  const commit = (minute: number) =>
    writer.write([{ type: 'commit', record: encoder.encode({ run: sampleRun({ dueAt: START + minute * MINUTE }) }) }]);
  t.after(() => writer.answer({ name: 'close' }));
  return { folder, writer, commit, recoveries };
}

test('a connection that failed is replaced for the next commit', (t) => {
  const { writer, commit } = fresh(t);
  assert.deepEqual(commit(0), [undefined]);
  writer.open().database.close();
  assert.equal(commit(1)[0]?.code, 'store-write-failed');
  assert.deepEqual(commit(1), [undefined]);
});

test('a file that became damaged while closed is moved aside at the next commit', (t) => {
  const { folder, writer, commit, recoveries } = fresh(t);
  commit(0);
  writer.answer({ name: 'close' });
  writeFileSync(join(folder, 'vigie.db'), 'no longer a database, whoever did that');
  assert.deepEqual(commit(1), [undefined]);
  assert.match(recoveries[0]?.reason ?? '', /not a database/);
});

test('the numbers on disk keep their words', () => {
  assert.deepEqual(STATUS_CODES, { passed: 0, degraded: 1, failed: 2, inconclusive: 3, skipped: 4 });
  assert.deepEqual(SKIP_CODES, {
    overlap: 0,
    maintenance: 1,
    paused: 2,
    missed: 3,
    capacity: 4,
    cancelled: 5,
    shutdown: 6,
  });
  assert.deepEqual(TRIGGER_CODES, { slot: 0, manual: 1, gate: 2, confirmation: 3 });
  assert.deepEqual(Object.keys(STATUS_CODES).sort(), [...VERDICT_STATUSES].sort());
  assert.deepEqual(Object.keys(SKIP_CODES).sort(), [...SKIP_REASONS].sort());
  assert.deepEqual(Object.keys(TRIGGER_CODES).sort(), [...TRIGGERS].sort());
  assert.throws(() => statusOfCode(9), /Column 'status'.*9/);
});
