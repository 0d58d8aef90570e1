import type { CatchUp, MaintenanceWindow, Schedule } from '../core/check.ts';
import type { Instant } from '../core/clock.ts';
import type { SkipReason } from '../core/run.ts';
import { isPausedAt, type Pause } from '../core/store.ts';
import { inMaintenance } from './maintenance.ts';
import { type Position, repeatedSlot, whenRepeated } from './repeated-time.ts';
import { countSlots, nextSlot, slotsBetween, startOfLast, stepAfter } from './slots.ts';

export type BeatInput = {
  readonly schedule: Schedule;
  readonly maintenance: readonly MaintenanceWindow[];
  readonly catchUp: CatchUp;
  readonly pause: Pause | undefined;
  readonly position: Position;
  readonly now: Instant;
  /** Slots after the position that have a record already. */
  readonly recorded: ReadonlySet<Instant>;
  /** Real time since a slot of this check was last handed out, milliseconds. */
  readonly waitedMs: number;
  /** More missed slots than this are folded, the oldest first, in one gap. */
  readonly maxRecords: number;
};

/** `caught-up`: missed and run once nevertheless. `repeated`: in wall-clock time that was lived through before. */
export type DueSlot = {
  readonly dueAt: Instant;
  readonly latenessMs: number;
  readonly kind: 'regular' | 'caught-up' | 'repeated';
};
export type PlannedSkip = { readonly dueAt: Instant; readonly reason: SkipReason };
export type PlannedGap = { readonly from: Instant; readonly to: Instant; readonly count: number };

/** What is to be done about the slots of one check that fell due; each due slot is in exactly one of `start`, `skips`, `gap`. */
export type BeatPlan = {
  readonly start?: DueSlot;
  readonly skips: readonly PlannedSkip[];
  readonly gap?: PlannedGap;
  readonly position: Position;
  /** When the check is to be looked at again. */
  readonly nextDue: Instant | undefined;
};

/** However long the period, what is a minute late has missed its slot; catching up is the user's choice. */
const GREATEST_TOLERANCE_MS = 60_000;

/**
 * How late a slot may start, given the time to the one after it. At most half of it, so that only the latest slot
 * can ever start: however long the process was stopped, there is no burst.
 */
export function toleranceMs(stepMs: number): number {
  return Math.min(stepMs / 2, GREATEST_TOLERANCE_MS);
}

/** All judgement of one check in one beat of the loop; pure. */
export function planBeat(input: BeatInput): BeatPlan {
  const { schedule, now } = input;
  const start = planRepeated(input);
  if (start) return finish(input, { start, skips: [] }, input.position.claimedUntil);
  const { slots, gap } = dueSlots(input);
  const last = slots.at(-1);
  if (last === undefined) return finish(input, { skips: [] }, input.position.claimedUntil);
  const isInTime = now - last <= toleranceMs(stepAfter(schedule, last));
  const open = slots.filter((slot) => !input.recorded.has(slot));
  const skips = open.map((dueAt): PlannedSkip => ({ dueAt, reason: exclusionAt(input, dueAt) ?? 'missed' }));
  const chosen = skips.findLast(({ reason }) => reason === 'missed')?.dueAt;
  const isCaughtUp = !isInTime && input.catchUp === 'once' && exclusionAt(input, now) === undefined;
  // What has run later, before a restart, leaves nothing to catch up with.
  const isLatest = chosen !== undefined && !slots.some((slot) => slot > chosen && input.recorded.has(slot));
  if (!isLatest || !(isCaughtUp || (isInTime && chosen === last))) return finish(input, { skips, ...gap }, last);
  const others = skips.filter(({ dueAt }) => dueAt !== chosen);
  return finish(
    input,
    {
      start: { dueAt: chosen, latenessMs: now - chosen, kind: isCaughtUp ? 'caught-up' : 'regular' },
      skips: others,
      ...gap,
    },
    last,
  );
}

type Decided = Pick<BeatPlan, 'start' | 'skips' | 'gap'>;

function finish(input: BeatInput, decided: Decided, claimedUntil: Instant): BeatPlan {
  const { schedule, now } = input;
  const position = whenRepeated({ ...input.position, claimedUntil }, now);
  const { repeat } = position;
  const repeated = repeat ? (nextSlot(schedule, now - repeat.pass) ?? Number.POSITIVE_INFINITY) : undefined;
  const isRepeated = repeat && repeated !== undefined && repeated <= claimedUntil;
  return { ...decided, position, nextDue: isRepeated ? repeated + repeat.pass : nextSlot(schedule, claimedUntil) };
}

/** Slots due and not yet handed out: the latest one by one, the oldest as a gap if they are too many. */
function dueSlots(input: BeatInput): {
  readonly slots: readonly Instant[];
  readonly gap: { readonly gap?: PlannedGap };
} {
  const { schedule, now, maxRecords, recorded } = input;
  const after = input.position.claimedUntil;
  const slots = slotsBetween(schedule, after, now, maxRecords + 1);
  const from = slots[0];
  if (from === undefined || slots.length <= maxRecords) return { slots, gap: {} };
  const to = startOfLast(schedule, after, now, maxRecords);
  const known = [...recorded].filter((slot) => slot > after && slot <= to).length;
  const count = countSlots(schedule, after, to) - known;
  const kept = slotsBetween(schedule, to, now, maxRecords);
  return { slots: kept, gap: count > 0 ? { gap: { from, to, count } } : {} };
}

/** A slot to start although its wall-clock time was lived through before; nothing is recorded about those that do not start. */
function planRepeated(input: BeatInput): DueSlot | undefined {
  const dueAt = repeatedSlot(input.schedule, input.position, input.now);
  if (dueAt === undefined || exclusionAt(input, dueAt) !== undefined) return undefined;
  const stepMs = stepAfter(input.schedule, dueAt);
  const latenessMs = input.now - dueAt;
  const hasWaited = input.waitedMs >= 0.9 * stepMs;
  return hasWaited && latenessMs <= toleranceMs(stepMs) ? { dueAt, latenessMs, kind: 'repeated' } : undefined;
}

/** Why a slot at this instant is not expected at all. */
function exclusionAt({ pause, maintenance }: BeatInput, instant: Instant): 'paused' | 'maintenance' | undefined {
  if (pause && isPausedAt(pause, instant)) return 'paused';
  return inMaintenance(maintenance, instant) ? 'maintenance' : undefined;
}
