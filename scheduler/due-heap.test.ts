import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DueHeap } from './due-heap.ts';

test('takes items in order of their instants, and equal ones in the order they came', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(20), fc.constant('take' as const))), (steps) => {
      const heap = new DueHeap<number>();
      let model: { readonly dueAt: number; readonly item: number }[] = [];
      steps.forEach((step, item) => {
        if (step === 'take') {
          assert.equal(heap.take(), model[0]?.item);
          model = model.slice(1);
        } else {
          heap.add(step, item);
          model = [...model, { dueAt: step, item }].sort((a, b) => a.dueAt - b.dueAt || a.item - b.item);
        }
        assert.equal(heap.size, model.length);
        assert.equal(heap.first?.dueAt, model[0]?.dueAt);
      });
    }),
    { seed: 3, numRuns: 500 },
  );
});
