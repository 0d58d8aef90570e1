/** From here on the asymptotic series are exact to 1e-11. */
const LARGE = 8;

/** Digamma: recurrence 6.3.5 and asymptotic series 6.3.18 of Abramowitz & Stegun, Handbook of Mathematical Functions (1964). For x > 0. */
export function digamma(x: number): number {
  let shift = 0;
  let at = x;
  for (; at < LARGE; at += 1) shift -= 1 / at;
  const square = 1 / (at * at);
  const series = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square / 132))));
  return shift + Math.log(at) - 1 / (2 * at) - series;
}

/** Trigamma: recurrence 6.4.6 and asymptotic series 6.4.12 of Abramowitz & Stegun. For x > 0. */
export function trigamma(x: number): number {
  let shift = 0;
  let at = x;
  for (; at < LARGE; at += 1) shift += 1 / (at * at);
  const square = 1 / (at * at);
  const series = square * (1 / 6 - square * (1 / 30 - square * (1 / 42 - square * (1 / 30 - (square * 5) / 66))));
  return shift + (1 + 1 / (2 * at) + series) / at;
}

/**
 * The x with trigamma(x) = `y`, for y > 0: Newton's method on 1/trigamma, which is convex, so that it converges from below
 * (Smyth 2004, Statistical Applications in Genetics and Molecular Biology 3(1), appendix).
 */
export function trigammaInverse(y: number): number {
  if (y > 1e7) return 1 / Math.sqrt(y);
  if (y < 1e-6) return 1 / y;
  let x = 0.5 + 1 / y;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const value = trigamma(x);
    const change = (value * (1 - value / y)) / tetragamma(x);
    x += change;
    if (-change / x < 1e-8) break;
  }
  return x;
}

const MOST_STEPS = 50;

/** Derivative of trigamma: recurrence and asymptotic series 6.4.13 of Abramowitz & Stegun. */
function tetragamma(x: number): number {
  let shift = 0;
  let at = x;
  for (; at < LARGE; at += 1) shift -= 2 / (at * at * at);
  const square = 1 / (at * at);
  const series = square * (1 / 2 - square * (1 / 6 - square * (1 / 6 - (square * 3) / 10)));
  return shift - square * (1 + 1 / at + series);
}
