import type { Check } from '../core/check.ts';
import type { Clock, Instant } from '../core/clock.ts';
import type { CheckId } from '../core/identifiers.ts';
import type { Log } from '../core/log.ts';
import type { Slot } from '../core/run.ts';
import type { Resumed, Store } from '../core/store.ts';
import type { ClockVerdict } from './clock-sense.ts';
import type { LaneCounts, Lanes } from './lanes.ts';
import type { RecorderStats, RecordTo } from './recorder.ts';
import type { Execute, MakeFaultRun } from './runs.ts';
import type { Tallies } from './tally.ts';

export type SchedulerEvent =
  | { readonly type: 'started'; readonly check: Check; readonly slot: Slot; readonly latenessMs: number }
  | { readonly type: 'overdue'; readonly check: Check; readonly slot: Slot; readonly afterMs: number }
  /** The clock was set, or is not believed (nothing is planned until it is), or is believed again (`steady`). */
  | { readonly type: 'clock'; readonly verdict: ClockVerdict };

export type SchedulerOptions = RecordTo & {
  readonly clock: Clock;
  readonly checks: readonly Check[];
  readonly location: string;
  /** What `store.resume()` gave. */
  readonly resumed: Pick<Resumed, 'cursors' | 'pauses' | 'lastRecordAt'>;
  readonly recordedSlots: Store['recordedSlots'];
  readonly lanes: Lanes;
  readonly execute: Execute;
  readonly makeFaultRun: MakeFaultRun;
  /** Where a check goes, so that one place that does not answer cannot hold up the checks of others. Default: nobody shares. */
  readonly placeOf?: (check: Check) => string | undefined;
  readonly log: Log;
  readonly onEvent?: (event: SchedulerEvent) => void;
  /** How much later than its own deadlines a run may end before it is given up, milliseconds. Default 30,000. */
  readonly overdueGraceMs?: number;
  /** Rows that may wait for a store that fails; a run counts as ten. Default 100,000. */
  readonly maxWaitingRows?: number;
};

export type SchedulerStats = Tallies & {
  readonly lanes: LaneCounts;
  readonly records: RecorderStats;
  readonly checks: readonly {
    readonly check: CheckId;
    readonly nextDue: Instant | undefined;
    readonly active: number;
    readonly lowWater: Instant;
  }[];
};

/** What a reload changed; `rescheduled` checks count their slots anew from now. */
export type ReloadReport = {
  readonly added: readonly CheckId[];
  readonly removed: readonly CheckId[];
  readonly rescheduled: readonly CheckId[];
};

export type Drained = {
  /** Runs that were told to stop because the grace was over, and those of them that did not even stop then. */
  readonly stopped: number;
  readonly abandoned: number;
  /** Slots whose record could not be written; the next start finds them missed. */
  readonly unrecorded: number;
};
