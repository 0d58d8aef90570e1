import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide, FALSE_ALARM_RATE, type MetricStanding, planLooks } from './decide.ts';

const NEW: readonly MetricStanding[] = ['undecided'];
const LOOK = { pairs: 8, failLevel: 0.004, passLevel: 0.011 };
const around = (center: number, noise: number): readonly number[] =>
  [1, -1, 0.5, -0.5, 0.8, -0.8, 0.2, -0.2].map((step) => center + noise * step);

describe('a gate decides of a metric', () => {
  for (const [what, differences, standing] of [
    ['unchanged, little noise', around(0, 0.3), 'not-regressed'],
    ['changed by less than matters, shown clearly', around(0.6, 0.1), 'not-regressed'],
    ['worse by what matters', around(1, 0.3), 'regressed'],
    ['far better', around(-3, 0.5), 'not-regressed'],
    ['drowned in noise', around(0.5, 4), 'undecided'],
    ['always the same', around(0, 0), 'not-regressed'],
    ['always worse by the same', around(2, 0), 'regressed'],
  ] as const)
    it(`${what}: ${standing}`, () => assert.deepEqual(decide(NEW, [differences], LOOK, Math.random), [standing]));
  it('does not take back what it has decided', () => {
    assert.deepEqual(decide(['not-regressed'], [around(5, 0.1)], LOOK, Math.random), ['not-regressed']);
  });
  it('cannot fail it before the look that may', () => {
    assert.deepEqual(decide(NEW, [around(2, 0.1)], { ...LOOK, failLevel: 0 }, Math.random), ['undecided']);
  });
});

describe('the looks', () => {
  it('spend no more than the false-alarm rate, and at the first enough for the rarest assignment of signs', () => {
    const looks = planLooks();
    assert.ok(looks.reduce((total, { failLevel }) => total + failLevel, 0) <= FALSE_ALARM_RATE);
    const first = looks.find(({ failLevel }) => failLevel > 0);
    assert.ok(first !== undefined && first.failLevel >= 1 / 2 ** first.pairs);
  });
  it('end where the time does', () => {
    assert.deepEqual(
      planLooks(10).map(({ pairs }) => pairs),
      [6, 7, 8, 10],
    );
  });
});
