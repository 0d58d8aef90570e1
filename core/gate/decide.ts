import { estimatePrior, moderate } from './shrink-variances.ts';
import { type Differences, flipTest, type Randomness, statistics } from './sign-flip.ts';
import { upperTail } from './student.ts';

/** `regressed` and `not-regressed` stand once they are reached; `undecided` asks for more pairs. */
export const STANDINGS_OF_METRICS = ['regressed', 'not-regressed', 'undecided'] as const;
export type MetricStanding = (typeof STANDINGS_OF_METRICS)[number];

/** One look at the data: after how many pairs, and what it may spend of the two error rates. */
export type Look = {
  readonly pairs: number;
  /** Chance that a release without any change fails at this look. 0: nothing can fail yet. */
  readonly failLevel: number;
  /** Chance that a metric that is worse by the least meaningful effect passes at this look, by itself. */
  readonly passLevel: number;
};

/** A release that changes nothing fails with at most this probability, over all metrics, limits and looks. */
export const FALSE_ALARM_RATE = 0.01;
/** The part of it for fixed limits; most are either far away or broken, so that little is enough. */
export const LIMITS_RATE = 0.001;
/** A metric that is worse by the least meaningful effect passes with at most this probability, over all looks. */
export const MISS_RATE = 0.05;

/** Gaps grow with what has been seen: a look more after two pairs tells little that the last one did not. */
const LOOKS = [6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 34, 40];
/** Share of the false-alarm rate that the first look that can fail may spend. */
const FIRST_SPENT = 0.44;
/** The level of each look at which all looks together keep to `MISS_RATE`; repeated looks at the same data are alike, so it is far above a twelfth. Found by the simulation of `npm run bench:gate`, which prints what it reaches. */
const PASS_LEVEL = 0.009;

/**
 * The looks of a gate of at most `most` pairs; the false-alarm rate is spent quickly at first, and never beyond itself. Parts of a gate that are
 * sampled one after the other share the rate: each gets `share` of it.
 */
export function planLooks(most = LOOKS.at(-1) ?? 0, share = 1): readonly Look[] {
  const rate = (FALSE_ALARM_RATE - LIMITS_RATE) * share;
  const first = firstFail(rate);
  let spent = 0;
  return LOOKS.filter((pairs) => pairs <= most).map((pairs) => {
    const failLevel = spentBy(pairs, first, rate) - spent;
    spent += failLevel;
    return { pairs, failLevel, passLevel: PASS_LEVEL };
  });
}

/** The looks that a comparison of what is already measured takes: one, which may spend all that the looks of a gate share. */
export const LEAST_PAIRS = 6;
export const MOST_PAIRS = 40;
export function onlyLook(pairs: number): Look | undefined {
  if (pairs < LEAST_PAIRS || pairs > MOST_PAIRS) return undefined;
  return { pairs, failLevel: FALSE_ALARM_RATE - LIMITS_RATE, passLevel: MISS_RATE };
}

/** The first look after which one assignment of signs out of all is rare enough for what may be spent there. */
function firstFail(rate: number): number {
  return LOOKS.find((pairs) => 2 ** -pairs <= FIRST_SPENT * rate) ?? Number.POSITIVE_INFINITY;
}

/** Share of the false-alarm rate spent after so many pairs: 44 % at the first look that can fail, the rest by the cube of the pairs. */
function spentBy(pairs: number, first: number, rate: number): number {
  return pairs < first ? 0 : rate * (1 - (1 - FIRST_SPENT) * (first / pairs) ** 3);
}

/**
 * Moves the standing of every metric on by one look. Differences are in units of the metric's least meaningful effect: 0 is no change, 1 a
 * change that matters. Pure; `random` only draws signs when there are too many to try all.
 */
export function decide(
  before: readonly MetricStanding[],
  differences: Differences,
  look: Look,
  random: Randomness,
): readonly MetricStanding[] {
  const isWithin = withinEffect(differences, look);
  const isWorse = isAnyWorse(differences, look, random);
  return before.map((standing, metric) => {
    if (standing !== 'undecided') return standing;
    if (isWithin[metric]) return 'not-regressed';
    return isWorse[metric] ? 'regressed' : 'undecided';
  });
}

/** Non-inferiority: whether the change is shown to be less than the least meaningful effect, metric by metric. A gate passes only when all are, so that no correction for many metrics is needed (Berger 1982, intersection-union test). */
function withinEffect(differences: Differences, { pairs, passLevel }: Look): readonly boolean[] {
  const degrees = pairs - 1;
  const means = differences.map((row) => row.reduce((total, value) => total + value, 0) / pairs);
  const variances = differences.map((row, index) => varianceOf(row, means[index] ?? 0));
  const prior = estimatePrior(variances, degrees);
  return means.map((mean, index) => {
    const own = variances[index] ?? 0;
    // What never varied does not have the noise of the others: a count that is 0 each time.
    if (own === 0) return mean < 1;
    const spread = moderate(own, degrees, prior);
    return upperTail((1 - mean) / Math.sqrt(spread / pairs), prior.degrees + degrees) <= passLevel;
  });
}

function varianceOf(row: readonly number[], mean: number): number {
  return row.reduce((total, value) => total + (value - mean) ** 2, 0) / (row.length - 1);
}

/** A statistic below this is no news under any assignment of signs; trying them all can be saved. */
const WORTH_TESTING = 2;

function isAnyWorse(differences: Differences, { pairs, failLevel }: Look, random: Randomness): readonly boolean[] {
  const sums = differences.map((row) => row.reduce((total, value) => total + value, 0));
  const squares = differences.map((row) => row.reduce((total, value) => total + value * value, 0));
  if (failLevel === 0 || Math.max(...statistics(sums, squares, pairs)) < WORTH_TESTING)
    return differences.map(() => false);
  return flipTest(differences, random, failLevel).map((p) => p <= failLevel);
}
