import type { Comparison, Limit } from '../budget.ts';
import { quantile } from '../statistics.ts';
import type { Unit } from '../units.ts';
import { roundOutwards } from '../written-quantity.ts';

/** What runs of a check measured, and how far they may go from it. */
export type Spread = {
  readonly median: number;
  readonly worst: number;
  /** What runs differ by without anything having changed. */
  readonly margin: number;
};

export type SpreadInput = {
  /** One for each run. */
  readonly values: readonly number[];
  readonly better: 'lower' | 'higher';
  /** No smaller change matters; 0 where nothing is known. */
  readonly floor: number;
};

/** Standard deviations in one median absolute deviation of a normal distribution. */
const MAD_TO_SIGMA = 1.4826;
const LEAST_SHARE = 0.05;

/** The margin is the noise of the runs (by the median absolute deviation, which outliers do not widen), at least 5 % of what is typical, and at least what matters at all. */
export function spreadOf({ values, better, floor }: SpreadInput): Spread {
  const median = quantile(values, 0.5) ?? Number.NaN;
  const deviations = values.map((value) => Math.abs(value - median));
  const noise = MAD_TO_SIGMA * (quantile(deviations, 0.5) ?? 0);
  return {
    median,
    worst: quantile(values, better === 'lower' ? 1 : 0) ?? Number.NaN,
    margin: Math.max(noise, LEAST_SHARE * Math.abs(median), floor),
  };
}

/** Of 100 runs, as they are, five are beyond this before the margin is added; of 100 one. */
const [WARN_QUANTILE, FAIL_QUANTILE] = [0.95, 0.99];
const [WARN_MARGINS, FAIL_MARGINS] = [1, 3];

export type Limits = { readonly warn?: Limit; readonly fail?: Limit };

/**
 * Limits that runs as they are keep: `warn` one margin beyond the 95th percentile, `fail` three beyond the 99th, rounded away from them to two
 * digits. What no value could break is no limit.
 */
export function proposeLimits(input: SpreadInput, { margin }: Spread, unit: Unit): Limits {
  const { values, better } = input;
  const sign = better === 'lower' ? 1 : -1;
  const beyond = (share: number, margins: number): number => {
    const edge = quantile(values, better === 'lower' ? share : 1 - share) ?? Number.NaN;
    return roundOutwards(edge + sign * margins * margin, better === 'lower' ? 'up' : 'down', unit);
  };
  const comparison: Comparison = better === 'lower' ? '<=' : '>=';
  const [warn, fail] = [beyond(WARN_QUANTILE, WARN_MARGINS), beyond(FAIL_QUANTILE, FAIL_MARGINS)];
  const binds = (value: number): boolean => (better === 'higher' ? value > 0 : unit !== 'ratio' || value < 1);
  return {
    ...(binds(warn) && warn !== fail ? { warn: { comparison, value: warn, unit } } : {}),
    ...(binds(fail) ? { fail: { comparison, value: fail, unit } } : {}),
  };
}
