import { messageOf, VigieError } from '../core/errors.ts';
import type { ParametersOf, Sqlite, Statement } from '../process/sqlite.ts';
import { isConstraint } from '../process/sqlite-error.ts';
import { prepareRaise } from './meta.ts';
import { Names } from './names.ts';
import { Outbox } from './outbox.ts';
import type { Failure, WriteOperation } from './protocol.ts';
import type { CommitRecord } from './record.ts';
import { RepeatedCommits } from './repeated-commit.ts';
import { Shapes } from './shapes.ts';
import { LedgerWriter } from './write-ledger.ts';
import { StateWriter } from './write-state.ts';

type Outcome = Failure | undefined;

/**
 * Writes batches: all commits of one in a single transaction, one fsync for all. A commit that breaks a constraint fails alone.
 * Of one whose run is there already only what is missing is written: see `RepeatedCommits`.
 * Anything else that goes wrong (full disk, I/O error) throws and leaves nothing of the batch behind.
 */
export class BatchWriter {
  readonly #database: Sqlite;
  readonly #names: Names;
  readonly #shapes: Shapes;
  readonly #ledger: LedgerWriter;
  readonly #state: StateWriter;
  readonly #repeated: RepeatedCommits;
  readonly outbox: Outbox;
  readonly #latest: Statement<ParametersOf<':value'>>;

  constructor(database: Sqlite) {
    this.#database = database;
    this.#names = new Names(database);
    this.#shapes = new Shapes(database);
    this.#ledger = new LedgerWriter(database, this.#names, this.#shapes);
    this.#state = new StateWriter(database, this.#names);
    this.#repeated = new RepeatedCommits(database, this.#names);
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
      return refusalOf(error);
    }
  }

  #apply(operation: WriteOperation): undefined {
    if (operation.type === 'delivery') this.outbox.record(operation.delivery, operation.retryAt);
    else this.#commit(operation.record);
  }

  #commit(record: CommitRecord): void {
    const { slots, notices, latestAt, ...due } = this.#writeRun(record);
    for (const slot of slots) this.#ledger.skip(slot);
    this.#state.write(due);
    for (const notice of notices) this.outbox.add(notice);
    if (latestAt > 0) this.#latest.run({ value: latestAt });
  }

  /** What is to be written besides the run: all of it, or what is missing when the run is there already. */
  #writeRun(record: CommitRecord): CommitRecord {
    const { run } = record;
    if (run === undefined || this.#ledger.run(run, changesIncident(record))) return record;
    const missing = this.#repeated.missingOf({ ...record, run });
    if (changesIncident(missing)) this.#ledger.keep(run);
    return missing;
  }
}

function changesIncident({ rows: { incidents = [] } }: CommitRecord): boolean {
  return incidents.length > 0;
}

function isRefusal(error: unknown): boolean {
  return error instanceof VigieError || isConstraint(error);
}

function refusalOf(error: unknown): Failure {
  if (error instanceof VigieError) return { code: error.code, message: error.message, hint: error.hint };
  const message = messageOf(error);
  const hint = 'This is a defect of Vigie; please report it with this message.';
  return {
    code: 'commit-invalid',
    message: `A commit breaks a rule of the store: ${message}; nothing of it was written`,
    hint,
  };
}
