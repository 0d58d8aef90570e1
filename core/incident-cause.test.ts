import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addCause, causeOf, type IncidentCause } from './incident-cause.ts';
import type { Breach, Verdict } from './run.ts';

const assertion = (actual: string, more: Partial<Extract<Breach, { kind: 'assertion' }>> = {}): Breach => ({
  kind: 'assertion',
  expected: 'status is 200',
  actual,
  ...more,
});
const failed = (first: Breach, ...more: readonly Breach[]): Verdict => ({
  status: 'failed',
  breaches: [first, ...more],
});
const keyOf = (verdict: Verdict): string | undefined => causeOf(verdict)?.key;
const cause = (key: string, rank: number): IncidentCause => ({ at: 0, text: key, key, rank });

describe('the cause of an incident', () => {
  it('is another one when the answer, the step or the expectation differs', () => {
    const keys = [
      failed(assertion('503')),
      failed(assertion('404')),
      failed(assertion('503', { step: 'pay' })),
      failed(assertion('503', { expected: 'status is 201' })),
      failed(assertion('connection refused', { ground: 'reach' })),
    ].map(keyOf);
    assert.equal(new Set(keys).size, 5);
  });
  it('is the same whatever the duration, the counter or the excerpt', () => {
    const same = (one: string, other: string): void =>
      assert.equal(keyOf(failed(assertion(one))), keyOf(failed(assertion(other))));
    same('no answer within 5001 ms', 'no answer within 5003 ms');
    same('took 12.5 s', 'took 13.1 s');
    same('97 % of them', '92 % of them');
    same('30 seconds', '31 seconds');
    same('request 123456', 'request 123499');
    same('612 bytes', '598 bytes');
    same('500 ms', '1.2 ms');
    same('12 of 40', '13 of 41');
    same('0 of 40', '0 of 41');
    const good = (actual: string): string | undefined => keyOf(failed(assertion(actual)));
    assert.notEqual(good('0 of 40'), good('12 of 40'));
    same(`not found in ${'x'.repeat(80)}`, `not found in ${'y'.repeat(80)}`);
  });
  it('counts what decides: a warning beside a failure is not the cause', () => {
    const warning = assertion('slow', { level: 'warn' });
    assert.equal(keyOf(failed(assertion('503'), warning)), keyOf(failed(assertion('503'))));
  });
  it('is worse from a warning over slow and wrong to unreachable', () => {
    const budget: Breach = {
      kind: 'budget',
      budget: 'total',
      value: { name: 'total', value: 3, unit: 'ms', samples: 1 },
      limit: { comparison: '<=', value: 2, unit: 'ms' },
      level: 'fail',
    };
    const ranks = [
      { status: 'degraded', breaches: [{ ...budget, level: 'warn' }] } as const,
      failed(budget),
      failed(assertion('503')),
      failed(assertion('refused', { ground: 'reach' })),
    ].map((verdict: Verdict) => causeOf(verdict)?.rank ?? 0);
    assert.deepEqual(
      ranks,
      [...ranks].sort((a, b) => a - b),
    );
    assert.equal(new Set(ranks).size, 4);
  });
  it('is none of a run that passed', () => assert.equal(causeOf({ status: 'passed' }), undefined));
});

describe('the causes of an incident', () => {
  it('are told as worse once, when worse than all before', () => {
    const first = addCause({}, cause('slow', 2));
    assert.deepEqual([first?.causes.length, first?.isWorse], [1, false]);
    const second = addCause({ causes: first?.causes ?? [] }, cause('down', 4));
    assert.equal(second?.isWorse, true);
    const third = addCause({ causes: second?.causes ?? [] }, cause('slow', 2));
    assert.equal(third?.isWorse, false);
    assert.equal(addCause({ causes: third?.causes ?? [] }, cause('down', 4))?.isWorse, false);
    assert.equal(addCause({ causes: third?.causes ?? [] }, cause('slow', 2)), undefined);
  });
  it('are bounded, and what has been told as worst is not told again', () => {
    let causes: readonly IncidentCause[] = [cause('first', 2), cause('down', 4)];
    for (let round = 0; round < 100; round += 1) causes = addCause({ causes }, cause(`c${round}`, 2))?.causes ?? [];
    assert.equal(causes.length, 20);
    assert.deepEqual([causes[0]?.key, causes.at(-1)?.key], ['first', 'c99']);
    assert.equal(addCause({ causes }, cause('down', 4))?.isWorse, false);
  });
});
