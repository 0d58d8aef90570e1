import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseQuantity, UNITS, type Unit } from './units.ts';
import { roundOutwards, writeQuantity } from './written-quantity.ts';

describe('a quantity in a budget', () => {
  it('is written as people write it', () => {
    const cases: readonly (readonly [number, Unit, string])[] = [
      [800, 'ms', '800ms'],
      [2_500, 'ms', '2.5s'],
      [1_234, 'ms', '1234ms'],
      [150_000, 'bytes', '150kB'],
      [153_600, 'bytes', '150KiB'],
      [0, 'bytes', '0B'],
      [0.95, 'ratio', '95%'],
      [0.005, 'ratio', '0.5%'],
      [0.1, 'score', '0.1'],
      [20, 'per_second', '20/s'],
    ];
    for (const [value, unit, text] of cases) assert.equal(writeQuantity(value, unit), text);
  });

  it('is the same when it is read back', () => {
    const values = [0, 0.0004, 0.07, 0.29, 0.999, 1, 3.3333, 57, 1_024, 99_999, 1_048_576, 123_456_789];
    for (const unit of UNITS)
      for (const value of values)
        assert.deepEqual(parseQuantity(writeQuantity(value, unit), unit), { value, unit }, `${value} ${unit}`);
  });

  it('is rounded away from what it limits, to two digits', () => {
    assert.deepEqual(
      [1_234, 1_200, 0.0123, 0].map((value) => roundOutwards(value, 'up', 'ms')),
      [1_300, 1_200, 0.013, 0],
    );
    assert.equal(roundOutwards(0.987, 'down', 'score'), 0.98);
    assert.equal(roundOutwards(2.3, 'up', 'count'), 3);
  });
});
