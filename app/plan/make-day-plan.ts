import type { Check } from '../../core/check.ts';
import type { Instant } from '../../core/clock.ts';
import type { Plan } from '../../core/plan.ts';
import { type CheckForecast, type Forecast, forecast } from '../../scheduler/forecast.ts';
import { type Disk, diskInTheEnd, diskPerDay, sumDisk } from './disk.ts';
import { type GuessServices, guessDuration } from './guess-duration.ts';
import { type CheckHistory, readHistory } from './history.ts';

export type PlannedCheck = CheckForecast &
  Disk & {
    /** Where the usual duration comes from. */
    readonly basedOn: { readonly runs: number } | 'estimate';
    readonly busyMs: number;
  };

/** What a day of the plan asks of this machine. */
export type DayPlan = Omit<Forecast, 'checks'> & {
  readonly checks: readonly PlannedCheck[];
  readonly disk: Disk & { readonly perDayBytes: number; readonly inTheEndBytes: number };
  readonly historyProblem?: string;
};

export async function makeDayPlan(plan: Plan, now: Instant, services: GuessServices): Promise<DayPlan> {
  const { checks: history, problem } = readHistory(plan, now);
  const typical = await typicalDurations(plan.checks, history, services);
  const day = forecast({
    checks: plan.checks,
    from: now,
    widths: plan.settings.lanes,
    typicalMs: ({ id }) => typical.get(id) ?? 0,
  });
  const checks = plan.checks.flatMap((check, index) => {
    const view = day.checks[index];
    return view === undefined ? [] : [describe(check, view, history.get(check.id))];
  });
  const disk = sumDisk(checks);
  const inTheEndBytes = diskInTheEnd(disk, plan.settings.retention);
  return {
    ...day,
    checks,
    disk: { ...disk, perDayBytes: disk.databaseBytes + disk.artefactBytes, inTheEndBytes },
    ...(problem === undefined ? {} : { historyProblem: problem }),
  };
}

async function typicalDurations(
  checks: readonly Check[],
  history: ReadonlyMap<string, CheckHistory>,
  services: GuessServices,
): Promise<ReadonlyMap<string, number>> {
  const typical = new Map<string, number>();
  for (const check of checks)
    typical.set(check.id, history.get(check.id)?.meanMs ?? (await guessDuration(check, services)));
  return typical;
}

function describe(check: Check, view: CheckForecast, known: CheckHistory | undefined): PlannedCheck {
  return {
    ...view,
    ...diskPerDay(check, view.runsPerDay, known),
    busyMs: view.runs * view.typicalMs,
    basedOn: known === undefined ? 'estimate' : { runs: known.runs },
  };
}
