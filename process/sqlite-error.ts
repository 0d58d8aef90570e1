/** An error of SQLite as the driver throws it; `errcode` is SQLite's extended result code. */
type SqliteError = Error & { readonly code: 'ERR_SQLITE_ERROR'; readonly errcode: number };

/** Result codes by their number, from https://sqlite.org/rescode.html: the primary ones, and those extended ones that say more than their primary. */
const NAMES: Readonly<Record<number, string>> = {
  1: 'SQLITE_ERROR',
  2: 'SQLITE_INTERNAL',
  3: 'SQLITE_PERM',
  4: 'SQLITE_ABORT',
  5: 'SQLITE_BUSY',
  6: 'SQLITE_LOCKED',
  7: 'SQLITE_NOMEM',
  8: 'SQLITE_READONLY',
  9: 'SQLITE_INTERRUPT',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  12: 'SQLITE_NOTFOUND',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  15: 'SQLITE_PROTOCOL',
  17: 'SQLITE_SCHEMA',
  18: 'SQLITE_TOOBIG',
  19: 'SQLITE_CONSTRAINT',
  20: 'SQLITE_MISMATCH',
  21: 'SQLITE_MISUSE',
  22: 'SQLITE_NOLFS',
  23: 'SQLITE_AUTH',
  24: 'SQLITE_FORMAT',
  25: 'SQLITE_RANGE',
  26: 'SQLITE_NOTADB',
  261: 'SQLITE_BUSY_RECOVERY',
  264: 'SQLITE_READONLY_RECOVERY',
  266: 'SQLITE_IOERR_READ',
  267: 'SQLITE_CORRUPT_VTAB',
  275: 'SQLITE_CONSTRAINT_CHECK',
  516: 'SQLITE_ABORT_ROLLBACK',
  517: 'SQLITE_BUSY_SNAPSHOT',
  520: 'SQLITE_READONLY_CANTLOCK',
  522: 'SQLITE_IOERR_SHORT_READ',
  526: 'SQLITE_CANTOPEN_ISDIR',
  776: 'SQLITE_READONLY_ROLLBACK',
  778: 'SQLITE_IOERR_WRITE',
  779: 'SQLITE_CORRUPT_INDEX',
  787: 'SQLITE_CONSTRAINT_FOREIGNKEY',
  1032: 'SQLITE_READONLY_DBMOVED',
  1034: 'SQLITE_IOERR_FSYNC',
  1288: 'SQLITE_READONLY_CANTINIT',
  1290: 'SQLITE_IOERR_DIR_FSYNC',
  1299: 'SQLITE_CONSTRAINT_NOTNULL',
  1544: 'SQLITE_READONLY_DIRECTORY',
  1546: 'SQLITE_IOERR_TRUNCATE',
  1555: 'SQLITE_CONSTRAINT_PRIMARYKEY',
  1802: 'SQLITE_IOERR_FSTAT',
  2067: 'SQLITE_CONSTRAINT_UNIQUE',
  2314: 'SQLITE_IOERR_UNLOCK',
  2570: 'SQLITE_IOERR_DELETE',
  2579: 'SQLITE_CONSTRAINT_ROWID',
  3338: 'SQLITE_IOERR_ACCESS',
  3850: 'SQLITE_IOERR_LOCK',
  4618: 'SQLITE_IOERR_SHMOPEN',
  4874: 'SQLITE_IOERR_SHMSIZE',
  5386: 'SQLITE_IOERR_SHMMAP',
};

/** SQLite's name for an error, such as `SQLITE_FULL`; of a code not listed here that of its primary one. Undefined when it is none of SQLite's. */
export function sqliteErrorName(error: unknown): string | undefined {
  if (!isSqliteError(error)) return undefined;
  return NAMES[error.errcode] ?? NAMES[error.errcode & 0xff] ?? `SQLITE_${error.errcode}`;
}

export function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR';
}

/** Another connection holds the file. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === 5;
}

/** A row breaks a rule of its table. */
export function isConstraint(error: unknown): boolean {
  return primaryCode(error) === 19;
}

/** The lowest byte of every extended code is the primary one. */
function primaryCode(error: unknown): number | undefined {
  return isSqliteError(error) ? error.errcode & 0xff : undefined;
}
