import type { Check } from '../../core/check.ts';
import type { Clock, Instant } from '../../core/clock.ts';
import { messageOf } from '../../core/errors.ts';
import { fault } from '../../core/fault.ts';
import type { CheckId } from '../../core/identifiers.ts';
import { isPass, type TrackState } from '../../core/incident.ts';
import type { Log } from '../../core/log.ts';
import { confirmationDueAt, isRecovering } from '../../core/recovery.ts';
import type { Reporter } from '../../core/reporter.ts';
import { movesIncidents, type Run } from '../../core/run.ts';
import { isPausedAt } from '../../core/store.ts';
import type { Lanes } from '../../scheduler/lanes.ts';
import { inMaintenance } from '../../scheduler/maintenance.ts';
import type { Scheduler } from '../../scheduler/scheduler.ts';
import type { SchedulerStats } from '../../scheduler/scheduler-options.ts';
import type { IncidentKeeper } from './incident-keeper.ts';
import type { PauseKeeper } from './pause-keeper.ts';
import { placeOf } from './place-of.ts';
import type { PlanInForce } from './plan-in-force.ts';

export type RecoveryParts = {
  readonly plan: Pick<PlanInForce, 'now' | 'isWatched'>;
  readonly incidents: Pick<IncidentKeeper, 'stateOf'>;
  readonly pauses: Pick<PauseKeeper, 'all'>;
  readonly scheduler: Pick<Scheduler, 'clockDoubt'> & { stats(): Pick<SchedulerStats, 'checks'> };
  readonly lanes: Pick<Lanes, 'enter'>;
  readonly confirm: (check: Check, cancel: AbortSignal) => Promise<Run>;
  readonly record: (run: Run) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  readonly afterMs: number;
};

export type Recoveries = {
  /** Hears of every run when it is durable. */
  readonly reporter: Reporter;
  /** After a start: what was passing when the last process ended is confirmed from now on. */
  resume(): void;
  stop(): Promise<void>;
};

/**
 * Runs a check again soon after a pass while passes are still wanted for its open incident, through its lane and outside its schedule:
 * of a check every 15 minutes nobody wants to hear 15 minutes late that it is well. See docs/decisions/027.
 */
export function confirmRecoveries(parts: RecoveryParts): Recoveries {
  const { plan, clock, log } = parts;
  const stopped = new AbortController();
  /** Those that wait for their time or for room; what drops them. */
  const waiting = new Map<CheckId, () => void>();
  const underWay = new Map<CheckId, Promise<void>>();

  function drop(check: CheckId): void {
    waiting.get(check)?.();
    waiting.delete(check);
  }

  function plannedAfter(check: Check, passedAt: Instant): void {
    drop(check.id);
    // One that is being carried out looks on by itself when it has ended.
    if (stopped.signal.aborted || underWay.has(check.id)) return;
    const state = stateOf(check, parts);
    // Nearly every run ends here; only what is recovering is looked for in the scheduler.
    if (!isRecovering(check, state, passedAt)) return;
    const { nextDue } = placeInTime(check, parts);
    const dueAt = confirmationDueAt({ check, state, passedAt, nextDue, afterMs: parts.afterMs });
    if (dueAt === undefined) return;
    const leave = new AbortController();
    const cancelTimer = clock.schedule(dueAt - clock.now(), () => void waitAndConfirm(check.id, leave.signal));
    waiting.set(check.id, () => {
      cancelTimer();
      leave.abort();
    });
  }

  async function waitAndConfirm(id: CheckId, left: AbortSignal): Promise<void> {
    const check = wanted(id, parts);
    if (check === undefined) return drop(id);
    const signal = AbortSignal.any([left, stopped.signal]);
    const what = `${check.kind} check '${id}'`;
    const entry = await parts.lanes.enter({
      lane: check.lane,
      what,
      dueAt: clock.now(),
      place: placeOf(check),
      signal,
    });
    // Dropped: another may wait in its stead.
    if (signal.aborted) return entry.entered ? entry.release() : undefined;
    waiting.delete(id);
    if (!entry.entered) return;
    const mayStill = wanted(id, parts);
    if (mayStill === undefined) return entry.release();
    const confirmed = confirmNow(mayStill).finally(() => {
      underWay.delete(id);
      entry.release();
    });
    underWay.set(id, confirmed);
    await confirmed;
  }

  async function confirmNow(check: Check): Promise<void> {
    try {
      const run = await parts.confirm(check, stopped.signal);
      await parts.record(run);
      underWay.delete(check.id);
      heard(run, check);
    } catch (error) {
      log.error({ check: check.id, error: messageOf(error) }, 'the confirmation of a recovery could not be recorded');
    }
  }

  /** A run that does not pass ends it until a slot passes again. */
  function heard(run: Run, check: Check): void {
    if (isPass(run, check.incident)) plannedAfter(check, run.finishedAt);
    else drop(check.id);
  }

  return {
    reporter: {
      name: 'confirmations of recoveries',
      onRun(run, check) {
        // Its own runs it hears when they have left; runs on demand do not matter.
        if (movesIncidents(run.trigger) && run.trigger !== 'confirmation') heard(run, check);
      },
    },
    resume() {
      for (const check of plan.now().checks) if (plan.isWatched(check.id)) plannedAfter(check, clock.now());
    },
    async stop() {
      for (const id of [...waiting.keys()]) drop(id);
      stopped.abort(fault('shutdown', 'The process was stopped.'));
      await Promise.all(underWay.values());
    },
  };
}

/** The check as it is now, if its recovery is still to be confirmed by a run of its own. A slot of it that is under way does that as well. */
function wanted(id: CheckId, parts: RecoveryParts): Check | undefined {
  const { plan, pauses, scheduler, clock } = parts;
  const now = clock.now();
  const check = plan.now().checks.find((one) => one.id === id);
  if (check === undefined || !plan.isWatched(id) || scheduler.clockDoubt !== undefined) return undefined;
  if (inMaintenance(check.maintenance, now)) return undefined;
  if (pauses.all().some((pause) => pause.check === id && isPausedAt(pause, now))) return undefined;
  if (placeInTime(check, parts).active > 0) return undefined;
  return isRecovering(check, stateOf(check, parts), now) ? check : undefined;
}

function stateOf(check: Check, { incidents, plan }: RecoveryParts): TrackState {
  return incidents.stateOf(check, plan.now().settings.location, 'target');
}

function placeInTime(
  check: Check,
  { scheduler }: RecoveryParts,
): { readonly nextDue: Instant | undefined; readonly active: number } {
  return scheduler.stats().checks.find((one) => one.check === check.id) ?? { nextDue: undefined, active: 0 };
}
