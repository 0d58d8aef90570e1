import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkId } from '../../core/identifiers.ts';
import { SILENT_LOG } from '../../core/log.ts';
import { keepPlan } from './plan-in-force.ts';
import { makeCheck } from './testing/kinds.ts';
import { makePlan } from './testing/runs.ts';

const home = makeCheck();
const search = makeCheck({ id: 'search' });

describe('the plan in force', () => {
  it('is swapped whole, and a check that was removed is still known to its last run', () => {
    const plan = keepPlan(makePlan([home, search]), SILENT_LOG);
    const { unwatched } = plan.swap(makePlan([search]));
    assert.deepEqual(
      unwatched.map(({ id }) => id),
      ['home'],
    );
    assert.deepEqual([plan.isWatched(home.id), plan.find(home.id)], [false, home]);
    assert.equal(plan.find(checkId('never')), undefined);
  });
  it('watches a check no more that is only run on demand now', () => {
    const plan = keepPlan(makePlan([home]), SILENT_LOG);
    const { unwatched } = plan.swap(makePlan([makeCheck({ schedule: { type: 'manual' } })]));
    assert.deepEqual([unwatched.length, plan.isWatched(home.id)], [1, false]);
    assert.deepEqual(plan.swap(makePlan([])).unwatched, []);
  });
  it('keeps what only a start can change as it was, in all its parts, and names it', () => {
    const first = makePlan([home]);
    const plan = keepPlan(first, SILENT_LOG);
    const next = makePlan([home]);
    const settings = {
      ...next.settings,
      dataFolder: '/elsewhere',
      web: { host: '0.0.0.0', port: 80, requireToken: true },
      apiTokens: [{ name: 'ann', scopes: ['write'], value: { secret: 'TOKEN', from: 'environment' } }] as const,
      shutdownGraceMs: 7,
    };
    assert.deepEqual(plan.swap({ ...next, settings }).needRestart, [
      'settings.dataFolder',
      'settings.web',
      'settings.apiTokens',
    ]);
    assert.deepEqual(plan.now().settings, { ...first.settings, shutdownGraceMs: 7 });
    assert.deepEqual(plan.swap(next).needRestart, []);
  });
});
