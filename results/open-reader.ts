import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf, VigieError } from '../core/errors.ts';
import type { StoreReader } from '../core/store.ts';
import { Sqlite } from '../process/sqlite.ts';
import { DATABASE_FILE } from './data-folder.ts';
import { CACHE_KIBIBYTES } from './open-database.ts';
import { readDeliveries, readIncident, readIncidents, readNotices } from './read-incidents.ts';
import { type Rows, readRun, readRuns, rowsOf } from './read-runs.ts';
import { readSlots } from './read-slots.ts';
import { readRollUps, readStandings } from './read-standings.ts';
import { MIGRATIONS, newerSchema, schemaVersion } from './schema/migrate.ts';
import { readCursors, readPauses } from './stored-state.ts';
import { sizeOf } from './writer.ts';

export type ReaderOptions = {
  /** Absolute path of the data folder. */
  readonly folder: string;
};

/**
 * Opens a read-only view of a store, whether or not somebody writes it. Never waits for the writer nor makes it wait. When the writer has moved
 * a damaged file aside the next call reads the fresh one. Throws a VigieError: `store-missing`, `schema-newer`, `schema-older`, `store-open-failed`.
 */
export function openReader({ folder }: ReaderOptions): StoreReader {
  const view = new View(join(folder, DATABASE_FILE));
  view.open();
  return {
    latestRuns: (check, limit) => readRuns(view.rows(), { check, limit }),
    runs: (filter) => readRuns(view.rows(), filter),
    run: (id) => readRun(view.rows(), id),
    slots: (check, from, to, limit) => readSlots(view.rows(), check, from, to, limit),
    standings: (check, from, to) => view.together((rows) => readStandings(rows, check, from, to)),
    rollUps: (check, from, to) => view.together((rows) => readRollUps(rows, check, from, to)),
    incidents: (filter) => readIncidents(view.rows(), filter),
    incident: (id) => readIncident(view.rows(), id),
    notices: (incident) => readNotices(view.rows(), incident),
    deliveries: (notice) => readDeliveries(view.rows(), notice),
    pauses: () => readPauses(view.open().database),
    cursors: () => readCursors(view.open().database),
    health: () => view.health(),
    close: () => view.close(),
  };
}

type Live = { readonly database: Sqlite; readonly rows: Rows; readonly file: number };

/** The connection, opened afresh when the file behind it is another one. */
class View {
  readonly #file: string;
  #live: Live | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  open(): Live {
    const inode = statSync(this.#file, { throwIfNoEntry: false })?.ino;
    if (this.#live !== undefined && (inode === undefined || this.#live.file === inode)) return this.#live;
    this.close();
    const database = connect(this.#file);
    this.#live = { database, rows: rowsOf(database), file: inode ?? 0 };
    return this.#live;
  }

  rows(): Rows {
    return this.open().rows;
  }

  /** Several queries over one state of the data. */
  together<T>(read: (rows: Rows) => T): T {
    const { database, rows } = this.open();
    return database.transaction('deferred', () => read(rows));
  }

  health() {
    const { database } = this.open();
    const pending = database.value("select count(*) from notices where state = 'waiting'");
    return {
      databaseBytes: sizeOf(this.#file),
      pendingNotices: z.number().parse(pending),
      schemaVersion: schemaVersion(database),
    };
  }

  close(): void {
    this.#live?.database.close();
    this.#live = undefined;
  }
}

function connect(file: string): Sqlite {
  if (!existsSync(file)) {
    throw new VigieError('store-missing', `There is no store at '${file}'`, {
      hint: 'Start Vigie once with this data folder, or name the right one.',
    });
  }
  const database = openReadOnly(file);
  const [found, known] = [schemaVersion(database), MIGRATIONS.at(-1)?.version ?? 0];
  if (found === known) return database;
  database.close();
  if (found > known) throw newerSchema(file, found, known);
  throw new VigieError('schema-older', `'${file}' has schema ${found}; schema ${known} is needed to read it`, {
    hint: 'Start Vigie once with this data folder: it brings the file up to date, after a copy.',
  });
}

function openReadOnly(file: string): Sqlite {
  try {
    const database = new Sqlite(file, { access: 'read' });
    database.exec('pragma query_only = on');
    database.exec('pragma temp_store = memory');
    database.exec(`pragma cache_size = -${CACHE_KIBIBYTES}`);
    // Shows now, and not at the first query, whether the file can be read at all.
    schemaVersion(database);
    return database;
  } catch (error) {
    throw new VigieError('store-open-failed', `'${file}' could not be opened for reading: ${messageOf(error)}`, {
      cause: error,
      hint: 'See that this user may read the data folder and write in it (SQLite shares memory with the writer through a file there).',
    });
  }
}
