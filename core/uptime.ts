import type { SkipReason, Verdict } from './run.ts';

/** What a slot says about the target. `unknown` is never counted as up; `excluded` is not expected at all. */
export const STANDINGS = ['good', 'bad', 'unknown', 'excluded'] as const;
export type Standing = (typeof STANDINGS)[number];
export type StandingCounts = Readonly<Record<Standing, number>>;

export function standingOf(verdict: Verdict): Standing {
  switch (verdict.status) {
    case 'passed':
    case 'degraded':
      return 'good';
    case 'failed':
      return 'bad';
    case 'inconclusive':
      return 'unknown';
    case 'skipped':
      return standingOfSkip(verdict.reason);
  }
}

function standingOfSkip(reason: SkipReason): Standing {
  switch (reason) {
    case 'maintenance':
    case 'paused':
      return 'excluded';
    case 'overlap':
    case 'missed':
    case 'capacity':
    case 'cancelled':
    case 'shutdown':
      return 'unknown';
  }
}

/** Uptime as an interval: `low` takes every unknown slot as bad, `high` as good. Equal when nothing is unknown. */
export type Uptime = {
  /** good / (good + bad); absent when neither was seen. */
  readonly ratio?: number;
  readonly low: number;
  readonly high: number;
  /** Slots that were expected: all but the excluded. */
  readonly expected: number;
  readonly counts: StandingCounts;
};

export function uptimeOf(counts: StandingCounts): Uptime {
  const { good, bad, unknown } = counts;
  const expected = good + bad + unknown;
  const decided = good + bad;
  const bounds = expected === 0 ? { low: 0, high: 1 } : { low: good / expected, high: (good + unknown) / expected };
  return { ...bounds, expected, counts, ...(decided === 0 ? {} : { ratio: good / decided }) };
}
