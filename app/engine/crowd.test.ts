import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Check } from '../../core/check.ts';
import type { Plan } from '../../core/plan.ts';
import type { Verdict } from '../../core/run.ts';
import { type IncidentPart, keepIncidents } from './incident-keeper.ts';
import { makeCheck } from './testing/kinds.ts';
import { countingEntropy, FAILED, makePlan, makeRun, PASSED } from './testing/runs.ts';

const MANY = 50;
const checks = Array.from({ length: MANY }, (_, index) => makeCheck({ id: `c${index}` }));
const plan = makePlan(checks);

function each(
  keeper: ReturnType<typeof keepIncidents>,
  slot: number,
  verdict: Verdict,
  some = checks,
  of: Plan = plan,
): readonly IncidentPart[] {
  return some.map((check) => keeper.step(makeRun(slot, verdict, check), check, of));
}
const noticesOf = (parts: readonly IncidentPart[]) => parts.flatMap(({ notices = [] }) => notices);
const told = (parts: readonly IncidentPart[]): readonly string[] =>
  noticesOf(parts).map(
    ({ content }) => `${content.change} ${content.check.id}${/^More than 10/.test(content.summary) ? ' of many' : ''}`,
  );
const openings = (from: number, to: number): readonly string[] =>
  Array.from(
    { length: to - from },
    (_, index) => `opened c${from + index}${from + index === to - 1 ? ' of many' : ''}`,
  );

describe('a target with many checks that goes down', () => {
  it('is told by ten checks and once more for the rest, and its end to those who heard; each has its incident', () => {
    const keeper = keepIncidents([], countingEntropy());
    const down = each(keeper, 1, FAILED);
    assert.deepEqual(told(down), openings(0, 11));
    assert.match(
      noticesOf(down)[10]?.content.summary ?? '',
      /^More than 10 checks of \S+ fail\. The latest: .* is failing: /,
    );
    assert.equal(down.flatMap(({ changes }) => changes).length, MANY);
    assert.deepEqual(told(each(keeper, 2, FAILED)), []);
    const up = each(keeper, 3, PASSED);
    assert.deepEqual(
      told(up),
      Array.from({ length: 11 }, (_, index) => `recovered c${index}`),
    );
    assert.equal(up.flatMap(({ changes }) => changes).length, MANY);
    assert.deepEqual(
      keeper.states().filter(({ open }) => open !== undefined),
      [],
    );
  });

  it('does not hide what fails on: it is told when fewer of those told are open, after a restart too', () => {
    const before = keepIncidents([], countingEntropy());
    each(before, 1, FAILED);
    const after = keepIncidents(structuredClone(before.states()), countingEntropy());
    assert.deepEqual(told(each(after, 2, PASSED, checks.slice(0, 11))).length, 11);
    const again = each(after, 3, FAILED, checks.slice(11));
    assert.deepEqual(told(again), openings(11, 22));
    assert.deepEqual(
      again.flatMap(({ changes }) => changes),
      [],
    );
  });

  it('hides no check that matters more, and none of another target', () => {
    const keeper = keepIncidents([], countingEntropy());
    const target = { ...makeCheck().target, name: 'another' };
    const [urgent, other] = [makeCheck({ id: 'urgent', severity: 'P1' }), makeCheck({ id: 'other', target })];
    const all = makePlan([...checks, urgent, other]);
    each(keeper, 1, FAILED, checks, all);
    assert.deepEqual(told(each(keeper, 1, FAILED, [urgent, other], all)), ['opened urgent', 'opened other']);
  });

  it('is told afresh after an hour', () => {
    const keeper = keepIncidents([], countingEntropy());
    each(keeper, 1, FAILED);
    assert.deepEqual(told(each(keeper, 60, FAILED)), []);
    assert.deepEqual(told(each(keeper, 62, FAILED)), openings(11, 22));
  });

  it('tells an opening once and an end only to those who heard of its opening, whatever the order; who fails alone is always told', () => {
    const beat = fc.tuple(fc.nat({ max: MANY - 1 }), fc.boolean());
    fc.assert(
      fc.property(fc.array(beat, { maxLength: 400 }), (beats) => {
        const keeper = keepIncidents([], countingEntropy());
        const heard = new Set<string>();
        const run = (check: Check, slot: number, verdict: Verdict): void => {
          for (const { incident, channel, content } of keeper.step(makeRun(slot, verdict, check), check, plan)
            .notices ?? []) {
            const key = `${incident} ${channel}`;
            assert.equal(heard.has(key), content.change !== 'opened', key);
            if (content.change === 'opened') heard.add(key);
            else heard.delete(key);
          }
        };
        for (const [slot, [index, isWell]] of beats.entries())
          run(checks[index] ?? makeCheck(), slot, isWell ? PASSED : FAILED);
        const [last, ...others] = checks.toReversed();
        for (const check of others) run(check, 10_000, PASSED);
        run(last ?? makeCheck(), 10_001, FAILED);
        const open = keeper.states().flatMap((state) => state.open ?? []);
        assert.ok(open.some(({ check, untold }) => check === last?.id && untold === undefined));
      }),
      { numRuns: 100 },
    );
  });
});
