import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Check } from '../core/check.ts';
import { checkId } from '../core/identifiers.ts';
import { selectChecks } from './select.ts';

function check(id: string, tags: readonly string[], manual = false): Check {
  return {
    id: checkId(id),
    kind: 'http',
    name: id,
    timeoutMs: 1,
    lane: 'light',
    severity: 'P3',
    tags,
    budgets: [],
    relativeBudgets: [],
    confirm: true,
    target: { name: 't', baseUrl: 'http://127.0.0.1', environment: 'test', origins: {}, production: false },
    schedule: manual ? { type: 'manual' } : { type: 'interval', everyMs: 1_000, offsetMs: 0 },
    retry: { count: 0, backoffMs: 0, backoffFactor: 1 },
    overlap: 'skip',
    catchUp: 'none',
    maintenance: [],
    incident: { failures: 1, of: 1, recoveries: 1, onDegraded: false },
    channels: [],
    labels: {},
    options: {},
    hash: '',
  };
}
const all = [check('home', ['web']), check('search', ['web', 'api']), check('storm', ['api'], true)];
const idsOf = (checks: readonly Check[]): readonly string[] => checks.map(({ id }) => id);

describe('selecting checks', () => {
  it('takes all that have a schedule when nothing is named', () => {
    assert.deepEqual(idsOf(selectChecks(all, { ids: [], tags: [] }).checks), ['home', 'search']);
  });
  it('takes a manual check only when it is named', () => {
    assert.deepEqual(idsOf(selectChecks(all, { ids: ['storm'], tags: [] }).checks), ['storm']);
  });
  it('says what a mistyped tag may have meant and selects nothing by it', () => {
    const { checks, problems } = selectChecks(all, { ids: [], tags: ['wbe'] });
    assert.deepEqual(idsOf(checks), []);
    assert.match(problems.join(), /no tag 'wbe' – did you mean 'web'\?/);
  });
  it('reports an unknown id even when another one matches', () => {
    const { checks, problems } = selectChecks(all, { ids: ['home', 'hoem'], tags: [] });
    assert.deepEqual(idsOf(checks), ['home']);
    assert.equal(problems.length, 1);
  });
});
