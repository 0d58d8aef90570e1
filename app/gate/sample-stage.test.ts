import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Side } from '../../core/gate/result.ts';
import type { Measure } from '../../core/measure.ts';
import { EMPTY_OBSERVATION } from '../../core/observation.ts';
import type { Run, Verdict } from '../../core/run.ts';
import { fakeKind, makeCheck } from '../engine/testing/kinds.ts';
import { FAILED, makeRun, PASSED, UNMEASURED } from '../engine/testing/runs.ts';
import type { Entry } from './entries.ts';
import { type StageInput, sampleStage } from './sample-stage.ts';
import type { GateSession } from './session.ts';

const kind = {
  ...fakeKind({ run: async () => EMPTY_OBSERVATION }),
  measures: { total: { unit: 'ms', help: '', gated: { floor: 0 } } },
} as const;

type Answer = { readonly ms?: number; readonly verdict?: Verdict; readonly attempts?: number };
type Asked = { readonly check: string; readonly side: Side };
/** What a side answers the n-th time. */
type Script = (side: Side, time: number, check: string) => Answer;

function fakeSession(
  script: Script,
  interruptAfter = Number.POSITIVE_INFINITY,
): GateSession & { readonly asked: Asked[] } {
  const cancel = new AbortController();
  const asked: Asked[] = [];
  let made = 0;
  return {
    asked,
    cancel: cancel.signal,
    host: { platform: 't', arch: 't', cpuModel: 't', cores: 1, memoryBytes: 1 },
    progress: { started() {}, progress() {}, finished() {}, print() {}, close() {} },
    scrub: (text) => text,
    say() {},
    recorded: async () => [],
    async execute({ check }, side) {
      const time = asked.filter((one) => one.check === check.id && one.side === side).length;
      asked.push({ check: check.id, side });
      made += 1;
      if (made >= interruptAfter) cancel.abort();
      return runOf(made, script(side, time, check.id));
    },
    alone: async (_what, work) => work(),
    lookAtFitness: async () => [],
    readArtefact: async () => undefined,
    async close() {},
  };
}

function runOf(number: number, { ms = 100, verdict = PASSED, attempts = 1 }: Answer): Run {
  const measures: readonly Measure[] = [{ name: 'total', value: ms, unit: 'ms' }];
  const attempt = { number: 1, purpose: 'first', startedAt: 0, durationMs: 1, verdict } as const;
  return {
    ...makeRun(number, verdict),
    attempts: Array.from({ length: attempts }, () => ({ ...attempt, observation: { ...EMPTY_OBSERVATION, measures } })),
  };
}

function entry(id = 'home', compared = true): Entry {
  const check = makeCheck({ id });
  return { check, kind, stage: 'probes', ...(compared ? { base: check } : {}) };
}

const noise = (time: number): number => [1, 1.01, 0.99, 1.005, 0.995, 1.012, 0.991, 1.003][time % 8] ?? 1;
const steady: Script = (side, time) => ({ ms: 100 * noise(side === 'base' ? time : time + 3) });

function sample(session: GateSession, more: Partial<StageInput> = {}): ReturnType<typeof sampleStage> {
  return sampleStage(
    {
      stage: 'probes',
      entries: [entry()],
      by: 0.1,
      share: 1,
      until: Number.POSITIVE_INFINITY,
      roundMs: 0,
      warmUps: 0,
      failFast: false,
      random: () => 0.3,
      history: undefined,
      ...more,
    },
    session,
  );
}

describe('a stage of a gate', () => {
  it('takes pairs in the order ABBA, and ends as soon as everything is decided', async () => {
    const session = fakeSession(steady);
    const { rows, checks } = await sample(session);
    assert.deepEqual(
      rows.map(({ verdict }) => verdict),
      ['not-regressed'],
    );
    assert.equal(rows[0]?.candidate.values.length, 6);
    assert.deepEqual(
      session.asked.slice(0, 4).map(({ side }) => side),
      ['base', 'candidate', 'candidate', 'base'],
    );
    assert.equal(checks[0]?.status, 'measured');
    assert.equal(checks[0]?.runs.length, 12);
  });

  it('tells what is worse', async () => {
    const { rows } = await sample(
      fakeSession((side, time) => ({ ms: (side === 'base' ? 100 : 115) * noise(side === 'base' ? time : time + 3) })),
    );
    assert.equal(rows[0]?.verdict, 'regressed');
    assert.equal(rows[0]?.candidate.values.length, 8);
  });

  it('leaves open what the noise hides, after the most pairs', async () => {
    const wild = [1, 3, 0.4, 2.2, 0.3, 1.6, 0.7];
    const { rows } = await sample(
      fakeSession((side, time) => ({ ms: 100 * (wild[(side === 'base' ? time : 3 * time + 2) % 7] ?? 1) })),
    );
    assert.equal(rows[0]?.verdict, 'undecided');
    assert.equal(rows[0]?.candidate.values.length, 40);
  });

  it('does not begin a round that the time does not allow', async () => {
    const session = fakeSession(steady);
    const { checks, rows } = await sample(session, { until: performance.now() + 1_000, roundMs: 60_000 });
    assert.deepEqual([session.asked.length, rows.length, checks[0]?.status], [0, 0, 'not-run']);
  });

  it('leaves rounds for warming up out of the values', async () => {
    const { rows } = await sample(
      fakeSession((side, time) => (time === 0 ? { ms: 900 } : { ms: 100 * noise(side === 'base' ? time : time + 3) })),
      { warmUps: 1 },
    );
    assert.ok(rows[0]?.candidate.values.every((ms) => ms < 200));
  });

  it('samples the candidate alone without a baseline, and once when nothing but assertions is asked for', async () => {
    const session = fakeSession(steady);
    const { checks, rows } = await sample(session, { entries: [entry('home', false)] });
    assert.deepEqual([session.asked.length, rows.length, checks[0]?.status], [1, 0, 'measured']);
  });

  it('ends the turn of a check that the candidate breaks, and goes on with the others', async () => {
    const session = fakeSession((side, time, check) =>
      check === 'home' && side === 'candidate' && time === 1 ? { verdict: FAILED } : steady(side, time, check),
    );
    const { checks, rows } = await sample(session, { entries: [entry('home'), entry('other')] });
    assert.deepEqual(
      checks.map(({ status }) => status),
      ['broken', 'measured'],
    );
    assert.match(checks[0]?.reasons[0] ?? '', /the candidate: expected status is 200, got 503/);
    assert.deepEqual(
      rows.map(({ check }) => check),
      ['other'],
    );
  });

  it('says that the baseline is broken when it alone is', async () => {
    const { checks } = await sample(fakeSession((side) => (side === 'base' ? { verdict: FAILED } : {})));
    assert.equal(checks[0]?.status, 'base-broken');
  });

  it('takes a candidate that is as broken as the baseline for broken', async () => {
    const { checks } = await sample(fakeSession(() => ({ verdict: FAILED })));
    assert.equal(checks[0]?.status, 'broken');
  });

  it('takes a pair anew that could not be measured, and gives up after three tries', async () => {
    const twice = fakeSession((side, time) =>
      side === 'base' && time < 2 ? { verdict: UNMEASURED } : steady(side, time, ''),
    );
    assert.equal((await sample(twice)).checks[0]?.status, 'measured');
    const always = fakeSession(() => ({ verdict: UNMEASURED }));
    const [check] = (await sample(always)).checks;
    assert.deepEqual([check?.status, check?.blame, always.asked.length], ['not-measured', 'tool', 6]);
  });

  it('does not count a run that passed only when it was asked again', async () => {
    const session = fakeSession((side, time) =>
      side === 'candidate' && time === 0 ? { ms: 5_000, attempts: 2 } : steady(side, time, ''),
    );
    const { rows } = await sample(session);
    assert.ok(rows[0]?.candidate.values.every((ms) => ms < 200));
  });

  it('ends at once when it is interrupted, with what there is', async () => {
    const session = fakeSession(steady, 5);
    const { rows, checks } = await sample(session, { entries: [entry('home'), entry('other')] });
    assert.equal(session.asked.length, 5);
    assert.deepEqual(
      checks.map(({ runs }) => runs.length),
      [3, 2],
    );
    assert.ok(rows.every(({ candidate }) => candidate.values.length === 1));
  });

  it('ends early at the first failure when it is asked to', async () => {
    const session = fakeSession((side, time, check) =>
      check === 'home' && side === 'candidate' ? { verdict: FAILED } : steady(side, time, check),
    );
    await sample(session, { entries: [entry('home'), entry('other')], failFast: true });
    assert.equal(session.asked.length, 4);
  });

  it('compares with stored runs, as many as there are', async () => {
    const session = fakeSession(() => ({ ms: 130 }));
    const stored = Array.from({ length: 9 }, (_, time) => runOf(1_000 + time, { ms: 100 * noise(time) }));
    const { rows } = await sample(session, {
      history: (_entry, round) => {
        const run = stored[round];
        return run === undefined ? undefined : { run: run.id, measures: run.attempts[0]?.observation.measures ?? [] };
      },
    });
    assert.equal(rows[0]?.verdict, 'regressed');
    assert.ok(session.asked.every(({ side }) => side === 'candidate'));
  });

  it('says that too few runs are stored', async () => {
    const { checks } = await sample(fakeSession(steady), { history: () => undefined });
    assert.equal(checks[0]?.status, 'not-measured');
    assert.match(checks[0]?.reasons[0] ?? '', /0 runs .* 6 are needed/);
  });
});
