import type { Check } from './check.ts';
import type { Instant } from './clock.ts';
import type { VerdictStatus } from './run.ts';

/** States in which the latest run speaks for the target now. */
const CURRENT = ['passed', 'degraded', 'failed', 'inconclusive'] as const;
/** States in which it does not: what it measured is history, and nothing may show it as the present. */
const NOT_CURRENT = ['stale', 'paused', 'maintenance', 'waiting'] as const;
export const CHECK_STATES = [...CURRENT, ...NOT_CURRENT] as const;
type CheckStateName = (typeof CHECK_STATES)[number];

/** How a check stands at an instant, and why. */
export type CheckState = {
  readonly name: CheckStateName;
  /** In one sentence or less: the first breach, the fault, who paused it, what the maintenance is for. Absent when it passed. */
  readonly reason?: string;
  /** Since when it is paused, in maintenance or without a result. */
  readonly since?: Instant;
  /** When pause or maintenance end; absent where nobody has said. */
  readonly until?: Instant;
};

/** What a state needs to know of the latest run of a check. */
export type LatestRun = {
  readonly status: VerdictStatus;
  readonly startedAt: Instant;
  readonly durationMs: number;
  readonly reason?: string;
};

/** Tells the state of a check from its latest run, which is `undefined` before the first one. */
export type TellState = (check: Check, latest: LatestRun | undefined) => CheckState;

/** The state of a check that nothing keeps from running: the verdict of its latest run. */
export function stateOfRun(latest: LatestRun | undefined): CheckState {
  if (latest === undefined || latest.status === 'skipped') return { name: 'waiting', reason: 'no run yet' };
  const { status, reason } = latest;
  return reason === undefined ? { name: status } : { name: status, reason };
}

/** Whether the values of the latest run are those of now. */
export function isCurrent({ name }: CheckState): boolean {
  return CURRENT.some((current) => current === name);
}

/** Whether slots are expected at all; a check that is paused or in maintenance counts neither for nor against anything. */
export function isExpected({ name }: CheckState): boolean {
  return name !== 'paused' && name !== 'maintenance';
}
