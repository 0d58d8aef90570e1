import { messageOf, VigieError } from '../core/errors.ts';
import type { ParametersOf, Sqlite, Statement } from '../process/sqlite.ts';
import { isConstraint } from '../process/sqlite-error.ts';
import { prepareRaise } from './meta.ts';
import { Names } from './names.ts';
import { Outbox } from './outbox.ts';
import type { Failure, WriteOperation } from './protocol.ts';
import type { CommitRecord } from './record.ts';
import { Shapes } from './shapes.ts';
import { LedgerWriter } from './write-ledger.ts';
import { StateWriter } from './write-state.ts';

type Outcome = Failure | undefined;

/**
 * Writes batches: all commits of one in a single transaction, one fsync for all. A commit that breaks a constraint fails alone.
 * Anything else that goes wrong (full disk, I/O error) throws and leaves nothing of the batch behind.
 */
export class BatchWriter {
  readonly #database: Sqlite;
  readonly #names: Names;
  readonly #shapes: Shapes;
  readonly #ledger: LedgerWriter;
  readonly #state: StateWriter;
  readonly outbox: Outbox;
  readonly #latest: Statement<ParametersOf<':value'>>;

  constructor(database: Sqlite) {
    this.#database = database;
    this.#names = new Names(database);
    this.#shapes = new Shapes(database);
    this.#ledger = new LedgerWriter(database, this.#names, this.#shapes);
    this.#state = new StateWriter(database, this.#names);
    this.outbox = new Outbox(database);
    this.#latest = prepareRaise(database, 'last_record_at');
  }

  /** One outcome for each operation, in order; `undefined` for what is durable now. */
  write(operations: readonly WriteOperation[]): readonly Outcome[] {
    try {
      // Savepoints cost copies of every page touched, and refusals are rare: first without them.
      return this.#transaction(() => operations.map((operation) => this.#apply(operation)));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return this.#transaction(() => operations.map((operation) => this.#applyAlone(operation)));
    }
  }

  /** After something else changed what is cached here. */
  forget(): void {
    this.#names.forget();
    this.#shapes.forget();
    this.#ledger.forget();
  }

  #transaction(work: () => readonly Outcome[]): readonly Outcome[] {
    try {
      return this.#database.transaction('immediate', work);
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  #applyAlone(operation: WriteOperation): Outcome {
    try {
      return this.#database.savepoint(() => this.#apply(operation));
    } catch (error) {
      this.forget();
      if (!isRefusal(error)) throw error;
      return refusalOf(error, operation);
    }
  }

  #apply(operation: WriteOperation): undefined {
    if (operation.type === 'delivery') this.outbox.record(operation.delivery, operation.retryAt);
    else this.#commit(operation.record);
  }

  #commit(record: CommitRecord): void {
    const changesIncident = (record.rows.incidents ?? []).length > 0;
    // A run that is there was committed with all that came with it: the caller asks again because it never got the answer.
    if (record.run !== undefined && !this.#ledger.run(record.run, changesIncident)) return;
    for (const slot of record.slots) this.#ledger.skip(slot);
    this.#state.write(record);
    for (const notice of record.notices) this.outbox.add(notice);
    if (record.latestAt > 0) this.#latest.run({ value: record.latestAt });
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof VigieError || isConstraint(error);
}

function refusalOf(error: unknown, operation: WriteOperation): Failure {
  if (error instanceof VigieError) return { code: error.code, message: error.message, hint: error.hint };
  const message = messageOf(error);
  if (/failed: (?:slots|gaps)\./.test(message)) return slotTaken(operation);
  const hint = 'This is a defect of Vigie; please report it with this message.';
  return {
    code: 'commit-invalid',
    message: `A commit breaks a rule of the store: ${message}; nothing of it was written`,
    hint,
  };
}

function slotTaken(operation: WriteOperation): Failure {
  const run = operation.type === 'commit' ? operation.record.run : undefined;
  const what =
    run === undefined
      ? 'A skipped slot or gap'
      : `Run '${run.id}' of check '${run.check}' at '${run.location}', due ${new Date(run.dueAt ?? 0).toISOString()},`;
  return {
    code: 'slot-taken',
    message: `${what} was not written: its slot already has a record. Nothing of the commit was written`,
    hint: 'The record that was there first stands; do not commit it again.',
  };
}
