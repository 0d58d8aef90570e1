import type { Instant } from '../core/clock.ts';
import type { CheckId } from '../core/identifiers.ts';
import type { Cursor } from '../core/store.ts';

/** The low water of a check that is no longer watched: nothing more will be accounted, until it is watched anew. */
export const RETIRED: Instant = 8.64e15;

/** Slots whose own records had to be given up while the store was away; they are written as one gap when it is back. */
export type Lost = { readonly from: Instant; readonly to: Instant; readonly count: number };

/** Which of a check's slots have no durable record yet, and so how far its cursor may go. */
export class Ledger {
  readonly check: CheckId;
  readonly location: string;
  watchedSince: Instant;
  /** Every slot up to here was handed out. */
  claimedUntil: Instant;
  isRetired = false;
  lost: Lost | undefined;
  readonly #open = new Set<Instant>();

  constructor(check: CheckId, location: string, watchedSince: Instant, claimedUntil: Instant) {
    this.check = check;
    this.location = location;
    this.watchedSince = watchedSince;
    this.claimedUntil = claimedUntil;
  }

  open(slot: Instant): void {
    this.#open.add(slot);
  }

  /** The slot's record is durable. */
  close(slot: Instant): void {
    this.#open.delete(slot);
  }

  /** Gives up the records of slots; `close` them too. */
  lose({ from, to, count }: Lost): void {
    const before = this.lost ?? { from, to, count: 0 };
    this.lost = { from: Math.min(from, before.from), to: Math.max(to, before.to), count: count + before.count };
  }

  /** The cursor as it will be true once records of the slots `about` to be written are durable. */
  cursor(about: readonly Instant[]): Cursor {
    const { check, location, watchedSince } = this;
    const written = new Set(about);
    let lowWater = this.isRetired ? RETIRED : this.claimedUntil;
    for (const slot of this.isRetired ? [] : this.#open) {
      if (!written.has(slot)) lowWater = Math.min(lowWater, slot - 1);
    }
    if (this.lost && !this.isRetired) lowWater = Math.min(lowWater, this.lost.from - 1);
    return { check, location, watchedSince, lowWater };
  }
}
