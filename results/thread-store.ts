import type { Clock, Instant } from '../core/clock.ts';
import { VigieError } from '../core/errors.ts';
import type { CheckId } from '../core/identifiers.ts';
import type { Log } from '../core/log.ts';
import type { Delivery, PendingNotice } from '../core/notice.ts';
import type { Retention } from '../core/plan.ts';
import type { Commit, MaintenanceStep, Resumed, Store, StoreHealth } from '../core/store.ts';
import { CommitEncoder } from './encode-commit.ts';
import type { FolderLock } from './folder-lock.ts';
import type {
  Failure,
  FromWriter,
  QuestionName,
  Questions,
  Recovery,
  WriteOperation,
  WriterSettings,
} from './protocol.ts';
import { type Write, WriteQueue } from './write-queue.ts';
import { died, errorOf, WriterClient } from './writer-client.ts';

export type ThreadStoreOptions = {
  readonly log: Log;
  readonly clock: Pick<Clock, 'now'>;
  /** Longest pause between two batches, milliseconds: waking the thread and the disk costs more than what they write. Default 200. */
  readonly gatherMs?: number;
  readonly mostQueued?: number;
  readonly onRecovered?: (recovery: Recovery) => void;
};
type Asked = { readonly resolve: (answer: unknown) => void; readonly reject: (error: VigieError) => void };

/**
 * The store as the main thread sees it: commits are turned into columns, gathered, and sent to the storage thread. When that thread
 * dies it is started again and what it had not answered is sent once more; of what was durable already nothing is written twice.
 */
export class ThreadStore implements Store {
  readonly #settings: WriterSettings;
  readonly #options: ThreadStoreOptions;
  readonly #lock: FolderLock;
  readonly #encoder = new CommitEncoder();
  readonly #queue: WriteQueue;
  readonly #asked = new Map<number, Asked>();
  #client: Promise<WriterClient> | undefined;
  #live: WriterClient | undefined;
  #nextId = 0;
  #lastCommitAt: Instant | undefined;
  #closing: Promise<void> | undefined;
  recovered: Recovery | undefined;

  constructor(settings: WriterSettings, options: ThreadStoreOptions, lock: FolderLock) {
    this.#settings = settings;
    this.#options = options;
    this.#lock = lock;
    const { gatherMs = 200, mostQueued = 10_000 } = options;
    this.#queue = new WriteQueue({
      gatherMs,
      mostQueued,
      encode: (write) => this.#encode(write),
      send: (batch, operations) => this.#send(batch, operations),
    });
  }

  async start(): Promise<void> {
    await this.#writer();
  }

  async commit(commit: Commit): Promise<void> {
    await this.#write({ type: 'commit', commit });
  }

  async recordDelivery(delivery: Delivery, retryAt: Instant | undefined): Promise<void> {
    await this.#write({ type: 'delivery', delivery, retryAt });
  }

  resume(): Promise<Resumed> {
    return this.#ask('resume', {});
  }

  recordedSlots(check: CheckId, location: string, after: Instant, until: Instant): Promise<readonly Instant[]> {
    return this.#ask('recordedSlots', { check, location, after, until });
  }

  dueNotices(now: Instant, limit: number): Promise<readonly PendingNotice[]> {
    return this.#ask('dueNotices', { now, limit });
  }

  nextNoticeAt(): Promise<Instant | undefined> {
    return this.#ask('nextNoticeAt', {});
  }

  maintain(now: Instant, retention: Retention): Promise<MaintenanceStep> {
    return this.#ask('maintain', { now, retention });
  }

  async health(): Promise<StoreHealth> {
    const health = await this.#ask('health', {});
    const last = this.#lastCommitAt;
    return { ...health, queuedCommits: this.#queue.size, ...(last === undefined ? {} : { lastCommitAt: last }) };
  }

  /** Waits for what is queued, closes the database and frees the folder. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Kills the storage thread, as a crash would. For tests of what follows. */
  async crash(): Promise<void> {
    await this.#live?.terminate();
  }

  async #close(): Promise<void> {
    try {
      await this.#queue.drained();
      const client = this.#live;
      if (client === undefined) return;
      await this.#post('close', {});
      await client.ended;
    } finally {
      this.#lock.release();
    }
  }

  #write(write: Write): Promise<void> {
    if (this.#closing !== undefined) throw closed();
    return this.#queue.add(write);
  }

  #ask<Name extends QuestionName>(name: Name, ask: Questions[Name]['ask']): Promise<Questions[Name]['answer']> {
    if (this.#closing !== undefined) return Promise.reject(closed());
    return this.#post(name, ask);
  }

  async #post<Name extends QuestionName>(name: Name, ask: Questions[Name]['ask']): Promise<Questions[Name]['answer']> {
    const client = await this.#writer();
    // What was committed before the question is part of the answer.
    this.#queue.flush();
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve: (answer) => resolve(answer as Questions[Name]['answer']), reject });
      client.post({ type: 'ask', id, question: { name, ...ask } as never });
    });
  }

  /** The living thread; starts one when there is none. */
  #writer(): Promise<WriterClient> {
    this.#client ??= this.#startWriter();
    return this.#client;
  }

  async #startWriter(): Promise<WriterClient> {
    try {
      const client = await WriterClient.start(this.#settings, {
        onMessage: (message) => this.#receive(message),
        onDeath: (reason) => this.#onDeath(reason),
      });
      this.#live = client;
      return client;
    } catch (error) {
      // The next commit or question tries again.
      this.#client = undefined;
      throw error;
    }
  }

  #encode(write: Write): WriteOperation {
    return write.type === 'delivery' ? write : { type: 'commit', record: this.#encoder.encode(write.commit) };
  }

  #send(batch: number, operations: readonly WriteOperation[]): void {
    // In this turn of the loop when the thread lives: batches and questions keep their order.
    if (this.#live !== undefined) this.#live.post({ type: 'write', batch, operations });
    else this.#sendWhenOpen(batch, operations);
  }

  #sendWhenOpen(batch: number, operations: readonly WriteOperation[]): void {
    this.#writer().then(
      (client) => client.post({ type: 'write', batch, operations }),
      (error: unknown) => this.#queue.fail(error instanceof VigieError ? error : died(String(error))),
    );
  }

  #receive(message: FromWriter): void {
    switch (message.type) {
      case 'written':
        this.#onWritten(message.batch, message.failures);
        return;
      case 'answered':
        this.#take(message.id)?.resolve(message.answer);
        return;
      case 'unanswered':
        this.#take(message.id)?.reject(errorOf(message.failure));
        return;
      case 'recovered':
        this.#onRecovered(message.recovery);
        return;
      case 'migrated': {
        const { from, to, backup } = message;
        this.#options.log.info({ from, to, backup }, `The store has schema ${to} now`);
        return;
      }
      case 'opened':
      case 'refused':
        return;
    }
  }

  #onWritten(batch: number, failures: readonly (Failure | undefined)[]): void {
    if (failures.includes(undefined)) this.#lastCommitAt = this.#options.clock.now();
    const errors = failures.map((failure) => (failure === undefined ? undefined : errorOf(failure)));
    this.#queue.settle(batch, errors);
  }

  #take(id: number): Asked | undefined {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    return asked;
  }

  #onRecovered(recovery: Recovery): void {
    this.recovered = recovery;
    const { reason, movedTo } = recovery;
    this.#options.log.error(
      { reason, movedTo: movedTo.join(', ') },
      `The database could not be used and was moved aside; a fresh one was started and the history is empty: ${reason}`,
    );
    this.#options.onRecovered?.(recovery);
  }

  #onDeath(reason: string): void {
    this.#options.log.error({ reason }, 'The storage thread ended and is started again');
    this.#client = undefined;
    this.#live = undefined;
    for (const asked of this.#asked.values()) asked.reject(died(reason));
    this.#asked.clear();
    this.#queue.sendAgain(died(reason));
  }
}

function closed(): VigieError {
  return new VigieError('store-closed', 'The store is closed; nothing was written', {
    hint: 'This is a defect of Vigie: something records after the store was closed. Please report it.',
  });
}
