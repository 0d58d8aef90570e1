import { existsSync, statSync } from 'node:fs';
import { z } from 'zod';
import { messageOf } from '../core/errors.ts';
import { Sqlite } from '../process/sqlite.ts';
import { isSqliteError, sqliteErrorName } from '../process/sqlite-error.ts';
import { noticeOfRow, noticeRow } from './notice-row.ts';
import { APPLICATION_ID, MIGRATIONS, schemaVersion } from './schema/migrate.ts';
import { newestSchema, writtenSchema } from './schema/written-schema.ts';
import { readResumed } from './stored-state.ts';

/** Up to this size every page is checked at open (about a third of a second); above it only what must hold for work to go on. */
const FULL_CHECK_BYTES = 64 * 1_048_576;

/** What a start reads, and what is small; checked page by page at any size. */
const ALWAYS_CHECKED = ['meta', 'names', 'shapes', 'cursors', 'tracks', 'incidents', 'pauses', 'pings', 'gaps'];

/** Codes that mean the file is damaged, as opposed to a machine that is in trouble (full, no permission, locked). */
const DAMAGE = /^SQLITE_(?:CORRUPT|NOTADB|FORMAT|IOERR_SHORT_READ)/;

export function isDamage(error: unknown): boolean {
  return DAMAGE.test(sqliteErrorName(error) ?? '');
}

/**
 * Why the database file cannot be used, or undefined. Trouble of the machine is thrown instead.
 * A large file is checked in constant time: header, schema, both ends of every table, and the small tables in full;
 * damage in the middle of an old table shows when it is read.
 */
export function findDamage(file: string): string | undefined {
  if (!existsSync(file)) {
    return existsSync(`${file}-wal`) ? 'its write-ahead log is there, but the file itself is missing' : undefined;
  }
  const { size } = statSync(file);
  if (size === 0) return 'the file is empty (0 bytes)';
  try {
    using database = new Sqlite(file, { access: 'write' });
    return foreign(database) ?? damaged(database, size) ?? illegible(database);
  } catch (error) {
    if (error instanceof Error && isDamage(error)) return error.message;
    throw error;
  }
}

function foreign(database: Sqlite): string | undefined {
  const application = Number(database.value('pragma application_id'));
  const isEmpty = tablesOf(database).length === 0;
  if (application === APPLICATION_ID || isEmpty) return undefined;
  return `it belongs to another program (application id ${application})`;
}

function damaged(database: Sqlite, size: number): string | undefined {
  if (size <= FULL_CHECK_BYTES) return answer(database, 'quick_check(1)');
  const tables = tablesOf(database);
  for (const table of tables.filter((name) => ALWAYS_CHECKED.includes(name))) {
    const damage = answer(database, `quick_check(${table})`);
    if (damage !== undefined) return damage;
  }
  for (const table of tables) {
    database.prepare(`select * from "${table}" limit 1`).get();
    if (table !== 'slots' && table !== 'meta')
      database.prepare(`select * from "${table}" order by rowid desc limit 1`).get();
  }
  return undefined;
}

/**
 * Pages have no checksums: a flipped bit inside a value leaves the file sound. Where it matters most it is looked for here, because
 * what a start cannot understand would keep Vigie from starting, and one such notice all others from leaving.
 */
function illegible(database: Sqlite): string | undefined {
  // An older schema is first brought up to date; a newer one is refused there.
  if (schemaVersion(database) !== MIGRATIONS.at(-1)?.version) return undefined;
  if (writtenSchema(database) !== newestSchema()) return 'what it says of its tables is not what was written';
  try {
    readResumed(database);
    const waiting = database.prepare(
      "select id, incident_id, channel, created_at, content from notices where state = 'waiting'",
    );
    for (const row of waiting.iterate()) noticeOfRow(noticeRow.parse(row));
    return undefined;
  } catch (error) {
    if (isSqliteError(error)) throw error;
    return `what a start reads of it makes no sense: ${messageOf(error)}`;
  }
}

function answer(database: Sqlite, check: string): string | undefined {
  const found = String(database.value(`pragma ${check}`));
  // The first line only names the database, which is always the same.
  return found === 'ok' ? undefined : (found.split('\n').at(-1) ?? found);
}

function tablesOf(database: Sqlite): readonly string[] {
  const names = database.values("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'");
  return z.array(z.string()).parse(names);
}
