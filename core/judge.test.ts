import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Budget } from './budget.ts';
import { fault } from './fault.ts';
import { describeBreach, judge, judgeAttempts } from './judge.ts';
import type { Measure } from './measure.ts';
import { EMPTY_OBSERVATION, type EvidenceRule, type Observation } from './observation.ts';
import type { Attempt, Verdict } from './run.ts';

const total = (value: number, labels?: Measure['labels']): Measure => ({
  name: 'total',
  value,
  unit: 'ms',
  ...(labels ? { labels } : {}),
});
const budget = (more: Partial<Budget> = {}): Budget => ({
  name: 'total',
  measure: 'total',
  aggregate: 'median',
  minSamples: 1,
  warn: { comparison: '<=', value: 100, unit: 'ms' },
  fail: { comparison: '<=', value: 200, unit: 'ms' },
  ...more,
});
const responses: EvidenceRule = {
  item: 'responses',
  atLeast: 1,
  fault: fault('evidence-missing', 'No response was seen'),
};
const seen = (more: Partial<Observation>): Observation => ({
  ...EMPTY_OBSERVATION,
  evidence: { responses: { seen: 1 } },
  ...more,
});
const judged = (observation: Observation, budgets: readonly Budget[] = [budget()]): Verdict =>
  judge(observation, { budgets, evidence: [responses] }).verdict;

describe('a verdict', () => {
  it('is passed when the evidence is there and every budget is kept, the limit itself included', () => {
    assert.deepEqual(judged(seen({ measures: [total(100)] })), { status: 'passed' });
  });
  it('is degraded by a warning and failed by a failure', () => {
    assert.equal(judged(seen({ measures: [total(100.01)] })).status, 'degraded');
    assert.equal(judged(seen({ measures: [total(201)] })).status, 'failed');
  });
  it('is never passed without evidence, and says what was missing', () => {
    const verdict = judged({ ...EMPTY_OBSERVATION, measures: [total(1)] });
    assert.ok(verdict.status === 'inconclusive');
    assert.match(verdict.fault.message, /No response was seen \(did not count responses, needs at least 1\)/);
  });
  it('is inconclusive when a budget has no samples, although all else is well', () => {
    const verdict = judged(seen({}));
    assert.ok(verdict.status === 'inconclusive' && verdict.fault.code === 'no-samples');
    assert.match(verdict.fault.message, /0 of 1 samples of 'total' in ms/);
  });
  it('does not judge a measure of another dimension than its limit', () => {
    const verdict = judged(seen({ measures: [{ name: 'total', value: 1, unit: 'bytes' }] }));
    assert.ok(verdict.status === 'inconclusive' && verdict.fault.code === 'no-samples');
  });
  it('is inconclusive on too few samples and on a value that is not a number', () => {
    assert.equal(judged(seen({ measures: [total(1)] }), [budget({ minSamples: 2 })]).status, 'inconclusive');
    assert.equal(judged(seen({ measures: [total(Number.NaN)] })).status, 'inconclusive');
    assert.equal(judged(seen({ measures: [total(1), total(Number.NaN), total(2)] })).status, 'inconclusive');
  });
  it('is inconclusive on a fault, and keeps the breaches seen', () => {
    const verdict = judged(seen({ measures: [total(500)], fault: fault('tool-crashed', 'k6 panicked') }));
    assert.ok(verdict.status === 'inconclusive' && verdict.seen.length === 1 && verdict.fault.blame === 'tool');
  });
  it('is failed by an assertion that did not hold even when a dead target left no evidence', () => {
    const assertion = { ok: false, expected: 'a connection', actual: 'ECONNREFUSED' };
    assert.equal(judged({ ...EMPTY_OBSERVATION, assertions: [assertion] }).status, 'failed');
  });
  it('does not pass when something forbidden was seen', () => {
    const rule: EvidenceRule = { item: 'exceptions', atMost: 0, fault: fault('script-exception', 'The script threw') };
    const { verdict } = judge(seen({ evidence: { exceptions: { seen: 3, detail: 'TypeError: x' } } }), {
      budgets: [],
      evidence: [rule],
    });
    assert.ok(verdict.status === 'inconclusive');
    assert.match(verdict.fault.message, /saw 3 exceptions, may be at most 0\): TypeError: x/);
  });
  it('looks only at samples with the labels a budget names', () => {
    const measures = [total(900, { page: '/slow' }), total(10, { page: '/fast' })];
    assert.equal(judged(seen({ measures }), [budget({ on: { page: '/fast' } })]).status, 'passed');
    assert.equal(judged(seen({ measures }), [budget({ on: { page: '/slow' } })]).status, 'failed');
  });
  it('is not fooled by evidence named like a property of objects', () => {
    const rule: EvidenceRule = { item: 'constructor', atLeast: 1, fault: fault('evidence-missing', 'x') };
    assert.equal(judge(seen({}), { budgets: [], evidence: [rule] }).verdict.status, 'inconclusive');
  });
});

describe('a run over attempts', () => {
  const failed: Verdict = { status: 'failed', breaches: [{ kind: 'assertion', expected: 'a', actual: 'b' }] };
  const unknown: Verdict = { status: 'inconclusive', fault: fault('browser-crashed', 'it died'), seen: [] };
  const attempt = (verdict: Verdict): Attempt => ({
    number: 1,
    purpose: 'first',
    startedAt: 0,
    durationMs: 1,
    verdict,
    observation: EMPTY_OBSERVATION,
  });
  it('is what the last attempt says', () => {
    assert.equal(judgeAttempts([attempt(failed), attempt({ status: 'passed' })]).status, 'passed');
    assert.equal(judgeAttempts([attempt(unknown), attempt(failed)]).status, 'failed');
  });
  it('stays unconfirmed when the confirmation could not measure, and tells what had been seen', () => {
    const verdict = judgeAttempts([attempt(failed), attempt(unknown)]);
    assert.ok(verdict.status === 'inconclusive' && verdict.seen.length === 1);
  });
});

describe('a breach in words', () => {
  it('shows value and limit in units a person reads', () => {
    const limit = { comparison: '<=', value: 2_500, unit: 'ms' } as const;
    assert.equal(
      describeBreach({
        kind: 'budget',
        budget: 'lcp p75',
        value: { name: 'lcp', value: 4_210, unit: 'ms' },
        limit,
        level: 'fail',
      }),
      'lcp p75 is 4.21 s, limit <= 2.5 s',
    );
  });
});
