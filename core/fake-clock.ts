import type { Clock, Instant } from './clock.ts';

type Alarm = { readonly at: number; readonly wake: () => void };

/** A clock for tests: time passes only by `advance`; `jump` moves the wall clock alone, as an operator setting it would. */
export class FakeClock implements Clock {
  #wall: Instant;
  #monotonic = 0;
  #alarms: Alarm[] = [];

  constructor(start: Instant = Date.UTC(2026, 0, 1)) {
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

  /** Number of alarms waiting; lets a test assert that nothing is left behind. */
  get pending(): number {
    return this.#alarms.length;
  }

  /** Passes time, firing alarms in order and letting promise chains settle after each. */
  async advance(byMs: number): Promise<void> {
    const end = this.#monotonic + byMs;
    await settle();
    for (let next = this.#earliest(end); next; next = this.#earliest(end)) {
      this.#moveTo(next.at);
      const fired = next;
      this.#alarms = this.#alarms.filter((other) => other !== fired);
      fired.wake();
      await settle();
    }
    this.#moveTo(end);
  }

  /** Passes time while nobody runs, as when the process is stopped by a signal; what fell due fires at the next `advance`. */
  stall(byMs: number): void {
    this.#moveTo(this.#monotonic + byMs);
  }

  /** Moves the wall clock without time passing. */
  jump(byMs: number): void {
    this.#wall += byMs;
  }

  #earliest(limit: number): Alarm | undefined {
    return this.#alarms.filter((alarm) => alarm.at <= limit).sort((a, b) => a.at - b.at)[0];
  }

  #moveTo(monotonic: number): void {
    if (monotonic <= this.#monotonic) return;
    this.#wall += monotonic - this.#monotonic;
    this.#monotonic = monotonic;
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
