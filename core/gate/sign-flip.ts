import { estimatePrior, moderate } from './shrink-variances.ts';

/** Paired differences of several metrics: a row for each metric, a column for each pair. Above zero the candidate is worse. */
export type Differences = readonly (readonly number[])[];

export type Randomness = () => number;

/** Up to so many pairs every assignment of signs is tried; beyond, as many are drawn at random. */
const EXACT_PAIRS = 12;
const DRAWN = 16_383;

/**
 * Family-wise p-value of each metric for "the candidate is no worse", over all metrics at once: the single-step maximum test of Westfall &
 * Young (1993, Resampling-Based Multiple Testing) on moderated t statistics (Tusher's, see below), with the sign-flip distribution of the pairs.
 *
 * When a release changes nothing, which of a pair's two measurements came from which side is a coin toss, so flipping the signs of whole
 * pairs gives the exact null distribution, whatever the noise and however metrics hang together. The statistic is computed anew
 * for every assignment, prior included, which keeps the test exact. Drawn assignments count the observed one (Phipson & Smyth 2010).
 *
 * Trying ends early when no p-value can be `level` or less any more; what is returned then is a lower bound above it.
 */
export function flipTest(differences: Differences, random: Randomness, level = 1): readonly number[] {
  const pairs = differences[0]?.length ?? 0;
  const squares = differences.map((row) => row.reduce((total, value) => total + value * value, 0));
  const sums = differences.map((row) => row.reduce((total, value) => total + value, 0));
  const observed = statistics(sums, squares, pairs);
  const greatest = Math.max(...observed);
  const reached = observed.map(() => 0);
  const isExact = pairs <= EXACT_PAIRS;
  const all = isExact ? 2 ** pairs : DRAWN + 1;
  let least = 0;
  for (const flipped of isExact ? everyAssignment(differences) : drawnAssignments(differences, random)) {
    const highest = Math.max(...statistics(flipped, squares, pairs)) + TIE;
    if (highest >= greatest) least += 1;
    for (const [index, value] of observed.entries()) if (highest >= value) reached[index] = (reached[index] ?? 0) + 1;
    if (least > level * all) break;
  }
  return reached.map((count) => count / all);
}

/** Sums of the same numbers in another order differ in the last digits; that is no difference. */
const TIE = 1e-9;

/**
 * Added to each standard error, in least effects (the constant of Tusher, Tibshirani & Chu 2001, PNAS 98, 5116). A metric that hardly varies
 * and is better by a hair each time has a huge t; with all signs flipped it would outdo the one that is worse by far.
 */
const HAIR = 0.02;

/** Moderated statistics out of sums and sums of squares; flipping signs leaves the squares as they are. */
export function statistics(sums: readonly number[], squares: readonly number[], pairs: number): readonly number[] {
  const degrees = pairs - 1;
  const variances = sums.map((sum, index) => Math.max(0, (squares[index] ?? 0) - (sum * sum) / pairs) / degrees);
  const prior = estimatePrior(variances, degrees);
  return sums.map((sum, index) => {
    const spread = moderate(variances[index] ?? 0, degrees, prior);
    return sum / pairs / (Math.sqrt(spread / pairs) + HAIR);
  });
}

/** Sums for all assignments of signs, one flip apart from each other (Gray code), the observed one first. The array is the same each time. */
function* everyAssignment(differences: Differences): Generator<readonly number[]> {
  const pairs = differences[0]?.length ?? 0;
  const sums = differences.map((row) => row.reduce((total, value) => total + value, 0));
  const signs = new Array<number>(pairs).fill(1);
  yield sums;
  for (let code = 1; code < 2 ** pairs; code += 1) {
    const flip = 31 - Math.clz32(code & -code);
    const sign = signs[flip] ?? 1;
    signs[flip] = -sign;
    for (const [index, row] of differences.entries()) sums[index] = (sums[index] ?? 0) - 2 * sign * (row[flip] ?? 0);
    yield sums;
  }
}

function* drawnAssignments(differences: Differences, random: Randomness): Generator<readonly number[]> {
  const pairs = differences[0]?.length ?? 0;
  yield differences.map((row) => row.reduce((total, value) => total + value, 0));
  for (let drawn = 0; drawn < DRAWN; drawn += 1) {
    const signs = Array.from({ length: pairs }, () => (random() < 0.5 ? -1 : 1));
    yield differences.map((row) => row.reduce((total, value, pair) => total + value * (signs[pair] ?? 1), 0));
  }
}
