import type { Aggregate } from './budget.ts';

/**
 * Quantile by linear interpolation between order statistics (Hyndman & Fan 1996, type 7: the default of R and NumPy).
 * `p` is 0 to 1; `undefined` for no samples.
 */
export function quantile(samples: readonly number[], p: number): number | undefined {
  const sorted = [...samples].sort((a, b) => a - b);
  const position = (sorted.length - 1) * p;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) return undefined;
  return below + (above - below) * (position - Math.floor(position));
}

/** One value out of samples, in the order they were taken; `undefined` for no samples (a `count` of none is 0). */
export function aggregate(samples: readonly number[], how: Aggregate): number | undefined {
  if (how === 'count') return samples.length;
  if (samples.length === 0) return undefined;
  switch (how) {
    case 'median':
      return quantile(samples, 0.5);
    case 'mean':
      return sum(samples) / samples.length;
    case 'min':
      return samples.reduce((a, b) => Math.min(a, b));
    case 'max':
      return samples.reduce((a, b) => Math.max(a, b));
    case 'sum':
      return sum(samples);
    case 'last':
      return samples.at(-1);
    case 'p75':
    case 'p90':
    case 'p95':
    case 'p99':
      return quantile(samples, Number(how.slice(1)) / 100);
  }
}

function sum(samples: readonly number[]): number {
  return samples.reduce((total, value) => total + value, 0);
}
