import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digamma, trigamma, trigammaInverse } from './polygamma.ts';
import { estimatePrior, moderate } from './shrink-variances.ts';
import { flipTest } from './sign-flip.ts';
import { upperQuantile, upperTail } from './student.ts';

const EULER = 0.577_215_664_901_532_9;

function near(actual: number, expected: number, within = 1e-9): void {
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected}`);
}

describe('polygamma functions', () => {
  it('have their values in closed form (Abramowitz & Stegun 6.3.2, 6.3.3, 6.4.2, 6.4.4)', () => {
    near(digamma(1), -EULER);
    near(digamma(0.5), -EULER - 2 * Math.LN2);
    near(digamma(10), -EULER + 2.828_968_253_968_254);
    near(trigamma(1), Math.PI ** 2 / 6);
    near(trigamma(0.5), Math.PI ** 2 / 2);
  });
  it('are inverted', () => {
    for (const x of [0.05, 0.5, 1, 3.5, 40]) near(trigammaInverse(trigamma(x)), x, 1e-6 * x);
  });
});

describe("Student's t", () => {
  it('has the tails of the tables', () => {
    near(upperTail(2.015_048, 5), 0.05, 1e-6);
    near(upperTail(3.169_273, 10), 0.005, 1e-7);
    near(upperQuantile(0.025, 30), 2.042_272, 1e-5);
    near(upperTail(1.959_964, 1e6), 0.025, 1e-4);
  });
});

describe('variances of many metrics', () => {
  it('are pooled when they differ by no more than chance', () => {
    const prior = estimatePrior([1, 1.1, 0.9, 1.05, 0.95, 1], 7);
    assert.equal(prior.degrees, 1_000);
    near(moderate(2, 7, prior), (1_000 * prior.variance + 14) / 1_007);
  });
  it('stand for themselves when they differ by orders of magnitude, or are few', () => {
    assert.ok(estimatePrior([1e-6, 1e-3, 1, 1e3, 1e6, 1e-5], 7).degrees < 1);
    assert.equal(estimatePrior([1, 2, 3, 4], 7).degrees, 0);
    assert.equal(moderate(5, 7, { degrees: 0, variance: 0 }), 5);
  });
});

describe('the sign-flip test', () => {
  /** Darwin's maize: heights of crossed less self-fertilised plants in eighths of an inch (Fisher 1935, The Design of Experiments, section 21). */
  const MAIZE = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];

  it("gives Fisher's 863 of 32,768 for Darwin's maize, as closely as drawn signs can", () => {
    let state = 1;
    const random = (): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    near(flipTest([MAIZE], random)[0] ?? 1, 863 / 32_768, 0.005);
  });
  it('is exact for few pairs', () => {
    assert.deepEqual(flipTest([[1, 2, 3, 4, 5]], Math.random), [1 / 32]);
    assert.deepEqual(flipTest([[1, 2, 3, 4, -1]], Math.random), [3 / 32]);
  });
  it('takes account of all metrics at once', () => {
    const quiet = [0.1, -0.2, 0.15, -0.1, 0.05, -0.12, 0.2, -0.15];
    const worse = [1, 1.2, 0.9, 1.1, 1.05, 0.95, 1, 1.15];
    const [alone = 1] = flipTest([worse], Math.random);
    const [, among = 0] = flipTest([quiet, worse], Math.random);
    assert.equal(alone, 1 / 256);
    assert.ok(among >= alone);
  });
  it('is not held up by what is better by a hair each time', () => {
    const hair = [-0.02, -0.021, -0.02, -0.019, -0.02, -0.02, -0.021, -0.02];
    const worse = [17, 22, 19, 13, 20, 21, 14, 18];
    assert.deepEqual(flipTest([hair, worse], Math.random)[1], 1 / 256);
  });
});
