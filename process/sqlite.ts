import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';

/** What a column can hold and a parameter can be. Integers are read as numbers; one beyond 2^53 throws `ERR_OUT_OF_RANGE`. */
export type SqlValue = null | number | bigint | string | Uint8Array;
export type SqlRow = Readonly<Record<string, unknown>>;

export type SqliteOptions = {
  /** `create` (default) makes a missing file, `write` and `read` throw `SQLITE_CANTOPEN` for one. */
  readonly access?: 'create' | 'write' | 'read';
  /** How long a statement blocks this thread while another connection holds the file, in milliseconds. Default 5,000: the driver's own is 0. */
  readonly busyTimeoutMs?: number;
  /** Whether SQLite refuses statements that can corrupt the file, such as writes to `sqlite_schema`. Default true. */
  readonly defensive?: boolean;
};

/**
 * Even a reader meets a file that is held: whoever opens it first after a crash reads the write-ahead log back alone
 * (https://sqlite.org/wal.html#sometimes_queries_return_sqlite_busy_in_wal_mode).
 */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * The only way to SQLite outside `demo/`: one connection, plain SQL, named parameters. Two SQLite libraries in one process would drop each
 * other's POSIX locks (https://sqlite.org/howtocorrupt.html#_multiple_copies_of_sqlite_linked_into_the_same_application).
 */
export class Sqlite implements Disposable {
  readonly file: string;
  readonly #database: DatabaseSync;

  /** `file`: a path, or `:memory:`. Throws what `sqliteErrorName` names. */
  constructor(
    file: string,
    { access = 'create', busyTimeoutMs = BUSY_TIMEOUT_MS, defensive = true }: SqliteOptions = {},
  ) {
    this.file = file;
    const options = { timeout: busyTimeoutMs, readOnly: access === 'read', defensive };
    this.#database = new DatabaseSync(access === 'write' ? existing(file) : file, options);
  }

  get isOpen(): boolean {
    return this.#database.isOpen;
  }

  /** Runs statements that take no parameters and whose rows nobody needs. */
  exec(sql: string): void {
    this.#database.exec(sql);
  }

  /** Compiles one statement. Its parameters, `:name` in the text, are all named by whoever runs it. */
  prepare<const Sql extends string>(sql: Sql): Statement<ParametersOf<Sql>> {
    return new Statement((text) => this.#database.prepare(text), sql);
  }

  /** The first column of the first row; undefined without a row. */
  value(sql: string): unknown {
    return this.values(sql)[0];
  }

  /** The first column of every row. */
  values(sql: string): readonly unknown[] {
    const statement = this.#database.prepare(sql);
    return statement.all().map((row) => Object.values(row)[0]);
  }

  /** All of it or nothing. Not inside another: see `savepoint`. */
  transaction<T>(mode: 'deferred' | 'immediate' | 'exclusive', work: () => T): T {
    return this.#between(`begin ${mode}`, 'commit', 'rollback', work);
  }

  /** Inside a transaction: all of it or nothing, whatever becomes of the rest. */
  savepoint<T>(work: () => T): T {
    return this.#between('savepoint one', 'release one', 'rollback to one; release one', work);
  }

  #between<T>(begin: string, commit: string, rollback: string, work: () => T): T {
    this.#database.exec(begin);
    try {
      const result = work();
      this.#database.exec(commit);
      return result;
    } catch (error) {
      this.#undo(rollback);
      throw error;
    }
  }

  #undo(rollback: string): void {
    // A full disk or an I/O error may have ended the transaction already.
    if (!this.#database.isTransaction) return;
    try {
      this.#database.exec(rollback);
    } catch {
      // The error that led here is the one to report, and what was not committed is undone when the file is opened again.
    }
  }

  /** Closes it, once; later calls do nothing. */
  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** The driver has no option for it, SQLite's own names for files do (https://sqlite.org/uri.html). */
function existing(file: string): URL {
  const url = pathToFileURL(file);
  url.searchParams.set('mode', 'rw');
  return url;
}

/** What was changed by a statement. */
export type Change = { readonly changes: number; readonly lastInsertRowid: number };

export class Statement<Parameters> {
  readonly #statement: StatementSync;
  readonly #names: readonly string[];

  constructor(prepare: (sql: string) => StatementSync, sql: string) {
    const { text, names } = numberParameters(sql);
    this.#statement = prepare(text);
    this.#names = names;
  }

  run(...parameters: Given<Parameters>): Change {
    const { changes, lastInsertRowid } = this.#statement.run(...this.#bind(parameters));
    return { changes: Number(changes), lastInsertRowid: Number(lastInsertRowid) };
  }

  get(...parameters: Given<Parameters>): SqlRow | undefined {
    return this.#statement.get(...this.#bind(parameters));
  }

  all(...parameters: Given<Parameters>): readonly SqlRow[] {
    return this.#statement.all(...this.#bind(parameters));
  }

  /** Rows as they come. Writing to what is read meanwhile can go on for ever: the driver does not forbid it. */
  iterate(...parameters: Given<Parameters>): Iterable<SqlRow> {
    return this.#statement.iterate(...this.#bind(parameters));
  }

  #bind([parameters]: readonly unknown[]): SqlValue[] {
    if (this.#names.length === 0) return [];
    const values = parameters as Readonly<Record<string, SqlValue>>;
    return this.#names.map((name) => values[name] as SqlValue);
  }
}

/**
 * `:name` becomes `?1`: the driver takes a third of the time to bind by number, and by name it silently binds NULL for a
 * parameter that was forgotten, where by number it throws. Text between quotes is left alone.
 */
function numberParameters(sql: string): { readonly text: string; readonly names: readonly string[] } {
  const names: string[] = [];
  const text = sql.replace(/'[^']*'|"[^"]*"|:([a-zA-Z]\w*)/g, (found, name: string | undefined) => {
    if (name === undefined) return found;
    if (!names.includes(name)) names.push(name);
    return `?${names.indexOf(name) + 1}`;
  });
  return { text, names };
}

/** The parameters that a statement names, when its text is known to the compiler. */
export type ParametersOf<Sql extends string> = string extends Sql
  ? Readonly<Record<string, SqlValue>>
  : { readonly [Name in NamesIn<Sql>]: SqlValue };
type Given<Parameters> = [keyof Parameters] extends [never]
  ? []
  : string extends keyof Parameters
    ? [parameters?: Parameters]
    : [parameters: Parameters];

type NamesIn<Sql extends string> = Sql extends `${string}:${infer Rest}` ? FirstName<Rest> | NamesIn<Rest> : never;
type FirstName<Text extends string, Name extends string = ''> = Text extends `${infer First}${infer Rest}`
  ? First extends NameCharacter
    ? FirstName<Rest, `${Name}${First}`>
    : Name
  : Name;
type NameCharacter = Letter | Uppercase<Letter> | '_' | `${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`;
// biome-ignore format: an alphabet, not a list
type Letter = 'a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'g' | 'h' | 'i' | 'j' | 'k' | 'l' | 'm' | 'n' | 'o' | 'p' | 'q' | 'r' | 's' | 't' | 'u' | 'v' | 'w' | 'x' | 'y' | 'z';
