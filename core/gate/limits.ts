import type { Limit } from '../budget.ts';
import { isWithin } from '../judge.ts';
import { estimatePrior, moderate } from './shrink-variances.ts';
import { upperTail } from './student.ts';

/** `broken` and `kept` stand once they are reached. */
export type LimitStanding = 'broken' | 'kept' | 'undecided';
export type Limited = { readonly limit: Limit; readonly values: readonly number[] };

/** After so many samples fixed limits are looked at: far ones are clear after three, close ones never. */
export const LIMIT_LOOKS: readonly number[] = [3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 34, 40];
/** Level of `kept` at each look; see `PASS_LEVEL` of the comparison, whose looks hang together the same way. */
const KEPT_LEVEL = 0.009;

/**
 * Whether what is typical of the candidate lies within its limits: a one-sided t test each way on the distance to the limit, with variances
 * shrunk towards each other as in the comparison. `falseAlarmRate` is divided by limits and looks (Bonferroni). What never varies is
 * held against the limit as it is.
 */
export function decideLimits(
  before: readonly LimitStanding[],
  limited: readonly Limited[],
  falseAlarmRate: number,
): readonly LimitStanding[] {
  const distances = limited.map(distancesOf);
  const degrees = (distances[0]?.length ?? 0) - 1;
  const variances = distances.map(varianceOf);
  const prior = estimatePrior(variances, degrees);
  const brokenLevel = falseAlarmRate / Math.max(1, limited.length) / LIMIT_LOOKS.length;
  return limited.map(({ limit, values }, index): LimitStanding => {
    const standing = before[index] ?? 'undecided';
    const variance = variances[index] ?? 0;
    if (standing !== 'undecided') return standing;
    if (variance === 0) return isWithin(values[0] ?? Number.NaN, limit) ? 'kept' : 'broken';
    const spread = Math.sqrt(moderate(variance, degrees, prior) / (degrees + 1));
    const statistic = meanOf(distances[index] ?? []) / spread;
    if (upperTail(statistic, prior.degrees + degrees) <= brokenLevel) return 'broken';
    return upperTail(-statistic, prior.degrees + degrees) <= KEPT_LEVEL ? 'kept' : 'undecided';
  });
}

/** How far beyond the limit each value is: above zero it is broken. By shares where there are shares, so that unlike measures have alike variances. */
function distancesOf({ limit, values }: Limited): readonly number[] {
  const sign = limit.comparison.startsWith('<') ? 1 : -1;
  if (limit.value > 0 && values.every((value) => value > 0))
    return values.map((value) => sign * Math.log(value / limit.value));
  const scale = Math.max(Math.abs(limit.value), ...values.map(Math.abs)) || 1;
  return values.map((value) => (sign * (value - limit.value)) / scale);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((total, value) => total + (value - mean) ** 2, 0) / (values.length - 1);
}
