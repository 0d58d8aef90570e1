import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Budget, RelativeBudget } from '../budget.ts';
import type { Check } from '../check.ts';
import { runId } from '../identifiers.ts';
import type { Measure, MeasureCatalogue } from '../measure.ts';
import { wholeCheck } from '../testing/whole-check.ts';
import { type Pair, type Sample, type Subject, seriesOf } from './series.ts';

const CATALOGUE: MeasureCatalogue = {
  duration: { unit: 'ms', help: '', gated: { floor: 50 } },
  lcp: { unit: 'ms', help: '', gated: { floor: 25, by: ['page'] } },
  'score.*': { unit: 'score', help: '', better: 'higher', gated: { floor: 0.03 } },
  body_bytes: { unit: 'bytes', help: '' },
};
const ms = (name: string, value: number, labels?: Measure['labels']): Measure => ({
  name,
  value,
  unit: 'ms',
  ...(labels === undefined ? {} : { labels }),
});
let runs = 0;
const sample = (...measures: Measure[]): Sample => {
  runs += 1;
  return { run: runId(runs, '0123abcd'), measures };
};
const pair = (base: readonly Measure[], candidate: readonly Measure[]): Pair => ({
  base: sample(...base),
  candidate: sample(...candidate),
});

function subject(pairs: readonly Pair[], own: Partial<Pick<Check, 'budgets' | 'relativeBudgets'>> = {}): Subject {
  const check = wholeCheck({ id: 'search', kind: 'journey', lane: 'browser', ...own });
  return { check, catalogue: CATALOGUE, stage: 'journeys', pairs };
}

const lcpBudget: Budget = {
  name: 'lcp p75',
  measure: 'lcp',
  aggregate: 'p75',
  minSamples: 1,
  warn: { comparison: '<=', value: 2_500, unit: 'ms' },
  fail: { comparison: '<=', value: 4_000, unit: 'ms' },
};
const relative: RelativeBudget = {
  name: 'lcp',
  measure: 'lcp',
  aggregate: 'median',
  effect: { by: 0.05, ratio: true },
  better: 'lower',
};

describe('what a gate looks at', () => {
  it('is the usual measures of a kind, told apart by the labels that count', () => {
    const measures = [
      ms('lcp', 100, { page: '/', form: 'a' }),
      ms('lcp', 300, { page: '/', form: 'b' }),
      ms('lcp', 50, { page: '/x' }),
      ms('duration', 900),
      { name: 'body_bytes', value: 1, unit: 'bytes' } as const,
    ];
    const { series, lacking } = seriesOf(subject([pair(measures, measures)]), 0.1);
    assert.deepEqual(
      series.map(({ name, candidate }) => [name, candidate]),
      [
        ['lcp {page=/}', [200]],
        ['lcp {page=/x}', [50]],
        ['duration', [900]],
      ],
    );
    assert.deepEqual(lacking, []);
  });

  it('is what the configuration names, in the place of the usual', () => {
    const measures = [ms('lcp', 100, { page: '/' }), ms('lcp', 200, { page: '/x' })];
    const { series } = seriesOf(subject([pair(measures, measures)], { relativeBudgets: [relative] }), 0.1);
    assert.equal(series.length, 1);
    const [only] = series;
    assert.ok(only?.type === 'relative' && only.declared);
    assert.deepEqual([only.effect, only.floor, only.candidate], [{ by: 0.05, ratio: true }, 0, [150]]);
  });

  it('is each level of a fixed limit, also without a baseline', () => {
    const alone = { candidate: sample(ms('lcp', 100), ms('lcp', 200)) };
    const { series } = seriesOf(subject([alone], { budgets: [lcpBudget], relativeBudgets: [relative] }), 0.1);
    assert.deepEqual(
      series.map(({ type, name, candidate }) => [type, name, candidate]),
      [
        ['absolute', 'lcp p75', [175]],
        ['absolute', 'lcp p75 (warn)', [175]],
      ],
    );
  });

  it('lacks a limit whose run has too few samples, or none in its unit', () => {
    const alone = { candidate: sample(ms('lcp', 100)) };
    const few = { ...lcpBudget, minSamples: 2 };
    assert.deepEqual(seriesOf(subject([alone], { budgets: [few] }), 0.1).series, []);
    const wrongUnit = { candidate: sample({ name: 'lcp', value: 100, unit: 'bytes' }) };
    const { series, lacking } = seriesOf(subject([wrongUnit], { budgets: [lcpBudget] }), 0.1);
    assert.deepEqual(series, []);
    assert.ok(lacking.every(({ declared }) => declared) && lacking.length > 0);
  });

  it('lacks what was not seen in every run, and says where', () => {
    const pairs = [pair([ms('duration', 1)], [ms('duration', 1)]), pair([ms('duration', 1)], [])];
    const { series, lacking } = seriesOf(subject(pairs, { relativeBudgets: [relative] }), 0.1);
    assert.deepEqual(series, []);
    assert.deepEqual(lacking, [
      { check: 'search', name: 'lcp', declared: true, seen: { base: 0, candidate: 0, of: 2 } },
      { check: 'search', name: 'duration', declared: false, seen: { base: 2, candidate: 1, of: 2 } },
    ]);
  });

  it('lacks a value that is no number', () => {
    const { lacking } = seriesOf(subject([pair([ms('duration', 1)], [ms('duration', Number.NaN)])]), 0.1);
    assert.equal(lacking.length, 1);
  });

  it('knows which way is good', () => {
    const score: Measure = { name: 'score.performance', value: 0.9, unit: 'score' };
    const { series } = seriesOf(subject([pair([score], [score])]), 0.1);
    assert.equal(series[0]?.better, 'higher');
  });
});
