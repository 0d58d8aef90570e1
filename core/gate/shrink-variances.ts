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
  return priorEstimator(variances.length, degrees)(variances);
}

/** The same for many samples of so many variances, in plain loops: the sign-flip test estimates one for each assignment of signs. */
export function priorEstimator(most: number, degrees: number): (variances: ArrayLike<number>) => Prior {
  const logs = new Float64Array(most);
  const byChance = trigamma(degrees / 2);
  const bias = Math.log(degrees / 2) - digamma(degrees / 2);
  return (variances) => {
    let [count, total, squares] = [0, 0, 0];
    for (let index = 0; index < most; index += 1) {
      const variance = variances[index] ?? 0;
      if (!(variance > 0)) continue;
      const log = Math.log(variance);
      logs[count] = log;
      count += 1;
      total += log;
    }
    if (count < LEAST_METRICS || degrees < 1) return NO_PRIOR;
    const mean = total / count;
    for (let index = 0; index < count; index += 1) squares += ((logs[index] ?? 0) - mean) ** 2;
    return priorOf(mean + bias, squares / (count - 1) - byChance);
  };
}

/** `center` of the log variances, and by how much their spread exceeds that of chance. */
function priorOf(center: number, excess: number): Prior {
  if (excess <= 0) return { degrees: POOLED, variance: Math.exp(center) };
  const half = trigammaInverse(excess);
  return { degrees: Math.min(POOLED, 2 * half), variance: Math.exp(center + digamma(half) - Math.log(half)) };
}

/** The variance of one metric moderated by the prior: the posterior mean of Smyth 2004, formula 3. */
export function moderate(variance: number, degrees: number, prior: Prior): number {
  return (prior.degrees * prior.variance + degrees * variance) / (prior.degrees + degrees);
}
