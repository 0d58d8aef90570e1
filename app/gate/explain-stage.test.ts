import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CheckKind } from '../../core/check.ts';
import type { GateCheck, GateRow } from '../../core/gate/result.ts';
import type { Measure } from '../../core/measure.ts';
import { type Artefact, EMPTY_OBSERVATION, type Observation } from '../../core/observation.ts';
import type { Run, Verdict } from '../../core/run.ts';
import { fakeKind, makeCheck } from '../engine/testing/kinds.ts';
import { FAILED, makeRun, PASSED } from '../engine/testing/runs.ts';
import type { Entry } from './entries.ts';
import { explainStage } from './explain-stage.ts';
import type { StageResult } from './sample-stage.ts';
import { takenRun } from './taken-run.ts';

const LONG = Number.POSITIVE_INFINITY;
const LIST: Artefact = { kind: 'requests', file: 'requests.json', mediaType: 'application/json', sizeBytes: 1 };

describe('explaining a stage', () => {
  it('records both sides of at most three failing checks, and none that only warns or holds', async () => {
    const names = ['holds', 'a', 'b', 'warned', 'c', 'd'];
    const entries = names.map((id) => entryOf(id, 'journey'));
    const rows = names.map((id): GateRow => {
      if (id === 'warned') return { ...absolute(id), level: 'warn' };
      return id === 'c' ? absolute(id) : { ...relative(id), verdict: id === 'holds' ? 'not-regressed' : 'regressed' };
    });
    const { session, asked } = sessionOf(() => PASSED);
    const explained = await explainStage(stageOf(entries, rows), { entries, until: LONG, history: undefined }, session);
    assert.deepEqual(asked, ['a base', 'a candidate', 'b base', 'b candidate', 'c base', 'c candidate']);
    const SAID = ["step 'search': 900 ms instead of 300 ms", 'new request GET /late, fetch'];
    assert.deepEqual(
      explained.rows.map(({ check, explanations }) => [check, explanations]),
      names.map((id) => [id, ['a', 'b', 'c'].includes(id) ? SAID : []]),
    );
  });

  it('compares recordings only when both runs came to their end: what one lacks is new on neither', async () => {
    const entries = [entryOf('visit', 'journey')];
    for (const base of [PASSED, FAILED]) {
      const { session } = sessionOf((side) => (side === 'base' ? base : PASSED));
      const explained = await explainStage(
        stageOf(entries, [relative('visit')]),
        { entries, until: LONG, history: undefined },
        session,
      );
      const isSaid = explained.rows[0]?.explanations.some((text) => text.startsWith('new request GET /late,'));
      assert.equal(isSaid, base === PASSED);
    }
  });

  it('asks nothing again when the time is over, and explains by the samples all the same', async () => {
    const entries = [entryOf('visit', 'journey')];
    const { session, asked } = sessionOf(() => PASSED);
    const explained = await explainStage(
      stageOf(entries, [relative('visit')]),
      { entries, until: 0, history: undefined },
      session,
    );
    assert.deepEqual(asked, []);
    assert.deepEqual(explained.rows[0]?.explanations, ["step 'search': 900 ms instead of 300 ms"]);
  });

  it('asks nothing again of kinds that record no more when they are asked to', async () => {
    for (const kind of ['audit', 'load', 'http', 'spec'] as const) {
      const entries = [entryOf('visit', kind)];
      const { session, asked } = sessionOf(() => PASSED);
      await explainStage(stageOf(entries, [relative('visit')]), { entries, until: LONG, history: undefined }, session);
      assert.deepEqual(asked, [], kind);
    }
  });

  it('stops when the gate is interrupted', async () => {
    const entries = [entryOf('a', 'journey'), entryOf('b', 'journey')];
    const cancel = new AbortController();
    const { session, asked } = sessionOf(() => {
      cancel.abort();
      return PASSED;
    }, cancel.signal);
    await explainStage(
      stageOf(entries, [relative('a'), relative('b')]),
      { entries, until: LONG, history: undefined },
      session,
    );
    assert.deepEqual(asked, ['a base']);
  });
});

function entryOf(id: string, kind: CheckKind): Entry {
  const check = makeCheck({ id, kind });
  const run = () => Promise.resolve(EMPTY_OBSERVATION);
  return { check, base: check, kind: fakeKind({ run }), stage: 'journeys' };
}

function sessionOf(verdictOf: (side: string) => Verdict, cancel = new AbortController().signal) {
  const asked: string[] = [];
  const lists = new Map<string, readonly string[]>();
  const execute = (entry: Entry, side: string, recording?: string): Promise<Run> => {
    assert.equal(recording, 'full');
    asked.push(`${entry.check.id} ${side}`);
    const run = makeRun(100 + asked.length, verdictOf(side), entry.check);
    lists.set(run.id, side === 'base' ? ['/'] : ['/', '/late']);
    return Promise.resolve(withAttempt(run, { ...EMPTY_OBSERVATION, artefacts: [LIST] }));
  };
  const readArtefact = (file: string): Promise<Uint8Array> => {
    const paths = [...lists].find(([id]) => file.includes(id))?.[1] ?? [];
    const entries = paths.map((path) => ({ atMs: 1, method: 'GET', url: `http://127.0.0.1:1${path}`, type: 'fetch' }));
    return Promise.resolve(Buffer.from(JSON.stringify({ entries })));
  };
  return { session: { execute, cancel, readArtefact }, asked };
}

function withAttempt(run: Run, observation: Observation): Run {
  return {
    ...run,
    attempts: [{ number: 1, purpose: 'first', startedAt: 0, durationMs: 1, verdict: PASSED, observation }],
  };
}

/** One pair of each check, in which a step takes three times as long on the candidate. */
function stageOf(entries: readonly Entry[], rows: readonly GateRow[]): StageResult {
  const runs = entries.flatMap(({ check }, index) =>
    (['base', 'candidate'] as const).map((side, at) => {
      const measures: readonly Measure[] = [{ name: 'step.search', value: side === 'base' ? 300 : 900, unit: 'ms' }];
      const observation = { ...EMPTY_OBSERVATION, measures };
      const run = makeRun(2 * index + at, PASSED, check);
      const attempt = {
        number: 1,
        purpose: 'first',
        startedAt: 0,
        durationMs: 1,
        verdict: PASSED,
        observation,
      } as const;
      return takenRun({ ...run, attempts: [attempt] }, side, 0);
    }),
  );
  return { rows, runs, lacking: [], standings: new Map(), checks: entries.map(({ check }) => checkOf(check.id)) };
}

function checkOf(id: string): GateCheck {
  const check = makeCheck({ id });
  return { check: check.id, kind: 'journey', name: id, stage: 'journeys', status: 'measured', reasons: [], runs: [] };
}

function shared(id: string) {
  return {
    check: makeCheck({ id }).id,
    kind: 'journey',
    stage: 'journeys',
    name: 'duration',
    measure: 'duration',
    unit: 'ms',
    better: 'lower',
    base: { median: 400, values: [400] },
    candidate: { median: 1_000, values: [1_000] },
    evidence: [],
    explanations: [],
  } as const;
}

function relative(id: string): GateRow & { readonly type: 'relative' } {
  const change = { estimate: 1.5, low: 1.2, high: 1.8 };
  const effect = { by: 0.1, ratio: true };
  return { ...shared(id), type: 'relative', change, effect, declared: false, verdict: 'regressed' };
}

function absolute(id: string): GateRow & { readonly type: 'absolute' } {
  const limit = { comparison: '<=', value: 500, unit: 'ms' } as const;
  return { ...shared(id), type: 'absolute', limit, level: 'fail', verdict: 'broken' };
}
