import assert from 'node:assert/strict';
import { it } from 'node:test';
import { judge } from './judge.ts';
import { type Assertion, EMPTY_OBSERVATION } from './observation.ts';

const NO_RULES = { budgets: [], evidence: [] };
const warning: Assertion = { ok: false, expected: 'at most 3 requests', actual: '4', level: 'warn' };
const failure: Assertion = { ok: false, expected: 'score of at least 0.9', actual: '0.4' };

it('degrades a run whose only broken assertion is a warning, and keeps its level', () => {
  const { verdict } = judge({ ...EMPTY_OBSERVATION, assertions: [warning] }, NO_RULES);
  assert.equal(verdict.status, 'degraded');
  assert.ok(verdict.status === 'degraded' && verdict.breaches[0].level === 'warn');
});

it('fails a run with a broken assertion beside a warning, the failing one first', () => {
  const { verdict } = judge({ ...EMPTY_OBSERVATION, assertions: [warning, failure] }, NO_RULES);
  assert.ok(verdict.status === 'failed' && verdict.breaches.length === 2);
  assert.ok(verdict.status === 'failed' && verdict.breaches[0].level === undefined);
});
