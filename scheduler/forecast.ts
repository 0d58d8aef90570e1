import { type Check, LANES, type Lane } from '../core/check.ts';
import type { Instant } from '../core/clock.ts';
import type { CheckId } from '../core/identifiers.ts';
import type { LaneWidths } from '../core/plan.ts';
import { inMaintenance } from './maintenance.ts';
import { countSlots, nextSlot, slotsBetween, stepAfter } from './slots.ts';

export type ForecastInput = {
  readonly checks: readonly Check[];
  readonly from: Instant;
  /** Default one day. */
  readonly periodMs?: number;
  readonly widths: LaneWidths;
  /** How long a run of this check usually takes, milliseconds, e.g. the median of its last runs, or an estimate. */
  readonly typicalMs: (check: Check) => number;
};

export type CheckForecast = {
  readonly check: CheckId;
  readonly lane: Lane;
  /** Runs expected in the period, without slots in maintenance. */
  readonly runs: number;
  readonly excluded: number;
  readonly runsPerDay: number;
  readonly nextDue: Instant | undefined;
  readonly typicalMs: number;
  /** Its runs usually take longer than the time to the next slot, so its overlap policy will act. */
  readonly isOverrunning: boolean;
};

export type LaneForecast = {
  readonly runs: number;
  /** Runs in this lane at the same time, on average, if none had to wait. */
  readonly meanConcurrency: number;
  /** The most at the same time; absent when there are too many runs to lay side by side. */
  readonly peakConcurrency?: number;
  readonly width: number;
};

/** An exclusive run that must wait for another. */
export type Collision = {
  readonly at: Instant;
  readonly check: CheckId;
  readonly waitsFor: CheckId;
  readonly waitMs: number;
};

export type Forecast = {
  readonly from: Instant;
  readonly to: Instant;
  readonly checks: readonly CheckForecast[];
  readonly lanes: Readonly<Record<Lane, LaneForecast>>;
  /** The first of them, in order of time. */
  readonly collisions: readonly Collision[];
  readonly collisionCount: number;
};

type PlannedRun = { readonly check: CheckId; readonly at: Instant; readonly typicalMs: number };

const DAY_MS = 86_400_000;
const MOST_LISTED = 200;
/** Beyond this many runs in a lane they are counted, not laid side by side. */
const MOST_LAID_OUT = 200_000;

/** What the next day will bring if every run takes its usual time. Pure. */
export function forecast(input: ForecastInput): Forecast {
  const { checks, from, periodMs = DAY_MS } = input;
  const to = from + periodMs;
  const views = checks.map((check) => forecastCheck(check, input, to));
  const runs = Object.fromEntries(LANES.map((lane) => [lane, layOut(checks, views, lane, from, to)]));
  const of = (lane: Lane): LaneForecast => forecastLane(views, runs[lane], lane, input, periodMs);
  const collisions = findCollisions(runs.exclusive ?? []);
  return {
    from,
    to,
    checks: views,
    lanes: { light: of('light'), browser: of('browser'), exclusive: of('exclusive') },
    collisions: collisions.slice(0, MOST_LISTED),
    collisionCount: collisions.length,
  };
}

function forecastCheck(check: Check, { from, typicalMs }: ForecastInput, to: Instant): CheckForecast {
  // Slots are due in (from, to]; a day that begins now has as many as any other.
  const all = countSlots(check.schedule, from, to);
  const runs = check.maintenance.length === 0 ? all : slotsOf(check, from, to).length;
  const nextDue = nextSlot(check.schedule, from);
  const usualMs = typicalMs(check);
  return {
    check: check.id,
    lane: check.lane,
    runs,
    excluded: all - runs,
    runsPerDay: (runs * DAY_MS) / (to - from),
    nextDue,
    typicalMs: usualMs,
    isOverrunning: nextDue !== undefined && usualMs > stepAfter(check.schedule, nextDue),
  };
}

function slotsOf({ schedule, maintenance }: Check, from: Instant, to: Instant): readonly Instant[] {
  const slots = slotsBetween(schedule, from, to, Number.POSITIVE_INFINITY);
  return maintenance.length === 0 ? slots : slots.filter((slot) => !inMaintenance(maintenance, slot));
}

/** The runs of a lane in order of time; `undefined` when they are too many. */
function layOut(
  checks: readonly Check[],
  views: readonly CheckForecast[],
  lane: Lane,
  from: Instant,
  to: Instant,
): readonly PlannedRun[] | undefined {
  const total = views.reduce((sum, view) => sum + (view.lane === lane ? view.runs : 0), 0);
  if (total > MOST_LAID_OUT) return undefined;
  return checks
    .flatMap((check, index) => {
      if (check.lane !== lane) return [];
      const typicalMs = views[index]?.typicalMs ?? 0;
      return slotsOf(check, from, to).map((at): PlannedRun => ({ check: check.id, at, typicalMs }));
    })
    .sort((a, b) => a.at - b.at);
}

function forecastLane(
  views: readonly CheckForecast[],
  laidOut: readonly PlannedRun[] | undefined,
  lane: Lane,
  { widths }: ForecastInput,
  periodMs: number,
): LaneForecast {
  const own = views.filter((view) => view.lane === lane);
  const busyMs = own.reduce((total, { runs, typicalMs }) => total + runs * typicalMs, 0);
  return {
    runs: own.reduce((total, { runs }) => total + runs, 0),
    meanConcurrency: busyMs / periodMs,
    width: lane === 'exclusive' ? 1 : widths[lane],
    ...(laidOut ? { peakConcurrency: peak(laidOut) } : {}),
  };
}

/** The most runs at one time; one that ends as another begins does not count with it. */
function peak(runs: readonly PlannedRun[]): number {
  const changes = runs.flatMap(({ at, typicalMs }) => [
    { at, by: 1 },
    { at: at + typicalMs, by: -1 },
  ]);
  changes.sort((a, b) => a.at - b.at || a.by - b.by);
  let [now, most] = [0, 0];
  for (const { by } of changes) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}

/** Lets exclusive runs queue up one behind the other and notes who waits. */
function findCollisions(runs: readonly PlannedRun[]): readonly Collision[] {
  const collisions: Collision[] = [];
  let last: { readonly check: CheckId; readonly until: Instant } | undefined;
  for (const { check, at, typicalMs } of runs) {
    const waitMs = last ? Math.max(0, last.until - at) : 0;
    if (last && waitMs > 0) collisions.push({ at, check, waitsFor: last.check, waitMs });
    last = { check, until: at + waitMs + typicalMs };
  }
  return collisions;
}
