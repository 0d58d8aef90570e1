import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { circumstancesOf, decideBlame } from './blame.ts';
import type { Budget } from './budget.ts';
import { checkId, runId } from './identifiers.ts';
import { judge, judgeAttempts } from './judge.ts';
import { type Assertion, EMPTY_OBSERVATION, GROUNDS, type Observation, type Taint } from './observation.ts';
import type { Attempt, Run } from './run.ts';
import { trimRun } from './trim.ts';

const BUDGET: Budget = {
  name: 'slowest test',
  measure: 'test.duration',
  aggregate: 'max',
  minSamples: 1,
  fail: { comparison: '<=', value: 50, unit: 'ms' },
};
const MEASURED: Observation = { ...EMPTY_OBSERVATION, measures: [{ name: 'test.duration', value: 1, unit: 'ms' }] };
const HELD: Assertion = { ok: true, expected: 'test passes', actual: 'it did' };

function runOf(observation: Observation, taints: readonly Taint[] = []): Run {
  const { verdict, budgets } = judge(observation, { budgets: [BUDGET], evidence: [] });
  const attempt: Attempt = { number: 1, purpose: 'first', startedAt: 0, durationMs: 1, verdict, observation };
  const run: Omit<Run, 'verdict'> = {
    ...{ id: runId(0, '00000000'), check: checkId('many'), kind: 'spec', location: 'local', environment: 'test' },
    ...{ trigger: 'manual', attempts: [attempt], budgets, taints, startedAt: 0, finishedAt: 1 },
    producedBy: {
      vigie: '0.0.0',
      tools: {},
      host: { platform: 'linux', arch: 'x64', cpuModel: 'test', cores: 2, memoryBytes: 1 },
      eventLoopLagMs: 5_000,
    },
  };
  return { ...run, verdict: decideBlame(judgeAttempts([attempt]), circumstancesOf(run)) };
}

describe('what is recorded of a run', () => {
  it('is everything of a run of usual size', () => {
    const run = runOf({ ...EMPTY_OBSERVATION, assertions: [HELD] });
    assert.deepEqual(trimRun(run, [BUDGET]), run);
  });

  it('keeps the one failure among many tests, the value that a budget judged, and says what is left out', () => {
    const value = (index: number) => (index === 2_999 ? 51 : 1);
    const run = runOf({
      ...EMPTY_OBSERVATION,
      assertions: [...Array<Assertion>(400).fill(HELD), { ok: false, expected: 'the last passes', actual: 'failed' }],
      steps: Array.from({ length: 301 }, (_, startMs) => ({ name: 'test', startMs, durationMs: 1, status: 'passed' })),
      measures: [
        ...Array.from({ length: 3_000 }, (_, index) => ({
          ...{ name: 'test.duration', value: value(index), unit: 'ms' as const },
        })),
        ...Array.from({ length: 2_001 }, (_, index) => ({ name: `other.${index}`, value: 1, unit: 'ms' as const })),
      ],
    });
    const trimmed = trimRun(run, [BUDGET]);
    const [attempt] = trimmed.attempts;
    assert.equal(attempt?.observation.assertions.length, 300);
    assert.equal(attempt?.observation.assertions.at(-1)?.expected, 'the last passes');
    assert.equal(attempt?.observation.measures.length, 5_000);
    assert.deepEqual(attempt?.observation.facts, { leftOut: '1 steps, 101 assertions, 1 measures' });
    assert.equal(trimmed.verdict.status, 'failed');
  });

  it('keeps every measure of a run of a gate, which compares them afterwards', () => {
    const measures = Array.from({ length: 3_000 }, (_, index) => ({
      name: `m${index}`,
      value: 1,
      unit: 'ms' as const,
    }));
    const run = runOf({ ...EMPTY_OBSERVATION, measures });
    const kept = (one: Run): number | undefined => trimRun(one, []).attempts[0]?.observation.measures.length;
    assert.deepEqual([kept(run), kept({ ...run, trigger: 'gate' })], [2_000, 3_000]);
    assert.equal(trimRun(run, [{ measure: 'm2999' }]).attempts[0]?.observation.measures.at(-1)?.name, 'm2999');
  });

  for (const level of ['fail', 'warn'] as const)
    it(`keeps the one breach that a starved host does not explain (${level})`, () => {
      const waited: Assertion = { ok: false, expected: 'answers', actual: 'nothing came', ground: 'wait', level };
      const last: Assertion = { ok: false, expected: 'is 200', actual: '500', level };
      const assertions: readonly Assertion[] = [...Array(400).fill(waited), last];
      const status = level === 'fail' ? 'failed' : 'degraded';
      const lag = ['event-loop-lag'] as const;
      const again = (list: readonly Assertion[]): Run =>
        trimRun(runOf({ ...MEASURED, assertions: list }, lag), [BUDGET]);
      const doubtful = again(assertions.slice(0, 400));
      assert.ok(doubtful.verdict.status === status && doubtful.verdict.doubt?.code === 'host-overloaded');
      const trimmed = again(assertions);
      assert.ok(trimmed.verdict.status === status && trimmed.verdict.doubt === undefined);
      const rejudged = again(trimmed.attempts[0]?.observation.assertions ?? []);
      assert.deepEqual(rejudged.verdict, trimmed.verdict);
    });

  it('gives the same verdict and blame when it is judged again', () => {
    const assertion: fc.Arbitrary<Assertion> = fc.record({
      ok: fc.nat(3).map((one) => one === 0),
      expected: fc.constant('holds'),
      actual: fc.constant('does not'),
      ground: fc.constantFrom(...GROUNDS),
      level: fc.constantFrom('warn', 'fail', 'fail', 'fail'),
    });
    const rare = fc.tuple(assertion, fc.nat(700)).map(([one, at]) => Array(at).fill(one) as Assertion[]);
    const assertions = fc.array(rare, { minLength: 1, maxLength: 6 }).map((lists) => lists.flat());
    fc.assert(
      fc.property(assertions, fc.boolean(), (list, lags) => {
        const run = runOf({ ...MEASURED, assertions: list }, lags ? ['event-loop-lag'] : []);
        const trimmed = trimRun(run, [BUDGET]);
        const observation = trimmed.attempts[0]?.observation;
        assert.ok(observation);
        const { verdict } = trimRun(runOf(observation, run.taints), [BUDGET]);
        assert.deepEqual(trimmed.verdict, verdict);
        assert.equal(trimmed.verdict.status, run.verdict.status);
      }),
      { numRuns: 100 },
    );
  });
});
