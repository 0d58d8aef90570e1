import type { Clock, Instant } from '../core/clock.ts';
import type { Ledger, Lost } from './ledger.ts';

/** One commit that must become durable. */
export type Write = {
  readonly parts: readonly WritePart[];
  /** What it counts against `maxWeight`. */
  readonly weight: number;
  readonly write: () => Promise<void>;
};
/** The slots of one check in it, and what becomes of them if the commit has to be given up. */
export type WritePart = { readonly ledger: Ledger; readonly slots: readonly Instant[]; readonly lost: readonly Lost[] };

export type RetryQueueOptions = {
  readonly clock: Clock;
  /** What all that waits may weigh; beyond it the oldest is given up. */
  readonly maxWeight: number;
  readonly onFailing: (error: unknown) => void;
  readonly onBack: () => void;
  /** Told at 1, 2, 4, 8, … slots given up, with the number of all so far. */
  readonly onFolded: (slots: number, error: unknown) => void;
  /** Nothing waits any more and the store works; the ledgers that had losses. */
  readonly onDrained: (ledgers: readonly Ledger[]) => void;
};
export type RetryQueueStats = { readonly waiting: number; readonly folded: number; readonly isStoreFailing: boolean };

type Entry = {
  readonly work: Write;
  readonly order: number;
  readonly slots: number;
  attempts: number;
  refusals: number;
  error: unknown;
};

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 30_000;
const WAVE = 64;
/** From this attempt on a write no longer holds back the later ones of its check. */
const ATTEMPTS_IN_ORDER = 3;
/** A write that fails this often while others succeed is itself at fault, e.g. a record that exists already. */
const MOST_REFUSALS = 5;

/** Writes at once while the store works; when it fails, keeps the writes of each check in order and tries them again in waves. */
export class RetryQueue {
  readonly #options: RetryQueueOptions;
  readonly #lossy = new Set<Ledger>();
  readonly #flushes = new Set<() => void>();
  #waiting: Entry[] = [];
  #inFlight = 0;
  #weight = 0;
  #slots = 0;
  #folded = 0;
  #sent = 0;
  #isFailing = false;
  #isWaving = false;
  #delayMs = FIRST_DELAY_MS;
  #cancelTimer: (() => void) | undefined;

  constructor(options: RetryQueueOptions) {
    this.#options = options;
  }

  send(work: Write): void {
    const slots = work.parts.reduce((total, part) => total + part.slots.length, 0);
    this.#sent += 1;
    const entry: Entry = { work, order: this.#sent, slots, attempts: 0, refusals: 0, error: undefined };
    this.#carry(entry, 1);
    while (this.#weight > this.#options.maxWeight && this.#waiting.length > 0) this.#fold(this.#waiting.shift());
    if (this.#weight > this.#options.maxWeight) this.#fold(entry);
    else if (this.#waiting.length > 0) this.#waiting.push(entry);
    else void this.#writeFirst(entry);
  }

  stats(): RetryQueueStats {
    return { waiting: this.#slots, folded: this.#folded, isStoreFailing: this.#isFailing };
  }

  /** Tries everything at once; resolves when nothing waits or `withinMs` have passed, and then tries no more by itself. */
  async flush(withinMs: number): Promise<void> {
    this.#delayMs = FIRST_DELAY_MS;
    void this.#wave();
    if (this.#isIdle()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#flushes.add(resolve);
    const cancel = this.#options.clock.schedule(withinMs, resolve);
    await promise;
    cancel();
    this.#flushes.delete(resolve);
    this.#stopTimer();
  }

  async #writeFirst(entry: Entry): Promise<void> {
    if (await this.#write(entry)) {
      if (this.#waiting.length === 0) this.#drained();
      return;
    }
    this.#keep([entry]);
    this.#retryLater(entry.error);
  }

  /** Tries what waits, many checks at a time, until nothing waits or nothing succeeds. */
  async #wave(): Promise<void> {
    if (this.#isWaving || this.#waiting.length === 0) return;
    this.#isWaving = true;
    this.#stopTimer();
    let isTrusted = false;
    while (this.#waiting.length > 0) {
      const wave: readonly Entry[] = isTrusted ? this.#waiting.splice(0, WAVE) : this.#firstOfEach();
      const written = await Promise.all(wave.map((entry) => this.#write(entry)));
      const failed = wave.filter((_, index) => !written[index]);
      const isWorking = failed.length < wave.length;
      this.#keep(isWorking ? this.#blame(failed) : failed);
      if (isWorking) this.#delayMs = FIRST_DELAY_MS;
      if (!isWorking) break;
      // The store writes in the order it is asked, so one that works again may be asked for many of a check at once.
      isTrusted = failed.length === 0;
    }
    this.#isWaving = false;
    const [first] = this.#waiting;
    if (first) this.#retryLater(first.error);
    else this.#drained();
  }

  /** Takes out the earliest entry of each check, so that a check's records are written in the order they were made. */
  #firstOfEach(): readonly Entry[] {
    const wave = new Set<Entry>();
    const held = new Set<Ledger>();
    for (const entry of this.#waiting) {
      if (wave.size === WAVE) break;
      const ledgers = entry.work.parts.map((part) => part.ledger);
      if (!ledgers.some((ledger) => held.has(ledger))) wave.add(entry);
      if (!wave.has(entry) || entry.attempts < ATTEMPTS_IN_ORDER) for (const ledger of ledgers) held.add(ledger);
    }
    this.#waiting = this.#waiting.filter((entry) => !wave.has(entry));
    return [...wave];
  }

  #keep(entries: readonly Entry[]): void {
    this.#waiting.push(...entries);
    this.#waiting.sort((a, b) => a.order - b.order);
  }

  /** What failed while others succeeded; gives up what has done so too often. */
  #blame(failed: readonly Entry[]): readonly Entry[] {
    for (const entry of failed) {
      entry.refusals += 1;
      if (entry.refusals >= MOST_REFUSALS) this.#fold(entry);
    }
    return failed.filter((entry) => entry.refusals < MOST_REFUSALS);
  }

  async #write(entry: Entry): Promise<boolean> {
    this.#inFlight += 1;
    entry.attempts += 1;
    try {
      await entry.work.write();
    } catch (error) {
      // Not swallowed: it is told with the retry, and again if the entry is given up.
      entry.error = error;
      return false;
    } finally {
      this.#inFlight -= 1;
    }
    this.#carry(entry, -1);
    for (const { ledger, slots } of entry.work.parts) for (const slot of slots) ledger.close(slot);
    if (this.#isFailing) this.#options.onBack();
    this.#isFailing = false;
    return true;
  }

  #retryLater(error: unknown): void {
    if (!this.#isFailing) this.#options.onFailing(error);
    this.#isFailing = true;
    if (this.#cancelTimer || this.#isWaving) return;
    this.#cancelTimer = this.#options.clock.schedule(this.#delayMs, () => {
      this.#cancelTimer = undefined;
      void this.#wave();
    });
    this.#delayMs = Math.min(this.#delayMs * 2, LONGEST_DELAY_MS);
  }

  #fold(entry: Entry | undefined): void {
    if (!entry) return;
    this.#carry(entry, -1);
    const before = this.#folded;
    for (const { ledger, slots, lost } of entry.work.parts) {
      for (const part of lost) ledger.lose(part);
      for (const slot of slots) ledger.close(slot);
      this.#lossy.add(ledger);
      this.#folded += lost.reduce((total, part) => total + part.count, 0);
    }
    if (Math.floor(Math.log2(this.#folded)) > Math.floor(Math.log2(before))) {
      this.#options.onFolded(this.#folded, entry.error);
    }
  }

  #drained(): void {
    const ledgers = [...this.#lossy].filter((ledger) => ledger.lost !== undefined);
    this.#lossy.clear();
    if (ledgers.length > 0) this.#options.onDrained(ledgers);
    if (this.#isIdle()) for (const resolve of this.#flushes) resolve();
  }

  #carry(entry: Entry, sign: 1 | -1): void {
    this.#weight += sign * entry.work.weight;
    this.#slots += sign * entry.slots;
  }

  #isIdle(): boolean {
    return this.#waiting.length === 0 && this.#inFlight === 0 && !this.#isWaving;
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}
