import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Instant } from '../core/clock.ts';
import { messageOf, VigieError } from '../core/errors.ts';
import { Sqlite } from '../process/sqlite.ts';
import { sqliteErrorName } from '../process/sqlite-error.ts';
import { findDamage } from './find-damage.ts';
import type { Recovery } from './protocol.ts';
import { type Migrated, migrate } from './schema/migrate.ts';
import type { Migration } from './schema/migration.ts';
import { keepUntold, readUntold } from './untold-recovery.ts';

/** 3.7.0 to 3.51.2 can lose the write-ahead log when two connections write and checkpoint in the same instant. */
const LEAST_SQLITE = [3, 51, 3] as const;

export type OpenOptions = {
  readonly file: string;
  readonly backupFolder: string;
  readonly now: Instant;
  readonly migrations?: readonly Migration[];
};
export type Opened = {
  readonly database: Sqlite;
  /** What was moved aside, now or before an opening that failed. Given by every opening until `forgetUntold`. */
  readonly recovered: Recovery | undefined;
  readonly migrated: Migrated;
};

/**
 * Opens the one connection that writes. A file that is damaged or not ours is moved aside, never deleted, and a fresh one started:
 * monitoring goes on. Trouble of the machine (full disk, no permission) is thrown as `store-open-failed`.
 */
export function openDatabase(options: OpenOptions): Opened {
  const { file, backupFolder, now } = options;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  let isNew = false;
  try {
    const reason = findDamage(file);
    if (reason !== undefined) moveAside(file, reason, now);
    const recovered = readUntold(file, now);
    isNew = !existsSync(file);
    const database = connect(file);
    try {
      const stamp = stampOf(now);
      const { migrations } = options;
      const migrated = migrate(database, { backupFolder, stamp, ...(migrations === undefined ? {} : { migrations }) });
      return { database, recovered, migrated };
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    // Only what was made here: one that another program cuts to nothing in this moment is a damage, which the next opening tells of.
    if (isNew) forgetEmpty(file);
    throw error instanceof VigieError ? error : openFailed(file, error);
  }
}

/** A file that the disk refused before its first byte is no damaged database, and must not be told as one by the next start. */
function forgetEmpty(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.size === 0) rmSync(file);
}

/** Pages kept by a connection; what the system caches of the file comes on top. SQLite's default is 2 MB for each. */
export const CACHE_KIBIBYTES = 4_096;

function connect(file: string): Sqlite {
  const database = new Sqlite(file);
  try {
    assertVersion(database);
    // Only has an effect before the first table: deleted pages can then be given back piece by piece.
    database.exec('pragma auto_vacuum = incremental');
    settle(database, 'journal_mode', 'wal');
    // WAL with NORMAL loses the last commits on power loss; a commit that was acknowledged must not be lost.
    settle(database, 'synchronous', 'full', 2);
    settle(database, 'foreign_keys', 'on', 1);
    settle(database, 'mmap_size', '0', 0);
    // On macOS a plain fsync stops at the drive's cache. No effect elsewhere.
    database.exec('pragma fullfsync = on');
    database.exec('pragma checkpoint_fullfsync = on');
    database.exec('pragma temp_store = memory');
    database.exec(`pragma cache_size = -${CACHE_KIBIBYTES}`);
    // The log is folded back every 8 MB: hot pages are then written once for many commits.
    database.exec('pragma wal_autocheckpoint = 2000');
    database.exec('pragma journal_size_limit = 67108864');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Sets a pragma and asserts that it holds: SQLite ignores what it does not know or may not do. */
function settle(database: Sqlite, pragma: string, value: string, expected: string | number = value): void {
  database.exec(`pragma ${pragma} = ${value}`);
  const found = database.value(`pragma ${pragma}`);
  // mmap_size answers nothing where memory mapping is compiled out, which is what is wanted.
  if (found === expected || (pragma === 'mmap_size' && found === undefined)) return;
  throw new VigieError(
    'store-unsafe',
    `'${database.file}' has ${pragma} ${String(found)} where ${expected} is needed`,
    {
      hint: 'Put the data folder on a local file system that supports shared memory and locks.',
    },
  );
}

function assertVersion(database: Sqlite): void {
  const version = String(database.value('select sqlite_version()'));
  const parts = version.split('.').map(Number);
  const difference = LEAST_SQLITE.map((least, index) => (parts[index] ?? 0) - least).find((part) => part !== 0) ?? 0;
  if (difference >= 0) return;
  throw new VigieError(
    'sqlite-old',
    `SQLite ${version} can lose committed data; ${LEAST_SQLITE.join('.')} or newer is needed`,
    {
      hint: 'SQLite comes with Node: install Node 24.15 or newer.',
    },
  );
}

/** What may be lost by an error or a kill in the middle is in the note: a file that is gone cannot be found damaged again. */
function moveAside(file: string, reason: string, now: Instant): void {
  const suffix = freeSuffix(file, now);
  const parts = ['', '-wal', '-shm'].filter((part) => existsSync(file + part));
  const before = readUntold(file, now);
  keepUntold(file, {
    reason: before === undefined ? reason : `${before.reason}; then ${reason}`,
    movedTo: [...(before?.movedTo ?? []), ...parts.map((part) => `${file}${suffix}${part}`)],
    at: now,
  });
  for (const part of parts) renameSync(file + part, `${file}${suffix}${part}`);
}

/** Two damages within a second must not overwrite each other's evidence. */
function freeSuffix(file: string, now: Instant): string {
  const base = `.damaged-${stampOf(now)}`;
  for (let attempt = 1; ; attempt += 1) {
    const suffix = attempt === 1 ? base : `${base}-${attempt}`;
    if (!['', '-wal', '-shm'].some((part) => existsSync(file + suffix + part))) return suffix;
  }
}

function stampOf(now: Instant): string {
  return new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
}

function openFailed(file: string, error: unknown): VigieError {
  const name = sqliteErrorName(error);
  const code = name === undefined ? '' : ` (${name})`;
  return new VigieError('store-open-failed', `'${file}' could not be opened: ${messageOf(error)}${code}`, {
    cause: error,
    hint: 'See that the disk has room, that the folder belongs to the user who runs Vigie, and that no other program holds the file.',
  });
}
