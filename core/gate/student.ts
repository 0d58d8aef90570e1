import jStat from 'jstat';

/** P(T > t) for Student's t with `degrees` of freedom; a very large number of degrees is the normal distribution. */
export function upperTail(t: number, degrees: number): number {
  // The two signs are symmetric, and the lower tail keeps its digits where 1 - cdf would lose them.
  return jStat.studentt.cdf(-t, Math.min(degrees, MOST_DEGREES));
}

/** The t that is exceeded with probability `p`. */
export function upperQuantile(p: number, degrees: number): number {
  return -jStat.studentt.inv(p, Math.min(degrees, MOST_DEGREES));
}

/** Beyond this the t and the normal distribution agree to more digits than any decision needs. */
const MOST_DEGREES = 10_000;
