import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compare } from './differences.ts';

const ten = { by: 0.1, ratio: true } as const;
const pairs = { base: [100, 102, 98, 101, 99, 100], candidate: [110, 112.2, 107.8, 111.1, 108.9, 110] };

describe('pairs are compared', () => {
  it('by shares of the baseline, in units of the least effect', () => {
    const { differences, change, effect } = compare({ ...pairs, effect: ten, floor: 5, better: 'lower' });
    for (const difference of differences) assert.ok(Math.abs(difference - 1) < 1e-9, String(difference));
    assert.ok(Math.abs(change.estimate - 0.1) < 1e-9);
    assert.deepEqual(effect, ten);
  });
  it('so that exchanging the sides of a pair changes nothing but its sign', () => {
    const here = compare({ ...pairs, effect: ten, floor: 5, better: 'lower' });
    const there = compare({ base: pairs.candidate, candidate: pairs.base, effect: ten, floor: 5, better: 'lower' });
    for (const [pair, difference] of here.differences.entries())
      assert.ok(Math.abs(difference + (there.differences[pair] ?? 0)) < 1e-12);
  });
  it('the other way round where more is better', () => {
    const { differences } = compare({
      base: [100, 100],
      candidate: [90, 111],
      effect: ten,
      floor: 0,
      better: 'higher',
    });
    assert.ok(Math.abs((differences[0] ?? 0) - 1) < 1e-9, 'a tenth less is the least effect');
    assert.ok((differences[1] ?? 0) < 0, 'more is no worsening');
  });
  it('by amounts where a share of the baseline is less than what matters at all', () => {
    const { differences, effect, change } = compare({
      base: [2, 2, 2],
      candidate: [4, 4, 4],
      effect: ten,
      floor: 5,
      better: 'lower',
    });
    assert.deepEqual(effect, { by: 5, ratio: false });
    assert.deepEqual(differences, [0.4, 0.4, 0.4]);
    assert.equal(change.estimate, 2);
  });
  it('by amounts where a value may be zero', () => {
    const { differences, effect } = compare({
      base: [0, 0, 1],
      candidate: [0, 1, 1],
      effect: ten,
      floor: 0.5,
      better: 'lower',
    });
    assert.equal(effect.ratio, false);
    assert.deepEqual(differences, [0, 2, 0]);
  });
  it('without a floor, zeroes on both sides differ by nothing, and anything else by something', () => {
    const zeroes = { base: [0, 0, 0], floor: 0, effect: ten, better: 'lower' } as const;
    assert.deepEqual(compare({ ...zeroes, candidate: [0, 0, 0] }).differences, [0, 0, 0]);
    assert.deepEqual(compare({ ...zeroes, candidate: [0, 0, 3] }).differences, [0, 0, 1]);
  });
  it('by the amount that the configuration names', () => {
    const { differences, effect } = compare({
      base: [100, 100],
      candidate: [120, 90],
      effect: { by: 20, ratio: false },
      floor: 0,
      better: 'lower',
    });
    assert.deepEqual(differences, [1, -0.5]);
    assert.deepEqual(effect, { by: 20, ratio: false });
  });
});
