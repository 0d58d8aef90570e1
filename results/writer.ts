import { existsSync, statSync } from 'node:fs';
import type { Instant } from '../core/clock.ts';
import { messageOf, VigieError } from '../core/errors.ts';
import type { Sqlite } from '../process/sqlite.ts';
import { sqliteErrorName } from '../process/sqlite-error.ts';
import { isDamage } from './find-damage.ts';
import { Janitor } from './maintain.ts';
import { openDatabase } from './open-database.ts';
import type { Failure, Question, Recovery, WriteOperation, WriterHealth, WriterSettings } from './protocol.ts';
import { schemaVersion } from './schema/migrate.ts';
import { readRecordedSlots, readResumed } from './stored-state.ts';
import { forgetUntold } from './untold-recovery.ts';
import { BatchWriter } from './write-batch.ts';

export type WriterEvents = {
  readonly now: () => Instant;
  readonly onRecovered: (recovery: Recovery) => void;
  readonly onMigrated: (from: number, to: number, backup: string | undefined) => void;
};

type Live = { readonly database: Sqlite; readonly batches: BatchWriter; readonly janitor: Janitor };

/** The writing side of the store, on whichever thread it lives. After a failed write the file is opened afresh for the next one. */
export class Writer {
  readonly #settings: WriterSettings;
  readonly #events: WriterEvents;
  #live: Live | undefined;

  constructor(settings: WriterSettings, events: WriterEvents) {
    this.#settings = settings;
    this.#events = events;
  }

  /** Opens the database if it is not open. A recovery is told last: an opening that fails leaves it to the next one. */
  open(): Live {
    if (this.#live !== undefined) return this.#live;
    const { database, recovered, migrated } = openDatabase({ ...this.#settings, now: this.#events.now() });
    if (migrated.from !== migrated.to) this.#events.onMigrated(migrated.from, migrated.to, migrated.backup);
    const live = begin(database);
    this.#live = live;
    if (recovered !== undefined) this.#events.onRecovered(recovered);
    forgetUntold(this.#settings.file);
    return live;
  }

  write(operations: readonly WriteOperation[]): readonly (Failure | undefined)[] {
    try {
      return this.open().batches.write(operations);
    } catch (error) {
      this.#abandon();
      const failure = writeFailed(this.#settings.file, error);
      return operations.map(() => failure);
    }
  }

  answer(question: Question): unknown {
    try {
      return this.#answer(question, this.open());
    } catch (error) {
      // A damaged page shows here as well as in a write: the next use looks at the whole file and moves it aside.
      this.#abandon();
      throw error instanceof VigieError ? error : readFailed(this.#settings.file, question.name, error);
    }
  }

  #answer(question: Question, { database, batches, janitor }: Live): unknown {
    switch (question.name) {
      case 'resume':
        return readResumed(database);
      case 'recordedSlots':
        return readRecordedSlots(database, question);
      case 'dueNotices':
        return batches.outbox.due(question.now, question.limit);
      case 'nextNoticeAt':
        return batches.outbox.nextAt();
      case 'maintain':
        return janitor.step(question.now, question.retention);
      case 'health':
        return this.#health({ database, batches });
      case 'close':
        return this.#close();
    }
  }

  #health({ database, batches }: Pick<Live, 'database' | 'batches'>): WriterHealth {
    return {
      databaseBytes: sizeOf(this.#settings.file),
      pendingNotices: batches.outbox.pending(),
      schemaVersion: schemaVersion(database),
    };
  }

  #close(): undefined {
    this.#live?.database.close();
    this.#live = undefined;
  }

  /** A connection that failed to write is never used again: after a failed fsync its cache may not be what the disk holds. */
  #abandon(): void {
    try {
      this.#live?.database.close();
    } catch {
      // The failure that led here is reported; closing fails for the same reason and frees the handle all the same.
    }
    this.#live = undefined;
  }
}

/** Bytes of the database and its write-ahead log. Never opens the files: closing them would drop SQLite's locks of this process. */
export function sizeOf(file: string): number {
  return [file, `${file}-wal`].reduce((total, part) => total + (existsSync(part) ? statSync(part).size : 0), 0);
}

function begin(database: Sqlite): Live {
  try {
    const batches = new BatchWriter(database);
    return { database, batches, janitor: new Janitor(database, () => batches.forget()) };
  } catch (error) {
    database.close();
    throw error;
  }
}

export function failureOf(error: unknown): Failure {
  if (error instanceof VigieError) return { code: error.code, message: error.message, hint: error.hint };
  return {
    code: 'internal',
    message: messageOf(error),
    hint: 'This is a defect of Vigie; please report it with this message.',
  };
}

function writeFailed(file: string, error: unknown): Failure {
  const reason = error instanceof VigieError ? error.message : `${messageOf(error)}${codeOf(error)}`;
  const hint = isDamage(error)
    ? 'The file is checked before the next commit, and moved aside if it is damaged.'
    : 'Free disk space or mend the disk; the commit can be tried again, no restart is needed.';
  return { code: 'store-write-failed', message: `Writing to '${file}' failed, nothing was written: ${reason}`, hint };
}

function readFailed(file: string, what: string, error: unknown): VigieError {
  return new VigieError(
    'store-read-failed',
    `'${file}' could not answer '${what}': ${messageOf(error)}${codeOf(error)}`,
    {
      cause: error,
      hint: 'It can be asked again; the file is opened afresh and moved aside if it is damaged.',
    },
  );
}

function codeOf(error: unknown): string {
  const code = sqliteErrorName(error) ?? (error instanceof Error && 'code' in error ? String(error.code) : undefined);
  return code === undefined ? '' : ` (${code})`;
}
