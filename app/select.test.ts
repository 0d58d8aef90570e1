import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Check } from '../core/check.ts';
import { wholeCheck } from '../core/testing/whole-check.ts';
import { selectChecks } from './select.ts';

function check(id: string, tags: readonly string[], manual = false): Check {
  return wholeCheck({
    id,
    tags,
    schedule: manual ? { type: 'manual' } : { type: 'interval', everyMs: 1_000, offsetMs: 0 },
  });
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
