import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { trusted } from '../../core/identifiers.ts';
import { Sqlite } from '../../process/sqlite.ts';
import { openDatabase } from '../open-database.ts';
import { openReader } from '../open-reader.ts';
import { first } from './0001-first.ts';
import { MIGRATIONS } from './migrate.ts';
import type { Migration } from './migration.ts';
import { newestSchema } from './written-schema.ts';

const NOW = MIGRATIONS.length;
const NEXT: Migration = {
  version: NOW + 1,
  title: 'colours',
  statements: () => ["alter table names add column colour text default 'red'"],
};
const BROKEN: Migration = {
  version: NOW + 2,
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
  const { database, migrated } = open([...MIGRATIONS, NEXT]);
  database.close();
  assert.deepEqual(migrated, { from: 0, to: NOW + 1 });
  assert.equal(existsSync(join(folder, 'backups')), false);
});

test('a file with data is copied before its schema changes', (t) => {
  const { folder, open } = fresh(t);
  const before = open(MIGRATIONS).database;
  before.exec("insert into names (name) values ('home')");
  before.close();
  const { database, migrated } = open([...MIGRATIONS, NEXT]);
  assert.deepEqual(rowsOf(database, 'select name, colour from names'), [{ name: 'home', colour: 'red' }]);
  database.close();
  assert.equal(migrated.backup, join(folder, 'backups', `vigie-schema${NOW}-20261122T000000Z.db`));
  const copy = new Sqlite(migrated.backup, { access: 'read' });
  assert.deepEqual(rowsOf(copy, 'select * from names'), [{ no: 1, name: 'home' }]);
  copy.close();
});

test('a step that fails leaves the schema and the data as they were', (t) => {
  const { open } = fresh(t);
  open(MIGRATIONS).database.close();
  assert.throws(() => open([...MIGRATIONS, NEXT, BROKEN]), {
    code: 'migration-failed',
    message: /\d \(colours\), \d \(broken\).*nowhere/,
  });
  const { database, recovered } = open(MIGRATIONS);
  assert.equal(recovered, undefined);
  assert.equal(database.value('pragma user_version'), NOW);
  assert.equal(database.value("select count(*) from sqlite_schema where name = 'half'"), 0);
  database.close();
});

test('a process killed in the middle of a change leaves the old schema, which then changes', (t) => {
  const { folder, file, open } = fresh(t);
  open(MIGRATIONS).database.close();
  const killed = spawnSync(process.execPath, [join(import.meta.dirname, '../fixtures/die-migrating.ts'), file]);
  assert.equal(killed.signal, 'SIGKILL');
  const { database, migrated, recovered } = open([...MIGRATIONS, NEXT]);
  assert.equal(recovered, undefined);
  assert.deepEqual([migrated.from, migrated.to], [NOW, NOW + 1]);
  database.close();
  assert.ok(readdirSync(join(folder, 'backups')).length > 0);
});

test('a file of a newer Vigie is refused and left untouched', (t) => {
  const { open } = fresh(t);
  open([...MIGRATIONS, NEXT]).database.close();
  assert.throws(() => open(MIGRATIONS), {
    code: 'schema-newer',
    message: new RegExp(`has schema ${NOW + 1}.*knows schemas up to ${NOW}`),
  });
  const { database, recovered } = open([...MIGRATIONS, NEXT]);
  assert.equal(recovered, undefined);
  database.close();
});

test('the connection that writes has the settings that keep acknowledged data', (t) => {
  const { database } = fresh(t).open(MIGRATIONS);
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

test('the first schema is the one that was released, and so is that of today: their text is compared with that of every file at its start', () => {
  const hashOf = (migrations: readonly Migration[]): string =>
    createHash('sha256').update(newestSchema(migrations)).digest('hex');
  assert.equal(hashOf([first]), 'c51e2051c376d2138f47f3f1fac4b2ada2a7aaa42d2f1821c83d4354009f94af');
  assert.equal(hashOf(MIGRATIONS), '6e268d52c246d14c1965f79dddd31a85fee21745b902d8266446d7653d061780');
});

test('incidents of the first schema are read, and can have causes from then on', (t) => {
  const { open, folder } = fresh(t);
  const before = open([first]).database;
  before.exec(`insert into names (name) values ('home'), ('local')`);
  before.exec(`insert into incidents (check_no, location_no, track, severity, since_at, opened_at, opened_by, id)
    values (1, 2, 'target', 'P2', 1, 2, 'run', 'inc-1')`);
  before.close();
  const { database, migrated } = open(MIGRATIONS);
  database.close();
  assert.deepEqual([migrated.from, migrated.to], [1, NOW]);
  const reader = openReader({ folder });
  t.after(() => reader.close());
  assert.deepEqual(reader.incident(trusted.incidentId('inc-1')), {
    id: 'inc-1',
    check: 'home',
    location: 'local',
    track: 'target',
    severity: 'P2',
    since: 1,
    openedAt: 2,
    openedBy: 'run',
  });
});

/** Rows have no prototype, which a strict comparison minds. */
function rowsOf(database: Sqlite, query: string): readonly object[] {
  return database
    .prepare(query)
    .all()
    .map((row) => ({ ...row }));
}
