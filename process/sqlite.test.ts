import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { Sqlite } from './sqlite.ts';
import { isBusy, isConstraint, sqliteErrorName } from './sqlite-error.ts';

/** Spaces, other letters, and what a URL would take for something else. */
function fileIn(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'vigie a é #%41?-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'some.db');
}

function errorOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return assert.fail('it did not throw');
}

test('only `create` makes a missing file', (t) => {
  const file = fileIn(t);
  for (const access of ['write', 'read'] as const) {
    assert.equal(sqliteErrorName(errorOf(() => new Sqlite(file, { access }))), 'SQLITE_CANTOPEN');
    assert.equal(existsSync(file), false);
  }
  new Sqlite(file).close();
  using written = new Sqlite(file, { access: 'write' });
  written.exec('create table one (n integer)');
  using read = new Sqlite(file, { access: 'read' });
  assert.equal(read.value('select count(*) from one'), 0);
  assert.equal(sqliteErrorName(errorOf(() => read.exec('delete from one'))), 'SQLITE_READONLY');
});

test('a parameter is bound by its name, wherever and however often it stands', () => {
  using database = new Sqlite(':memory:');
  const sql: string = `select :b as b, :a as a, :b || ':a' as text, ':c' as quoted, :a + 1 as ":d"`;
  const query = database.prepare(sql);
  assert.deepEqual({ ...query.get({ a: 1, b: 'two' }) }, { b: 'two', a: 1, text: 'two:a', quoted: ':c', ':d': 2 });
});

test('a forgotten parameter throws and is not bound as NULL', () => {
  using database = new Sqlite(':memory:');
  const sql: string = 'select :given as given, :forgotten as forgotten';
  const query = database.prepare(sql);
  assert.throws(() => query.get({ given: 1 }), { code: 'ERR_INVALID_ARG_TYPE' });
});

test('a transaction is kept whole or not at all, and a savepoint in it by itself', () => {
  using database = new Sqlite(':memory:');
  database.exec('create table one (n integer primary key)');
  const add = database.prepare('insert into one (n) values (:n)');
  const broken = new Error('as planned');
  database.transaction('immediate', () => {
    add.run({ n: 1 });
    assert.throws(
      () =>
        database.savepoint(() => {
          add.run({ n: 2 });
          throw broken;
        }),
      broken,
    );
    assert.equal(
      database.savepoint(() => add.run({ n: 3 }).lastInsertRowid),
      3,
    );
  });
  assert.throws(
    () =>
      database.transaction('exclusive', () => {
        add.run({ n: 4 });
        throw broken;
      }),
    broken,
  );
  assert.deepEqual(database.values('select n from one order by n'), [1, 3]);
});

test('errors are told apart by their code', (t) => {
  const file = fileIn(t);
  using database = new Sqlite(file);
  database.exec('create table one (n integer primary key, m integer not null unique check (m > 0))');
  const add = database.prepare('insert into one (n, m) values (:n, :m)');
  add.run({ n: 1, m: 1 });
  const broken = [
    { row: { n: 1, m: 2 }, name: 'SQLITE_CONSTRAINT_PRIMARYKEY' },
    { row: { n: 2, m: 1 }, name: 'SQLITE_CONSTRAINT_UNIQUE' },
    { row: { n: 2, m: 0 }, name: 'SQLITE_CONSTRAINT_CHECK' },
    { row: { n: 2, m: null }, name: 'SQLITE_CONSTRAINT_NOTNULL' },
  ];
  for (const { row, name } of broken) {
    const error = errorOf(() => add.run(row));
    assert.deepEqual([sqliteErrorName(error), isConstraint(error), isBusy(error)], [name, true, false]);
  }
  using other = new Sqlite(file, { busyTimeoutMs: 0 });
  database.exec('begin exclusive');
  const held = errorOf(() => other.exec('begin exclusive'));
  assert.deepEqual([sqliteErrorName(held), isBusy(held), isConstraint(held)], ['SQLITE_BUSY', true, false]);
  assert.equal(sqliteErrorName(Object.assign(new Error('no'), { code: 'ENOENT', errno: 2 })), undefined);
});

test('a statement waits while another connection holds the file', async (t) => {
  const file = fileIn(t);
  const holder = new Worker(new URL('./fixtures/hold-file.ts', import.meta.url), { workerData: file });
  await once(holder, 'message');
  using database = new Sqlite(file);
  database.exec('begin immediate');
  await once(holder, 'exit');
});

test('an integer that a number cannot hold is never read as another one', () => {
  using database = new Sqlite(':memory:');
  assert.throws(() => database.value('select 9007199254740993'), { code: 'ERR_OUT_OF_RANGE' });
});

test('it can be closed twice', () => {
  const database = new Sqlite(':memory:');
  database.close();
  database.close();
  assert.equal(database.isOpen, false);
});

test('nothing but this file, and the demo, which imports nothing of ours, opens an SQLite library', () => {
  const root = join(import.meta.dirname, '..');
  const folders = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !NOT_OURS.has(entry.name))
    .map(({ name }) => name);
  const users = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|mjs)$/.test(name) && !name.includes('node_modules'))
      .map((name) => join(folder, name))
      .filter((name) => LIBRARIES.test(readFileSync(join(root, name), 'utf8'))),
  );
  assert.deepEqual(
    users.filter((name) => !name.startsWith('demo/')),
    ['process/sqlite.ts'],
  );
});

const NOT_OURS = new Set(['node_modules', 'dist', 'data', 'logs', 'test-results', 'playwright-report']);
const LIBRARIES = /^import .* from '(?:node:sqlite|sqlite3|better-sqlite3|sql\.js|libsql)';$/m;
