import type { Instant } from '../core/clock.ts';
import { messageOf, VigieError } from '../core/errors.ts';
import type { Delivery } from '../core/notice.ts';
import type { Commit } from '../core/store.ts';
import type { WriteOperation } from './protocol.ts';

/** What a caller wants written. */
export type Write =
  | { readonly type: 'commit'; readonly commit: Commit }
  | { readonly type: 'delivery'; readonly delivery: Delivery; readonly retryAt: Instant | undefined };

type Entry = {
  readonly write: Write;
  readonly resolve: () => void;
  readonly reject: (error: VigieError) => void;
  tries: number;
};

export type WriteQueueOptions = {
  readonly gatherMs: number;
  readonly mostQueued: number;
  /** Makes columns of it; throws for what cannot be written. Done for a whole batch at once: that is done faster than one by one. */
  readonly encode: (write: Write) => WriteOperation;
  readonly send: (batch: number, operations: readonly WriteOperation[]) => void;
};

/** A pause pays where much gathers in it; one who writes, waits and writes again should not be kept waiting each time. */
const PAUSE_PER_WRITE_MS = 20;
/** More in one transaction would keep its callers waiting for each other. */
const LARGEST_BATCH = 1_000;
/** What was sent to a thread that died is sent once more, and not again: it may be what killed it. */
const MOST_TRIES = 2;

/**
 * Gathers writes into batches. One is under way as a rule; the next leaves when it is answered, and after a pause that grows with the
 * batch before it, up to `gatherMs`. So a single commit waits for nothing, and a steady stream costs one fsync every `gatherMs`.
 * Uses real timers whatever the clock of the program: a commit under a clock that stands still must become durable too.
 */
export class WriteQueue {
  readonly #options: WriteQueueOptions;
  #waiting: Entry[] = [];
  readonly #underWay = new Map<number, readonly Entry[]>();
  #batch = 0;
  #leftAt = Number.NEGATIVE_INFINITY;
  #pauseMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #onDrained: (() => void)[] = [];

  constructor(options: WriteQueueOptions) {
    this.#options = options;
  }

  get size(): number {
    let size = this.#waiting.length;
    for (const entries of this.#underWay.values()) size += entries.length;
    return size;
  }

  add(write: Write): Promise<void> {
    if (this.size >= this.#options.mostQueued) return Promise.reject(full(this.size));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ write, resolve, reject, tries: 0 });
      this.#plan();
    });
  }

  /** Sends all that waits now instead of gathering on, also beside what is under way: a question must not overtake it. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#waiting.length > 0) this.#leave();
  }

  settle(batch: number, failures: readonly (VigieError | undefined)[]): void {
    // An answer of a thread that has died since: its batch was sent again under a new number.
    const entries = this.#underWay.get(batch);
    if (entries === undefined) return;
    this.#underWay.delete(batch);
    entries.forEach((entry, index) => {
      const failure = failures[index];
      if (failure === undefined) entry.resolve();
      else entry.reject(failure);
    });
    this.#afterwards();
  }

  /** Sends once more what was under way. */
  sendAgain(reason: VigieError): void {
    const entries = this.#takeUnderWay();
    const given = entries.filter((entry) => entry.tries >= MOST_TRIES);
    this.#waiting = [...entries.filter((entry) => entry.tries < MOST_TRIES), ...this.#waiting];
    for (const entry of given) entry.reject(reason);
    this.#afterwards();
  }

  /** Nothing can be written now: everything that waits is refused. */
  fail(reason: VigieError): void {
    const entries = [...this.#takeUnderWay(), ...this.#waiting];
    this.#waiting = [];
    for (const entry of entries) entry.reject(reason);
    this.#afterwards();
  }

  /** Resolves when nothing waits and nothing is under way. */
  drained(): Promise<void> {
    this.flush();
    if (this.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onDrained.push(resolve));
  }

  #plan(): void {
    if (this.#timer !== undefined || this.#underWay.size > 0 || this.#waiting.length === 0) return;
    const waitMs = this.#leftAt + this.#pauseMs - performance.now();
    // Even at once is after this turn of the loop, so that what is committed together travels together.
    this.#timer = setTimeout(() => this.#onTimer(), Math.max(0, waitMs));
  }

  #onTimer(): void {
    this.#timer = undefined;
    if (this.#waiting.length > 0 && this.#underWay.size === 0) this.#leave();
  }

  #leave(): void {
    const entries = this.#waiting.slice(0, LARGEST_BATCH);
    this.#waiting = this.#waiting.slice(LARGEST_BATCH);
    this.#leftAt = performance.now();
    this.#pauseMs = Math.min(this.#options.gatherMs, entries.length * PAUSE_PER_WRITE_MS);
    this.#batch += 1;
    const sent: Entry[] = [];
    const operations: WriteOperation[] = [];
    for (const entry of entries) {
      const operation = this.#encode(entry);
      if (operation === undefined) continue;
      entry.tries += 1;
      sent.push(entry);
      operations.push(operation);
    }
    this.#underWay.set(this.#batch, sent);
    // A batch of nothing is answered too, so that what comes after it follows the one path.
    this.#options.send(this.#batch, operations);
  }

  #encode(entry: Entry): WriteOperation | undefined {
    try {
      return this.#options.encode(entry.write);
    } catch (error) {
      entry.reject(error instanceof VigieError ? error : unwritable(error));
      return undefined;
    }
  }

  #takeUnderWay(): readonly Entry[] {
    const entries = [...this.#underWay.values()].flat();
    this.#underWay.clear();
    return entries;
  }

  #afterwards(): void {
    if (this.#onDrained.length > 0) this.flush();
    else this.#plan();
    if (this.size > 0) return;
    for (const resolve of this.#onDrained.splice(0)) resolve();
  }
}

function full(waiting: number): VigieError {
  return new VigieError(
    'store-full',
    `${waiting} commits wait to be written; this one was refused and nothing of it is recorded`,
    {
      hint: 'The disk is slower than the records arrive, or stands still. It can be tried again when the queue is shorter.',
    },
  );
}

function unwritable(error: unknown): VigieError {
  return new VigieError(
    'commit-invalid',
    `A commit cannot be written: ${messageOf(error)}; nothing of it is recorded`,
    {
      cause: error,
      hint: 'This is a defect of Vigie; please report it with this message.',
    },
  );
}
