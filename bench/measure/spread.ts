import { quantile } from '../../core/statistics.ts';

/** How samples lie; `mad` is the median distance from the median. */
export type Spread = {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly mad: number;
  readonly samples: number;
};

export function spreadOf(samples: readonly number[]): Spread {
  const median = quantile(samples, 0.5) ?? Number.NaN;
  const distances = samples.map((sample) => Math.abs(sample - median));
  return {
    median,
    min: quantile(samples, 0) ?? Number.NaN,
    max: quantile(samples, 1) ?? Number.NaN,
    mad: quantile(distances, 0.5) ?? Number.NaN,
    samples: samples.length,
  };
}

/** A figure that is measured once. */
export function single(value: number): Spread {
  return { median: value, min: value, max: value, mad: 0, samples: 1 };
}

/** Slope of the line of least squares through points of time and value, per unit of time. */
export function slopeOf(points: readonly { readonly at: number; readonly value: number }[]): number {
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const [at, value] = [mean(points.map((point) => point.at)), mean(points.map((point) => point.value))];
  const covariance = points.reduce((sum, point) => sum + (point.at - at) * (point.value - value), 0);
  const variance = points.reduce((sum, point) => sum + (point.at - at) ** 2, 0);
  return variance === 0 ? 0 : covariance / variance;
}
