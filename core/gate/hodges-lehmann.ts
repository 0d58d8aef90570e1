import { quantile } from '../statistics.ts';

export type Shift = { readonly estimate: number; readonly low: number; readonly high: number };

/**
 * Shift of paired differences: the median of the Walsh averages (Hodges & Lehmann 1963), with the interval that the signed-rank test
 * does not reject at `level` two-sided (Hollander, Wolfe & Chicken, Nonparametric Statistical Methods, section 3.4). With too few
 * pairs for that level the interval is as wide as the averages are; it cannot be narrower than the data allow.
 */
export function shiftOf(differences: readonly number[], level: number): Shift {
  const averages = walshAverages(differences).toSorted((a, b) => a - b);
  const estimate = quantile(averages, 0.5) ?? Number.NaN;
  const cut = lowerCritical(differences.length, level / 2);
  return {
    estimate,
    low: averages[cut] ?? estimate,
    high: averages[averages.length - 1 - cut] ?? estimate,
  };
}

function walshAverages(values: readonly number[]): readonly number[] {
  return values.flatMap((value, index) => values.slice(index).map((other) => (value + other) / 2));
}

/** The largest c with P(W <= c) <= `tail` for the signed-rank statistic W of `count` pairs; 0 when even W = 0 is likelier than that. */
export function lowerCritical(count: number, tail: number): number {
  let below = 0;
  const all = 2 ** count;
  for (const [sum, ways] of rankSums(count).entries()) {
    below += ways;
    if (below / all > tail) return Math.max(0, sum - 1);
  }
  return 0;
}

/** In how many ways ranks 1 to `count` sum to each number when each is taken or left. */
function rankSums(count: number): readonly number[] {
  let ways = [1];
  for (let rank = 1; rank <= count; rank += 1) {
    const next = new Array<number>(ways.length + rank).fill(0);
    for (const [sum, number] of ways.entries()) {
      next[sum] = (next[sum] ?? 0) + number;
      next[sum + rank] = (next[sum + rank] ?? 0) + number;
    }
    ways = next;
  }
  return ways;
}
