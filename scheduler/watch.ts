import type { Check } from '../core/check.ts';
import type { Instant } from '../core/clock.ts';
import type { Fault } from '../core/fault.ts';
import type { Slot } from '../core/run.ts';
import type { Pause } from '../core/store.ts';
import type { Ledger } from './ledger.ts';
import type { DueSlot } from './plan-beat.ts';
import type { Position } from './repeated-time.ts';

/** A slot that was handed out and has not ended. */
export type Active = {
  readonly check: Check;
  readonly slot: Slot;
  readonly stop: AbortController;
  /** Absent while it waits for its lane. */
  startedAt?: Instant;
  /** The clock was set while it was under way, so its times cannot be compared with those of others. */
  isClockSet: boolean;
  /** Awake time at which it is overdue. */
  overdueAt: number;
  /** Ends it without waiting for whoever executes it. */
  abandon: (fault: Fault) => void;
};

/** A due slot and when it was judged, by the monotonic clock. */
export type Handed = { readonly due: DueSlot; readonly at: number };

/** A check while it is watched. What changes in it is changed by the scheduler's main thread alone. */
export type Watch = {
  /** Replaced by a reload; runs that are under way keep the one they began with. */
  check: Check;
  readonly ledger: Ledger;
  position: Position;
  /** The last pass over repeated time. */
  pass: number;
  /** Slots after the position that have a record from before. */
  readonly recorded: Set<Instant>;
  pause: Pause | undefined;
  /** When a slot was last handed out, by the monotonic clock. */
  handedAt: number;
  nextDue: Instant | undefined;
  readonly active: Set<Active>;
  /** The slot that follows when the active one has ended. */
  queued: Handed | undefined;
};
