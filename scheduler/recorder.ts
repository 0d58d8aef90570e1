import type { Clock, Instant } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Run } from '../core/run.ts';
import type { Cursor, Gap, SkippedSlot } from '../core/store.ts';
import type { Ledger, Lost } from './ledger.ts';
import { RetryQueue } from './retry-queue.ts';

/** Makes things durable; a promise that rejects means that nothing of it is. */
export type RecordTo = {
  readonly onRun: (run: Run, cursor: Cursor) => Promise<void>;
  readonly onSkipped: (
    skipped: readonly SkippedSlot[],
    gaps: readonly Gap[],
    cursors: readonly Cursor[],
  ) => Promise<void>;
};

export type RecorderOptions = RecordTo & {
  readonly clock: Clock;
  readonly log: Log;
  /** Rows that may wait for the store; a run counts as ten. Beyond it the oldest are folded into gaps. Default 100,000. */
  readonly maxWaitingRows?: number;
};

/** Skips and gaps of one check, to be written with others. */
export type LedgerSkips = {
  readonly ledger: Ledger;
  readonly skipped: readonly SkippedSlot[];
  readonly gaps: readonly Gap[];
};

export type RecorderStats = {
  /** Slots whose record is on its way or waits for the store. */
  readonly waiting: number;
  /** Slots whose own records were given up and became part of a gap. */
  readonly folded: number;
  readonly isStoreFailing: boolean;
};

/** Most rows in one commit, so that a long list of missed slots does not hold up a run's record. */
const ROWS_PER_COMMIT = 1_000;
/** A run with its observation takes about as much memory as this many skips. */
const ROWS_OF_A_RUN = 10;

/** Writes how slots ended. A store that fails stops nothing: what could not be written is kept, within bounds, and tried again. */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #queue: RetryQueue;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#queue = new RetryQueue({
      clock: options.clock,
      maxWeight: options.maxWaitingRows ?? 100_000,
      onFailing: (error) =>
        options.log.error({ error: messageOf(error) }, 'The store refuses records; they are kept and tried again'),
      onBack: () => options.log.info({}, 'The store takes records again'),
      onFolded: (slots, error) =>
        options.log.error({ slots, error: messageOf(error) }, 'Records had to be given up; their slots become a gap'),
      onDrained: (ledgers) => this.#recordLost(ledgers),
    });
  }

  recordRun(ledger: Ledger, run: Run, dueAt: Instant): void {
    this.#queue.send({
      weight: ROWS_OF_A_RUN,
      parts: [{ ledger, slots: [dueAt], lost: [{ from: dueAt, to: dueAt, count: 1 }] }],
      write: () => this.#options.onRun(run, ledger.cursor([dueAt])),
    });
  }

  recordSkips(all: readonly LedgerSkips[]): void {
    for (const batch of batches(all)) {
      this.#queue.send({
        weight: rowsOf(batch),
        parts: batch.map(({ ledger, skipped, gaps }) => ({
          ledger,
          slots: slotsOf(skipped, gaps),
          lost: lostOf(skipped, gaps),
        })),
        write: () =>
          this.#options.onSkipped(
            batch.flatMap(({ skipped }) => skipped),
            batch.flatMap(({ gaps }) => gaps),
            batch.map(({ ledger, skipped, gaps }) => ledger.cursor(slotsOf(skipped, gaps))),
          ),
      });
    }
  }

  /** Resolves when everything is durable or `withinMs` have passed; how many slots are not. */
  async flush(withinMs: number): Promise<number> {
    await this.#queue.flush(withinMs);
    return this.stats().waiting;
  }

  stats(): RecorderStats {
    return this.#queue.stats();
  }

  /** Writes what was given up as one gap for each check. */
  #recordLost(ledgers: readonly Ledger[]): void {
    const all = ledgers.map((ledger): LedgerSkips => {
      const { check, location, lost } = ledger;
      const recordedAt = this.#options.clock.now();
      const gaps = lost ? [{ check, location, recordedAt, ...lost }] : [];
      ledger.lost = undefined;
      // The gap's beginning stands for all of it until it is durable.
      for (const { from } of gaps) ledger.open(from);
      return { ledger, skipped: [], gaps };
    });
    this.recordSkips(all);
  }
}

/** One for each skip, and one for the cursor and gap of each check. */
function rowsOf(batch: readonly LedgerSkips[]): number {
  return batch.reduce((total, { skipped }) => total + skipped.length + 1, 0);
}

function slotsOf(skipped: readonly SkippedSlot[], gaps: readonly Gap[]): readonly number[] {
  return [...skipped.map(({ slot }) => slot.dueAt), ...gaps.map(({ from }) => from)];
}

function lostOf(skipped: readonly SkippedSlot[], gaps: readonly Gap[]): readonly Lost[] {
  const single = skipped.map(({ slot: { dueAt } }): Lost => ({ from: dueAt, to: dueAt, count: 1 }));
  return [...single, ...gaps.map(({ from, to, count }) => ({ from, to, count }))];
}

/** Cuts into commits of at most ROWS_PER_COMMIT rows. */
function batches(all: readonly LedgerSkips[]): readonly (readonly LedgerSkips[])[] {
  const cut = all.flatMap(({ ledger, skipped, gaps }) => {
    const pieces: LedgerSkips[] = [];
    for (let at = 0; at === 0 || at < skipped.length; at += ROWS_PER_COMMIT) {
      pieces.push({ ledger, skipped: skipped.slice(at, at + ROWS_PER_COMMIT), gaps: at === 0 ? gaps : [] });
    }
    return pieces;
  });
  const made: LedgerSkips[][] = [];
  let rows = 0;
  for (const piece of cut) {
    const more = piece.skipped.length + 1;
    if (made.length === 0 || rows + more > ROWS_PER_COMMIT) {
      made.push([]);
      rows = 0;
    }
    made.at(-1)?.push(piece);
    rows += more;
  }
  return made;
}
