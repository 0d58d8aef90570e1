import { moderate, type Prior, priorEstimator } from './shrink-variances.ts';

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
  const greatestFor = greatestStatistic(squares, pairs);
  let least = 0;
  for (const flipped of isExact ? everyAssignment(differences) : drawnAssignments(differences, random)) {
    const highest = greatestFor(flipped) + TIE;
    if (highest >= greatest) least += 1;
    for (let index = 0; index < observed.length; index += 1)
      if (highest >= (observed[index] ?? 0)) reached[index] = (reached[index] ?? 0) + 1;
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
  const { variances, prior } = spreadOf(squares, pairs)(sums);
  return sums.map((sum, index) => statistic(sum, variances[index] ?? 0, pairs, prior));
}

/** The greatest of them, for many sums with the same squares: a gate asks for it a hundred thousand times. */
function greatestStatistic(squares: readonly number[], pairs: number): (sums: Float64Array) => number {
  const spread = spreadOf(squares, pairs);
  return (sums) => {
    const { variances, prior } = spread(sums);
    let greatest = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < sums.length; index += 1)
      greatest = Math.max(greatest, statistic(sums[index] ?? 0, variances[index] ?? 0, pairs, prior));
    return greatest;
  };
}

function statistic(sum: number, variance: number, pairs: number, prior: Prior): number {
  return sum / pairs / (Math.sqrt(moderate(variance, pairs - 1, prior) / pairs) + HAIR);
}

/** Variances and their prior; the array is the same each time. */
function spreadOf(squares: readonly number[], pairs: number) {
  const degrees = pairs - 1;
  const variances = new Float64Array(squares.length);
  const estimate = priorEstimator(squares.length, degrees);
  return (sums: ArrayLike<number>): { readonly variances: Float64Array; readonly prior: Prior } => {
    for (let index = 0; index < variances.length; index += 1) {
      const sum = sums[index] ?? 0;
      variances[index] = Math.max(0, (squares[index] ?? 0) - (sum * sum) / pairs) / degrees;
    }
    return { variances, prior: estimate(variances) };
  };
}

/** Sums for all assignments of signs, one flip apart from each other (Gray code), the observed one first. The array is the same each time. */
function* everyAssignment(differences: Differences): Generator<Float64Array> {
  const pairs = differences[0]?.length ?? 0;
  const columns = columnsOf(differences);
  const sums = signedSum(columns, 0);
  const signs = new Float64Array(pairs).fill(1);
  yield sums;
  for (let code = 1; code < 2 ** pairs; code += 1) {
    const flip = 31 - Math.clz32(code & -code);
    const sign = signs[flip] ?? 1;
    signs[flip] = -sign;
    add(sums, columns[flip] ?? NOTHING, -2 * sign);
    yield sums;
  }
}

/** Sums of so many pairs are kept for every assignment of their signs, so that a draw adds a few rows and not one for each pair. */
const PAIRS_AT_ONCE = 6;
const NOTHING = new Float64Array(0);

/** The observed one, then as many as are drawn. The array is the same each time. */
function* drawnAssignments(differences: Differences, random: Randomness): Generator<Float64Array> {
  const columns = columnsOf(differences);
  const parts: { readonly pairs: number; readonly rows: readonly Float64Array[] }[] = [];
  for (let from = 0; from < columns.length; from += PAIRS_AT_ONCE) {
    const some = columns.slice(from, from + PAIRS_AT_ONCE);
    const rows = Array.from({ length: 2 ** some.length }, (_, code) => signedSum(some, code));
    parts.push({ pairs: some.length, rows });
  }
  yield signedSum(columns, 0);
  const sums = new Float64Array(differences.length);
  for (let drawn = 0; drawn < DRAWN; drawn += 1) {
    sums.fill(0);
    for (const { pairs, rows } of parts) {
      let code = 0;
      for (let pair = 0; pair < pairs; pair += 1) if (random() < 0.5) code |= 1 << pair;
      add(sums, rows[code] ?? NOTHING, 1);
    }
    yield sums;
  }
}

/** One pair of all metrics beside each other. */
function columnsOf(differences: Differences): readonly Float64Array[] {
  return (differences[0] ?? []).map((_, pair) => Float64Array.from(differences, (row) => row[pair] ?? 0));
}

/** Each bit of `code` turns the sign of a column. */
function signedSum(columns: readonly Float64Array[], code: number): Float64Array {
  const sums = new Float64Array(columns[0]?.length ?? 0);
  for (const [pair, column] of columns.entries()) add(sums, column, ((code >> pair) & 1) === 1 ? -1 : 1);
  return sums;
}

function add(sums: Float64Array, column: Float64Array, times: number): void {
  for (let index = 0; index < sums.length; index += 1) sums[index] = (sums[index] ?? 0) + times * (column[index] ?? 0);
}
