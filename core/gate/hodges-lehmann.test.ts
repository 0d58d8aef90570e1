import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lowerCritical, shiftOf } from './hodges-lehmann.ts';

/** Hamilton depression scale before and after (Hollander & Wolfe 1973, example 3.1; also in R's documentation of wilcox.test). */
const BEFORE = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
const AFTER = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];

describe('the Hodges-Lehmann shift', () => {
  it('is what the worked example of Hollander & Wolfe gives', () => {
    const shift = shiftOf(
      BEFORE.map((before, index) => before - (AFTER[index] ?? 0)),
      0.05,
    );
    assert.ok(Math.abs(shift.estimate - 0.46) < 1e-9, `${shift.estimate}`);
    assert.ok(Math.abs(shift.low - 0.01) < 1e-9, `${shift.low}`);
    assert.ok(Math.abs(shift.high - 0.786) < 1e-9, `${shift.high}`);
  });
  it('stands on the exact distribution of the signed-rank statistic', () => {
    // Tables of the signed-rank test: one-sided critical values for 10, 15 and 20 pairs.
    assert.equal(lowerCritical(10, 0.05), 10);
    assert.equal(lowerCritical(15, 0.025), 25);
    assert.equal(lowerCritical(20, 0.01), 43);
  });
  it('has the whole range as its interval when pairs are too few for the level', () => {
    assert.deepEqual(shiftOf([1, 2, 3], 0.05), { estimate: 2, low: 1, high: 3 });
  });
});
