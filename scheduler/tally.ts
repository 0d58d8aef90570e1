import type { SkipReason } from '../core/run.ts';

export type Tallies = {
  /** Slots that fell due, those of paused checks included. */
  readonly expected: number;
  /** Runs that entered their lane. */
  readonly started: number;
  readonly finished: number;
  /** Slots without a run, by reason; missed ones include those folded in gaps. */
  readonly skipped: Readonly<Record<SkipReason, number>>;
  /** Runs that did not end although their deadline and grace had passed. */
  readonly overdue: number;
  /** How late the last 1,024 runs started, milliseconds, oldest first. */
  readonly recentLatenessMs: readonly number[];
};

const SAMPLES = 1_024;

/** Counts what became of slots since the process started. */
export class Tally {
  readonly #skipped: Record<SkipReason, number>;
  readonly #lateness: number[] = [];
  #started = 0;
  expected = 0;
  finished = 0;
  overdue = 0;

  constructor() {
    this.#skipped = { overlap: 0, maintenance: 0, paused: 0, missed: 0, capacity: 0, cancelled: 0, shutdown: 0 };
  }

  start(latenessMs: number): void {
    this.#lateness[this.#started % SAMPLES] = latenessMs;
    this.#started += 1;
  }

  skip(reason: SkipReason, slots = 1): void {
    this.#skipped[reason] += slots;
  }

  read(): Tallies {
    const oldest = this.#started > SAMPLES ? this.#started % SAMPLES : 0;
    return {
      expected: this.expected,
      started: this.#started,
      finished: this.finished,
      skipped: { ...this.#skipped },
      overdue: this.overdue,
      recentLatenessMs: [...this.#lateness.slice(oldest), ...this.#lateness.slice(0, oldest)],
    };
  }
}
