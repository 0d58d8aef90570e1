import { quantile } from '../core/statistics.ts';
import { numericOf, type Report } from './parse.ts';

/** How the middle of an even number of values is taken: `mean` of the two (Lighthouse), or the `upper` one (Lighthouse CI). */
export type Middle = 'mean' | 'upper';

/**
 * The run nearest to the median first contentful paint and the median time to interactive, by Euclidean distance:
 * they are the earliest and the latest moment of a load, while any single metric may be an outlier in that run.
 * Ties go to the earlier interactive, as in Lighthouse.
 *
 * The formula is that of `computeMedianRun` in lighthouse `core/lib/median-run.js`
 * (https://github.com/GoogleChrome/lighthouse/blob/v13.4.1/core/lib/median-run.js). Lighthouse CI's
 * `representative-runs.js` differs only for an even number of runs.
 * Without these metrics (categories without performance) it is the first run.
 */
export function medianRun(runs: readonly Report[], middle: Middle = 'mean'): Report | undefined {
  const paints = runs.map((run) => numericOf(run, 'first-contentful-paint') ?? 0);
  const interactives = runs.map((run) => numericOf(run, 'interactive') ?? 0);
  const paint = middleOf(paints, middle);
  const interactive = middleOf(interactives, middle);
  const ranked = runs.map((run, index) => {
    const ownInteractive = interactives[index] ?? 0;
    return { run, ownInteractive, distance: Math.hypot(paint - (paints[index] ?? 0), interactive - ownInteractive) };
  });
  ranked.sort((a, b) => a.distance - b.distance || a.ownInteractive - b.ownInteractive);
  return ranked[0]?.run;
}

function middleOf(values: readonly number[], middle: Middle): number {
  if (middle === 'mean') return quantile(values, 0.5) ?? 0;
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
