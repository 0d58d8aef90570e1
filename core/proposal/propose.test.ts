import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Limit } from '../budget.ts';
import { writeBudgets, writeLimit } from '../budget-draft.ts';
import type { Check } from '../check.ts';
import { isWithin } from '../judge.ts';
import type { Measure, MeasureCatalogue } from '../measure.ts';
import { type Proposed, proposeBudgets } from './propose.ts';

const CATALOGUE: MeasureCatalogue = {
  total: { unit: 'ms', help: '', gated: { floor: 5 } },
  failed: { unit: 'ratio', help: '', gated: { floor: 0.01 } },
  'score.*': { unit: 'score', help: '', better: 'higher', gated: { floor: 0.03 } },
  lcp: { unit: 'ms', help: '', gated: { floor: 25, by: ['page'] } },
  rest: { unit: 'ms', help: '' },
};
type Budgets = Pick<Check, 'budgets' | 'relativeBudgets'>;

/** Runs between 100 and 119 ms, in no order. */
const TIMES = Array.from({ length: 100 }, (_, index) => 100 + ((index * 7) % 20));

function propose(runs: readonly (readonly Measure[])[], budgets: Partial<Budgets> = {}): Proposed {
  return proposeBudgets({ check: { budgets: [], relativeBudgets: [], ...budgets }, catalogue: CATALOGUE, runs });
}

function runsOf(
  values: readonly number[],
  name = 'total',
  unit: Measure['unit'] = 'ms',
): readonly (readonly Measure[])[] {
  return values.map((value) => [{ name, value, unit }]);
}

function budgetOf(limit: Limit, measure = 'total'): Partial<Budgets> {
  return { budgets: [{ name: measure, measure, aggregate: 'median', minSamples: 1, fail: limit }] };
}

const atMost = (value: number): Limit => ({ comparison: '<=', value, unit: 'ms' });

describe('budgets that are proposed', () => {
  it('leave room above what runs had, more before they fail than before they warn', () => {
    const { proposals, drafts } = propose(runsOf(TIMES));
    const [proposal] = proposals;
    assert.deepEqual(writeBudgets(drafts), { total: { warn: '<= 130ms', fail: '<= 150ms' } });
    assert.ok(proposal !== undefined && proposal.proposed.warn !== undefined);
    assert.ok(TIMES.every((value) => isWithin(value, proposal.proposed.warn ?? atMost(0))));
  });

  it('are not moved by one run that went wrong, as far as its limit to warn', () => {
    assert.deepEqual(propose(runsOf([...TIMES, 9_000])).proposals[0]?.proposed.warn, atMost(130));
  });

  it('are floors where more is better, and none where nothing could break them', () => {
    const scores = Array.from({ length: 40 }, (_, index) => 0.9 + (index % 5) / 100);
    assert.deepEqual(writeBudgets(propose(runsOf(scores, 'score.seo', 'score')).drafts), {
      'score.seo': { warn: '>= 0.85', fail: '>= 0.76' },
    });
    const failing = runsOf(
      Array.from({ length: 40 }, () => 1),
      'failed',
      'ratio',
    );
    assert.deepEqual(propose(failing).drafts, []);
  });

  it('leave what matters at all where nothing ever varied', () => {
    const none = runsOf(
      Array.from({ length: 40 }, () => 0),
      'failed',
      'ratio',
    );
    assert.deepEqual(writeBudgets(propose(none).drafts), { failed: { warn: '<= 1%', fail: '<= 3%' } });
  });

  it('are told apart by labels where there are several', () => {
    const runs = TIMES.map((value): readonly Measure[] =>
      ['/', '/parts'].map((page) => ({ name: 'lcp', value, unit: 'ms', labels: { page, visit: String(value) } })),
    );
    const { proposals, drafts } = propose(runs);
    const names = proposals.map(({ name }) => name);
    assert.deepEqual(
      drafts.map(({ on }) => on),
      [{ page: '/' }, { page: '/parts' }],
    );
    assert.deepEqual(names, ['lcp {page=/}', 'lcp {page=/parts}']);
  });

  it('need twenty runs, and what has fewer stays as it is', () => {
    const proposed = propose(runsOf(TIMES.slice(0, 19)), budgetOf(atMost(800)));
    assert.deepEqual(proposed.lacking, [{ name: 'total', seen: 19 }]);
    assert.deepEqual(writeBudgets(proposed.drafts), { total: { fail: '<= 800ms' } });
  });

  it('keep what a gate is asked, and its budget on what no gate compares', () => {
    const relative = {
      name: 'rest',
      measure: 'rest',
      aggregate: 'p75',
      effect: { by: 20, ratio: false },
      better: 'higher',
    } as const;
    const { drafts } = propose(runsOf(TIMES, 'rest'), { relativeBudgets: [relative] });
    assert.deepEqual(writeBudgets(drafts), {
      rest: { aggregate: 'p75', warn: '>= 93ms', fail: '>= 77ms', noWorseThan: { by: '20ms', better: 'higher' } },
    });
  });
});

describe('budgets that are there', () => {
  const remarks = (values: readonly number[], limit: Limit) =>
    propose(runsOf(values), budgetOf(limit)).remarks.map(({ type, crossings }) => `${type} ${crossings}`);

  it('are named when the worst run is far from them', () => {
    assert.deepEqual(remarks(TIMES, atMost(5_000)), ['never-binds 0']);
    assert.deepEqual(remarks(TIMES, atMost(200)), []);
  });

  it('are named when they are crossed back and forth', () => {
    assert.deepEqual(remarks(TIMES, atMost(110)), [`flaps ${crossingsOf(TIMES, 110)}`]);
    // Once worse and then good again is an incident, and no flapping.
    assert.deepEqual(remarks([...TIMES.slice(50), 900, 900, 900, ...TIMES.slice(50)], atMost(150)), []);
  });

  it('are said with their limits', () => {
    assert.equal(writeLimit(atMost(2_500)), '<= 2.5s');
  });
});

function crossingsOf(values: readonly number[], limit: number): number {
  return values.filter((value, index) => index > 0 && value <= limit !== (values[index - 1] ?? 0) <= limit).length;
}
