import { isDeepStrictEqual } from 'node:util';
import type { Check } from '../core/check.ts';
import type { Instant } from '../core/clock.ts';
import type { CheckId } from '../core/identifiers.ts';
import type { ClockReading } from './clock-sense.ts';
import { DueHeap } from './due-heap.ts';
import { Ledger } from './ledger.ts';
import type { Past } from './past.ts';
import { freePass, GREATEST_PASS, repeatFrom } from './repeated-time.ts';
import type { Watch } from './watch.ts';

/** What a new list of checks has changed. */
export type Reloaded = {
  readonly added: readonly Watch[];
  readonly removed: readonly Watch[];
  readonly rescheduled: readonly Watch[];
};

/** The checks that are watched, each with its place in time, ordered by when they are due. */
export class WatchList {
  readonly #location: string;
  readonly #watches = new Map<CheckId, Watch>();
  /** Checks that were removed, for the case that they come back while their last runs are still under way. */
  readonly #removed = new Map<CheckId, Watch>();
  #heap = new DueHeap<Watch>();

  constructor(location: string) {
    this.#location = location;
  }

  all(): readonly Watch[] {
    return [...this.#watches.values()];
  }

  get size(): number {
    return this.#watches.size;
  }

  find(check: CheckId): Watch | undefined {
    return this.#watches.get(check);
  }

  get nextDue(): Instant | undefined {
    return this.#heap.first?.dueAt;
  }

  /** Takes up a check where the past left it, or anew from now. */
  resume(check: Check, past: Past, reading: ClockReading): Watch {
    const { watchedSince, lowWater } = past.cursor ?? { watchedSince: reading.now, lowWater: reading.now };
    const watch = this.#watch(check, watchedSince, lowWater, reading);
    for (const slot of past.recorded) watch.recorded.add(slot);
    if (reading.now >= lowWater) return watch;
    watch.pass = freePass(check.schedule, past.recordedAhead);
    watch.position = repeatFrom(watch.position, reading.now, watch.pass);
    return watch;
  }

  /** Swaps the checks. What is the same keeps its place in time; a changed schedule counts from now. */
  replace(checks: readonly Check[], reading: ClockReading): Reloaded {
    const wanted = new Map(checks.map((check) => [check.id, check]));
    const removed = this.all().filter((watch) => !wanted.has(watch.check.id));
    for (const watch of removed) this.#remove(watch);
    const added = checks.filter((check) => !this.#watches.has(check.id));
    const rescheduled = this.all().filter((watch) => this.#update(watch, wanted.get(watch.check.id), reading.now));
    const made = added.map((check) => this.#add(check, reading));
    this.lookAtAll(reading.now);
    return { added: made, removed, rescheduled };
  }

  /** The clock was set back to `now`. */
  setBack(now: Instant): void {
    for (const watch of this.#watches.values()) {
      watch.pass = Math.min(watch.pass + 1, GREATEST_PASS);
      watch.position = repeatFrom(watch.position, now, watch.pass);
    }
    this.lookAtAll(now);
  }

  /** Takes the checks that are due; each must be given back with `lookAgain`. */
  takeDue(now: Instant): readonly Watch[] {
    const due: Watch[] = [];
    while (this.#heap.first && this.#heap.first.dueAt <= now) {
      const watch = this.#heap.take();
      if (watch) due.push(watch);
    }
    return due;
  }

  lookAgain(watch: Watch, at: Instant | undefined): void {
    watch.nextDue = at;
    if (at !== undefined) this.#heap.add(at, watch);
  }

  lookAtAll(now: Instant): void {
    this.#heap = new DueHeap();
    for (const watch of this.#watches.values()) this.lookAgain(watch, now);
  }

  #watch(check: Check, watchedSince: Instant, claimedUntil: Instant, reading: ClockReading): Watch {
    const watch: Watch = {
      check,
      ledger: new Ledger(check.id, this.#location, watchedSince, claimedUntil),
      position: { claimedUntil },
      pass: 0,
      recorded: new Set(),
      pause: undefined,
      handedAt: reading.monotonic,
      nextDue: undefined,
      active: new Set(),
      queued: undefined,
    };
    this.#watches.set(check.id, watch);
    return watch;
  }

  #update(watch: Watch, check: Check | undefined, now: Instant): boolean {
    if (!check) return false;
    const isRescheduled = !isDeepStrictEqual(watch.check.schedule, check.schedule);
    watch.check = check;
    if (!isRescheduled) return false;
    const claimedUntil = Math.max(watch.position.claimedUntil, now);
    watch.position = { ...watch.position, claimedUntil };
    watch.ledger.claimedUntil = claimedUntil;
    return true;
  }

  #add(check: Check, reading: ClockReading): Watch {
    const known = this.#removed.get(check.id);
    return known ? this.#revive(known, check, reading.now) : this.#watch(check, reading.now, reading.now, reading);
  }

  /** Watches a removed check anew: from now, but never again at an instant that has its record. */
  #revive(watch: Watch, check: Check, now: Instant): Watch {
    const claimedUntil = Math.max(watch.position.claimedUntil, now);
    watch.check = check;
    watch.ledger.isRetired = false;
    watch.ledger.watchedSince = now;
    watch.ledger.claimedUntil = claimedUntil;
    watch.pass = Math.min(watch.pass + 1, GREATEST_PASS);
    watch.position = repeatFrom({ claimedUntil }, now, watch.pass);
    this.#removed.delete(check.id);
    this.#watches.set(check.id, watch);
    return watch;
  }

  #remove(watch: Watch): void {
    watch.ledger.isRetired = true;
    this.#watches.delete(watch.check.id);
    this.#removed.set(watch.check.id, watch);
  }
}
