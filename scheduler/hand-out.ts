import type { ClockReading } from './clock-sense.ts';
import { type BeatPlan, type PlannedSkip, planBeat } from './plan-beat.ts';
import type { LedgerSkips } from './recorder.ts';
import type { Runs } from './runs.ts';
import type { Tally } from './tally.ts';
import type { Watch } from './watch.ts';
import type { WatchList } from './watch-list.ts';

export type HandOutParts = {
  readonly location: string;
  readonly list: WatchList;
  readonly runs: Runs;
  readonly tally: Tally;
};

/** After a long stop of many checks only so many missed slots get a record of their own, so that the start stays quick. */
const RECORDS_AT_ONCE = 50_000;
const MOST_RECORDS = 2_000;
const LEAST_RECORDS = 20;

/** Does what the plan of this beat says about one check; returns the records of slots that do not run. */
export function handOut(watch: Watch, { now, monotonic }: ClockReading, parts: HandOutParts): LedgerSkips | undefined {
  const { schedule, maintenance, catchUp } = watch.check;
  const { position, pause, recorded } = watch;
  const waitedMs = monotonic - watch.handedAt;
  const maxRecords = Math.min(Math.max(Math.floor(RECORDS_AT_ONCE / parts.list.size), LEAST_RECORDS), MOST_RECORDS);
  const plan = planBeat({ schedule, maintenance, catchUp, position, pause, recorded, now, waitedMs, maxRecords });
  claim(watch, plan);
  parts.list.lookAgain(watch, plan.nextDue);
  const skips = [...plan.skips, ...begin(watch, plan, monotonic, parts.runs)];
  count(plan, skips, parts.tally);
  if (skips.length === 0 && !plan.gap) return undefined;
  const about = { check: watch.check.id, location: parts.location };
  return {
    ledger: watch.ledger,
    skipped: skips.map(({ dueAt, reason }) => ({ slot: { ...about, dueAt }, reason, recordedAt: now })),
    gaps: plan.gap ? [{ ...about, ...plan.gap, recordedAt: now }] : [],
  };
}

/** Opens every slot of the plan before any of them can end: a cursor must never pass a slot that has no record. */
function claim(watch: Watch, { position, start, skips, gap }: BeatPlan): void {
  const { ledger, recorded } = watch;
  watch.position = position;
  ledger.claimedUntil = position.claimedUntil;
  // Slots of repeated time lie before the cursor already and do not hold it back.
  if (start && start.kind !== 'repeated') ledger.open(start.dueAt);
  for (const { dueAt } of skips) ledger.open(dueAt);
  if (gap) ledger.open(gap.from);
  for (const slot of recorded) if (slot <= position.claimedUntil) recorded.delete(slot);
}

/** Begins the slot that is to start; what comes back is skipped instead. */
function begin(watch: Watch, { start }: BeatPlan, monotonic: number, runs: Runs): readonly PlannedSkip[] {
  if (!start) return [];
  watch.handedAt = monotonic;
  const reason = runs.begin(watch, { due: start, at: monotonic });
  return reason === undefined ? [] : [{ dueAt: start.dueAt, reason }];
}

function count({ start, skips: planned, gap }: BeatPlan, skips: readonly PlannedSkip[], tally: Tally): void {
  tally.expected += planned.length + (start ? 1 : 0) + (gap?.count ?? 0);
  for (const { reason } of skips) tally.skip(reason);
  if (gap) tally.skip('missed', gap.count);
}
