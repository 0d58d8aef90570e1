import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Sqlite } from '../../process/sqlite.ts';
import { openDatabase } from '../open-database.ts';
import { first } from './0001-first.ts';
import type { Migration } from './migration.ts';
import { newestSchema } from './written-schema.ts';

const SECOND: Migration = {
  version: 2,
  title: 'colours',
  statements: () => ["alter table names add column colour text default 'red'"],
};
const BROKEN: Migration = {
  version: 3,
  title: 'broken',
  statements: () => ['create table half (a integer)', 'insert into nowhere values (1)'],
};

function fresh(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-schema-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'vigie.db');
  const open = (migrations: readonly Migration[]) =>
    openDatabase({ file, backupFolder: join(folder, 'backups'), now: Date.UTC(2026, 10, 22), migrations });
  return { folder, file, open };
}

test('a new file gets the newest schema without a copy', (t) => {
  const { folder, open } = fresh(t);
  const { database, migrated } = open([first, SECOND]);
  database.close();
  assert.deepEqual(migrated, { from: 0, to: 2 });
  assert.equal(existsSync(join(folder, 'backups')), false);
});

test('a file with data is copied before its schema changes', (t) => {
  const { folder, open } = fresh(t);
  const before = open([first]).database;
  before.exec("insert into names (name) values ('home')");
  before.close();
  const { database, migrated } = open([first, SECOND]);
  assert.deepEqual(rowsOf(database, 'select name, colour from names'), [{ name: 'home', colour: 'red' }]);
  database.close();
  assert.equal(migrated.backup, join(folder, 'backups', 'vigie-schema1-20261122T000000Z.db'));
  const copy = new Sqlite(migrated.backup, { access: 'read' });
  assert.deepEqual(rowsOf(copy, 'select * from names'), [{ no: 1, name: 'home' }]);
  copy.close();
});

test('a step that fails leaves the schema and the data as they were', (t) => {
  const { open } = fresh(t);
  open([first]).database.close();
  assert.throws(() => open([first, SECOND, BROKEN]), {
    code: 'migration-failed',
    message: /2 \(colours\), 3 \(broken\).*nowhere/,
  });
  const { database, recovered } = open([first]);
  assert.equal(recovered, undefined);
  assert.equal(database.value('pragma user_version'), 1);
  assert.equal(database.value("select count(*) from sqlite_schema where name = 'half'"), 0);
  database.close();
});

test('a process killed in the middle of a change leaves the old schema, which then changes', (t) => {
  const { folder, file, open } = fresh(t);
  open([first]).database.close();
  const killed = spawnSync(process.execPath, [join(import.meta.dirname, '../fixtures/die-migrating.ts'), file]);
  assert.equal(killed.signal, 'SIGKILL');
  const { database, migrated, recovered } = open([first, SECOND]);
  assert.equal(recovered, undefined);
  assert.deepEqual([migrated.from, migrated.to], [1, 2]);
  database.close();
  assert.ok(readdirSync(join(folder, 'backups')).length > 0);
});

test('a file of a newer Vigie is refused and left untouched', (t) => {
  const { open } = fresh(t);
  open([first, SECOND]).database.close();
  assert.throws(() => open([first]), { code: 'schema-newer', message: /has schema 2.*knows schemas up to 1/ });
  const { database, recovered } = open([first, SECOND]);
  assert.equal(recovered, undefined);
  database.close();
});

test('the connection that writes has the settings that keep acknowledged data', (t) => {
  const { database } = fresh(t).open([first]);
  const found = ['journal_mode', 'synchronous', 'foreign_keys', 'mmap_size', 'auto_vacuum', 'busy_timeout'].map(
    (name) => [name, database.value(`pragma ${name}`)],
  );
  database.close();
  assert.deepEqual(Object.fromEntries(found), {
    journal_mode: 'wal',
    synchronous: 2,
    foreign_keys: 1,
    mmap_size: 0,
    auto_vacuum: 2,
    busy_timeout: 5_000,
  });
});

test('the first schema is the one that was released: its text is compared with that of every file at its start', () => {
  const hash = createHash('sha256').update(newestSchema()).digest('hex');
  assert.equal(hash, 'c51e2051c376d2138f47f3f1fac4b2ada2a7aaa42d2f1821c83d4354009f94af');
});

/** Rows have no prototype, which a strict comparison minds. */
function rowsOf(database: Sqlite, query: string): readonly object[] {
  return database
    .prepare(query)
    .all()
    .map((row) => ({ ...row }));
}
