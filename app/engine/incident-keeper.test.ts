import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fault } from '../../core/fault.ts';
import type { Ground } from '../../core/observation.ts';
import type { Verdict } from '../../core/run.ts';
import { keepIncidents } from './incident-keeper.ts';
import { makeCheck } from './testing/kinds.ts';
import { countingEntropy, FAILED, makePlan, makeRun, PASSED, START, UNMEASURED } from './testing/runs.ts';

const check = makeCheck();
const plan = makePlan([check]);

describe('the incidents of a check', () => {
  it('open by its rule and go to its channels; their recovery goes the same way', () => {
    const keeper = keepIncidents([], countingEntropy());
    const opened = keeper.step(makeRun(1, FAILED), check, plan);
    const recovered = keeper.step(makeRun(2, PASSED), check, plan);
    assert.deepEqual(
      [...(opened.notices ?? []), ...(recovered.notices ?? [])].map(
        ({ channel, content }) => `${channel} ${content.change}`,
      ),
      ['ops opened', 'ops recovered'],
    );
    // That it was open is remembered for a while, in case it flaps.
    assert.deepEqual(
      keeper.states().map(({ open, recent, openings }) => ({ open, recent, openings: openings?.length })),
      [{ open: undefined, recent: [], openings: 1 }],
    );
  });
  it('take another cause in, and tell those who know of them of a worse one only', () => {
    const keeper = keepIncidents([], countingEntropy());
    const failing = (actual: string, ground: Ground): Verdict => ({
      status: 'failed',
      breaches: [{ kind: 'assertion', expected: 'an answer', actual, ground }],
    });
    const steps = [
      failing('503', 'answer'),
      failing('404', 'answer'),
      failing('404', 'answer'),
      failing('connection refused', 'reach'),
      failing('503', 'answer'),
      failing('connection refused', 'reach'),
      PASSED,
    ].map((verdict, slot) => keeper.step(makeRun(slot, verdict), check, plan));
    assert.deepEqual(
      steps.map(({ changes, notices = [] }) => [changes.map(({ change }) => change), notices.length]),
      [
        [['opened'], 1],
        [['changed'], 0],
        [[], 0],
        [['worsened'], 1],
        [['changed'], 0],
        [['changed'], 0],
        [['recovered'], 1],
      ],
    );
    assert.equal(steps[3]?.incidents?.[0]?.causes?.length, 3);
    const recovered = steps.at(-1)?.notices?.[0]?.content;
    assert.match(recovered?.summary ?? '', /it was: expected an answer, got 503, and 2 other causes$/);
    assert.equal(recovered?.details.length, 5);
  });
  it('are not told to a channel that came later, and not to one that is gone', () => {
    const keeper = keepIncidents([], countingEntropy());
    keeper.step(makeRun(1, FAILED), check, plan);
    const [ops] = plan.channels;
    assert.ok(ops !== undefined);
    const wider = makeCheck({ channels: ['ops', 'late'] });
    const later = { ...makePlan([wider]), channels: [...plan.channels, { ...ops, id: 'late' }] };
    const recovered = keeper.step(makeRun(2, PASSED), wider, later);
    assert.deepEqual(
      recovered.notices?.map(({ channel }) => channel),
      ['ops'],
    );
    keeper.step(makeRun(3, FAILED), check, plan);
    const without = { ...plan, channels: plan.channels.filter(({ id }) => id !== 'ops') };
    assert.deepEqual(keeper.step(makeRun(4, PASSED), check, without).notices, []);
  });
  it('of our own go to the fault channels, after three runs in a row that could not measure', () => {
    const keeper = keepIncidents([], countingEntropy());
    const changes = [1, 2, 3].map((slot) => keeper.step(makeRun(slot, UNMEASURED), check, plan));
    assert.deepEqual(
      changes.map(({ notices }) => notices?.map(({ channel }) => channel)),
      [[], [], ['self']],
    );
  });
  it('go on after a restart as if there had been none', () => {
    const twice = makeCheck({ incident: { failures: 2, of: 2, recoveries: 1, onDegraded: false } });
    const before = keepIncidents([], countingEntropy());
    const { tracks = [] } = before.step(makeRun(1, FAILED), twice, plan);
    const after = keepIncidents(tracks, countingEntropy());
    assert.equal(after.step(makeRun(2, FAILED), twice, plan).changes[0]?.change, 'opened');
  });
  it('are closed with the check, and those who were told of them are told', () => {
    const keeper = keepIncidents([], countingEntropy());
    keeper.step(makeRun(1, FAILED), check, plan);
    const removed = keeper.remove(check, plan, START + 1);
    assert.deepEqual(removed.incidents?.[0]?.closed, { at: START + 1, how: 'removed' });
    assert.equal(
      removed.notices?.[0]?.content.summary,
      'Home page was removed from the configuration while failing; it was: expected status is 200, got 503',
    );
    assert.equal(removed.tracks?.[0]?.open, undefined);
    assert.deepEqual(keeper.remove(check, plan, START + 2).changes, []);
  });
});

describe('a cause that checks share', () => {
  const checks = ['a', 'b', 'c', 'd', 'e'].map((id) => makeCheck({ id }));
  const all = makePlan(checks);
  const DOWN: Verdict = { status: 'inconclusive', fault: fault('network-down', 'no way out'), seen: [] };
  const DOUBTFUL: Verdict = {
    status: 'failed',
    breaches: [{ kind: 'assertion', expected: 'a', actual: 'b' }],
    doubt: fault('host-overloaded', 'the event loop stood still'),
  };
  const told = (parts: readonly ReturnType<ReturnType<typeof keepIncidents>['step']>[]) =>
    parts.flatMap(({ notices = [] }) =>
      notices.map(({ channel, content }) => `${channel}: ${content.change} ${content.check.id}`),
    );

  it('is one incident of the monitor, told once to the fault channels, and none of a target', () => {
    const keeper = keepIncidents([], countingEntropy());
    const down = [1, 2, 3].flatMap((slot) =>
      checks.map((check) => keeper.step(makeRun(slot, DOWN, check), check, all)),
    );
    const up = checks.map((check) => keeper.step(makeRun(4, PASSED, check), check, all));
    assert.deepEqual(told(down), ['self: opened vigie.network-down']);
    assert.deepEqual(told(up), ['self: recovered vigie.network-down']);
    const [recovered] = up.flatMap(({ notices = [] }) => notices);
    assert.match(recovered?.content.summary ?? '', /network-down\); 5 checks had been affected/);
    assert.deepEqual(recovered?.content.details, ['affected: a, b, c, d, e']);
  });
  it('goes on after a restart as if there had been none', () => {
    const before = keepIncidents([], countingEntropy());
    const parts = checks.slice(0, 3).map((check) => before.step(makeRun(1, DOWN, check), check, all));
    const after = keepIncidents(parts.at(-1)?.tracks ?? [], countingEntropy());
    const first = checks[0] ?? makeCheck();
    assert.deepEqual(told([after.step(makeRun(2, DOWN, first), first, all)]), []);
    assert.deepEqual(told(checks.slice(0, 3).map((check) => after.step(makeRun(3, PASSED, check), check, all))), [
      'self: recovered vigie.network-down',
    ]);
  });
  it('that makes failures doubtful is told of the monitor, and no target is', () => {
    const keeper = keepIncidents([], countingEntropy());
    const parts = [1, 2, 3].flatMap((slot) =>
      checks.map((check) => keeper.step(makeRun(slot, DOUBTFUL, check), check, all)),
    );
    assert.deepEqual(told(parts), ['self: opened vigie.host-overloaded']);
  });
  it('ends with the last check that has it, when that is removed', () => {
    const keeper = keepIncidents([], countingEntropy());
    const [first = makeCheck()] = checks;
    for (const slot of [1, 2, 3]) keeper.step(makeRun(slot, DOWN, first), first, all);
    assert.deepEqual(told([keeper.remove(first, all, START)]), ['self: removed vigie.network-down']);
  });
});
