import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { gapInstants, gapSlotsIn } from './gap-slots.ts';

const anyGap = fc
  .record({
    from: fc.integer({ min: -50, max: 50 }),
    stepMs: fc.integer({ min: 1, max: 20 }),
    count: fc.integer({ min: 1, max: 30 }),
  })
  .map(({ from, stepMs, count }) => ({ from, to: from + (count - 1) * stepMs, count }));
const anyCut = fc.integer({ min: -60, max: 700 });

test('the slots of a gap of an interval schedule are found exactly, wherever it is cut', () => {
  fc.assert(
    fc.property(anyGap, anyCut, anyCut, (gap, a, b) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      const stepMs = gap.count === 1 ? 0 : (gap.to - gap.from) / (gap.count - 1);
      const due = Array.from({ length: gap.count }, (_, index) => gap.from + index * stepMs).filter(
        (at) => at >= from && at < to,
      );
      assert.equal(gapSlotsIn(gap, from, to), due.length);
      assert.deepEqual(gapInstants(gap, from, to, 1_000), due.reverse());
      assert.deepEqual(gapInstants(gap, from, to, 3), due.slice(0, 3));
    }),
  );
});

test('pieces of an uneven gap add up to the whole', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 1, max: 40 }), anyCut, (length, count, cut) => {
      const gap = { from: 0, to: count === 1 ? 0 : length, count };
      assert.equal(gapSlotsIn(gap, -100, cut) + gapSlotsIn(gap, cut, 2_000), count);
    }),
  );
});
