import type { Clock, Instant } from '../../core/clock.ts';

type Alarm = { readonly at: number; readonly wake: () => void };

/** How long before a slot the process is awake again. */
const AWAKE_MS = 2_000;

export type Passing = {
  /** What is still going on and must end before the next alarm. */
  readonly waiting: () => Promise<unknown> | undefined;
  /** When the next slot is due. Until shortly before it the process sleeps, as on a laptop with its lid shut: alarms come late. */
  readonly nextDue: () => Instant;
};

/** A clock that lives through days in a second. */
export class SwiftClock implements Clock {
  #wall: Instant;
  #monotonic = 0;
  #alarms: Alarm[] = [];

  constructor(start: Instant) {
    this.#wall = start;
  }

  now(): Instant {
    return this.#wall;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  schedule(delayMs: number, wake: () => void): () => void {
    const alarm = { at: this.#monotonic + Math.max(0, delayMs), wake };
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
    };
  }

  /** Passes time until `end`. */
  async pass(end: Instant, { waiting, nextDue }: Passing): Promise<void> {
    for (;;) {
      const next = this.#alarms.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined) return;
      const sleptMs = Math.max(next.at - this.#monotonic, nextDue() - AWAKE_MS - this.#wall, 0);
      if (this.#wall + sleptMs > end) return;
      this.#wall += sleptMs;
      this.#monotonic += sleptMs;
      this.#alarms = this.#alarms.filter((other) => other !== next);
      next.wake();
      await settle(waiting);
    }
  }
}

/** What a due slot sets going takes a few turns before it can be seen. */
const TURNS = 12;

async function settle(waiting: Passing['waiting']): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await undefined;
  for (let some = waiting(); some !== undefined; some = waiting()) {
    await some;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
