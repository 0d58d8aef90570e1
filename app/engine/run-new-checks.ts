import type { Check } from '../../core/check.ts';
import type { Clock } from '../../core/clock.ts';
import { messageOf } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Run } from '../../core/run.ts';
import type { Lanes } from '../../scheduler/lanes.ts';
import { inMaintenance } from '../../scheduler/maintenance.ts';

export type NewChecks = {
  /** Checks that were never watched. */
  readonly checks: readonly Check[];
  readonly lanes: Pick<Lanes, 'enter'>;
  readonly cancel: AbortSignal;
  readonly execute: (check: Check) => Promise<Run>;
  readonly record: (run: Run) => Promise<void>;
  readonly log: Log;
  readonly clock: Clock;
};

/** A check whose first slot is further away than this is looked at once beforehand. */
const SOON_MS = 60_000;

/**
 * Runs each check once that has never been watched, outside its schedule: whoever adds an audit every 30 minutes wants to know now
 * whether it works. Such a run has no slot, so it counts for nothing. Never rejects.
 */
export async function runNewChecks(work: NewChecks): Promise<void> {
  const now = work.clock.now();
  const fresh = work.checks.filter(
    ({ schedule, maintenance }) => schedule.type !== 'manual' && !isSoon(schedule) && !inMaintenance(maintenance, now),
  );
  await Promise.all(fresh.map((check) => lookAt(check, work)));
}

async function lookAt(check: Check, { lanes, cancel, execute, record, log, clock }: NewChecks): Promise<void> {
  const what = `${check.kind} check '${check.id}'`;
  const entry = await lanes.enter({ lane: check.lane, what, dueAt: clock.now(), signal: cancel });
  if (!entry.entered) return;
  try {
    await record(await execute(check));
  } catch (error) {
    log.error({ check: check.id, error: messageOf(error) }, 'the first look at a check could not be recorded');
  } finally {
    entry.release();
  }
}

function isSoon(schedule: Check['schedule']): boolean {
  return schedule.type === 'interval' && schedule.everyMs <= SOON_MS;
}
