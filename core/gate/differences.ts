import { quantile } from '../statistics.ts';
import { type Shift, shiftOf } from './hodges-lehmann.ts';
import type { Effect } from './result.ts';
import type { RelativeSeries } from './series.ts';

export type Compared = {
  /** One for each pair, in units of the least effect; above zero the candidate is worse. */
  readonly differences: readonly number[];
  /** The least effect as it was applied: a share of the baseline, or an amount where the floor is more than that. */
  readonly effect: Effect;
  readonly change: Shift;
};

/** Two-sided level of the interval that is shown with a change. */
const SHOWN_LEVEL = 0.05;

/**
 * Differences of the pairs. Shares are compared by their logarithms, so that twice as long and half as long weigh the same; values
 * that may be zero, and changes below what matters at all, by amounts. What is taken from the data (the median) is taken
 * from both sides together, so that exchanging the sides of a pair changes nothing but signs.
 */
export function compare(series: Pick<RelativeSeries, 'base' | 'candidate' | 'effect' | 'floor' | 'better'>): Compared {
  const { base, candidate, effect, floor } = series;
  const all = [...base, ...candidate];
  const middle = quantile(all.map(Math.abs), 0.5) ?? 0;
  const isShare = effect.ratio && all.every((value) => value > 0) && effect.by * middle >= floor;
  return isShare ? byShare(series) : byAmount(series, middle);
}

type Input = Parameters<typeof compare>[0];

function byShare({ base, candidate, effect, better }: Input): Compared {
  const logs = candidate.map((value, pair) => Math.log(value / (base[pair] ?? value)));
  const unit = better === 'lower' ? Math.log1p(effect.by) : Math.log1p(-Math.min(effect.by, 0.99));
  return {
    differences: logs.map((log) => log / unit),
    effect,
    change: mapped(shiftOf(logs, SHOWN_LEVEL), Math.expm1),
  };
}

function byAmount({ base, candidate, effect, floor, better }: Input, middle: number): Compared {
  const amounts = candidate.map((value, pair) => value - (base[pair] ?? value));
  const least = effect.ratio ? Math.max(effect.by * middle, floor) : effect.by;
  const sign = better === 'lower' ? 1 : -1;
  // Half of all values and more are 0, and nothing says from which amount on a change matters: any does.
  const unit = least > 0 ? least : Math.max(...amounts.map(Math.abs), Number.MIN_VALUE);
  return {
    differences: amounts.map((amount) => (sign * amount) / unit),
    effect: { by: least, ratio: false },
    change: shiftOf(amounts, SHOWN_LEVEL),
  };
}

function mapped({ estimate, low, high }: Shift, map: (value: number) => number): Shift {
  return { estimate: map(estimate), low: map(low), high: map(high) };
}
