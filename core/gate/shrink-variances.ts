import { digamma, trigamma, trigammaInverse } from './polygamma.ts';

/** What the variances of many metrics say about each of them: worth `degrees` further observations with variance `variance`. */
export type Prior = { readonly degrees: number; readonly variance: number };

/** A prior that says nothing: each metric stands for itself. */
const NO_PRIOR: Prior = { degrees: 0, variance: 0 };
/** Fewer metrics cannot say how much variances differ. */
const LEAST_METRICS = 5;
/** When variances differ by no more than chance they are pooled; so many degrees are as good as infinitely many. */
const POOLED = 1_000;

/**
 * Empirical Bayes estimate of the prior of sample variances that have `degrees` of freedom each (Smyth 2004, Linear models and empirical
 * Bayes methods, section 6.2: moments of log variances). Variances of zero say nothing about noise and are left out.
 */
export function estimatePrior(variances: readonly number[], degrees: number): Prior {
  const logs = variances.filter((variance) => variance > 0).map(Math.log);
  if (logs.length < LEAST_METRICS || degrees < 1) return NO_PRIOR;
  const mean = logs.reduce((total, log) => total + log, 0) / logs.length;
  const spread = logs.reduce((total, log) => total + (log - mean) ** 2, 0) / (logs.length - 1);
  const center = mean - digamma(degrees / 2) + Math.log(degrees / 2);
  const excess = spread - trigamma(degrees / 2);
  if (excess <= 0) return { degrees: POOLED, variance: Math.exp(center) };
  const half = trigammaInverse(excess);
  return { degrees: Math.min(POOLED, 2 * half), variance: Math.exp(center + digamma(half) - Math.log(half)) };
}

/** The variance of one metric moderated by the prior: the posterior mean of Smyth 2004, formula 3. */
export function moderate(variance: number, degrees: number, prior: Prior): number {
  return (prior.degrees * prior.variance + degrees * variance) / (prior.degrees + degrees);
}
