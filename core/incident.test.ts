import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { IncidentRule } from './check.ts';
import { type Blame, fault } from './fault.ts';
import { checkId, incidentId, runId } from './identifiers.ts';
import {
  FLAPPING,
  type IncidentChange,
  quietState,
  removeTrack,
  stepIncident,
  type Track,
  type TrackState,
} from './incident.ts';
import type { Run, Trigger, Verdict } from './run.ts';

const id = checkId('home');
const PASSED: Verdict = { status: 'passed' };
const FAILED: Verdict = { status: 'failed', breaches: [{ kind: 'assertion', expected: 'a', actual: 'b' }] };
const DOUBTFUL: Verdict = { ...FAILED, doubt: fault('host-overloaded', 'x') };
const unknown = (blame: Blame): Verdict => ({
  status: 'inconclusive',
  fault: fault('tool-crashed', 'x', blame),
  seen: [],
});

function run(verdict: Verdict, at: number, trigger: Trigger = 'slot'): Run {
  const host = { platform: 'linux', arch: 'x64', cpuModel: 'c', cores: 2, memoryBytes: 1 };
  return {
    id: runId(at, 'aaaaaaaa'),
    check: id,
    kind: 'http',
    location: 'local',
    environment: 'test',
    trigger,
    verdict,
    attempts: [],
    budgets: [],
    taints: [],
    producedBy: { vigie: '0', tools: {}, host },
    startedAt: at,
    finishedAt: at + 1,
  };
}

function play(
  verdicts: readonly Verdict[],
  rule: Partial<IncidentRule> = {},
  track: Track = 'target',
  trigger: Trigger = 'slot',
  everyMs = 1_000,
): { readonly changes: readonly IncidentChange[]; readonly state: TrackState } {
  const whole = { failures: 1, of: 1, recoveries: 1, onDegraded: false, ...rule };
  let state = quietState(id, 'local', track);
  const changes: IncidentChange[] = [];
  verdicts.forEach((verdict, index) => {
    const step = stepIncident(state, {
      run: run(verdict, index * everyMs, trigger),
      rule: whole,
      severity: 'P2',
      newId: () => incidentId(index, 'bbbbbbbb'),
    });
    state = step.state;
    if (step.change) changes.push(step.change);
  });
  return { changes, state };
}
const names = (changes: readonly IncidentChange[]): string => changes.map(({ change }) => change).join(' ');

describe('an incident on the target', () => {
  it('opens on the first failure when one is asked for, and recovers after the passes asked for', () => {
    assert.equal(names(play([FAILED, PASSED], { recoveries: 2 }).changes), 'opened');
    assert.equal(names(play([FAILED, PASSED, PASSED], { recoveries: 2 }).changes), 'opened recovered');
  });
  it('needs failures in a row, and begins with the first of them', () => {
    const { changes } = play([FAILED, PASSED, FAILED, FAILED, FAILED], { failures: 3, of: 3 });
    assert.equal(names(changes), 'opened');
    assert.equal(changes[0]?.incident.since, 2_000);
  });
  it('opens on x of y although passes lie between', () => {
    assert.equal(names(play([FAILED, PASSED, FAILED, PASSED, FAILED], { failures: 3, of: 5 }).changes), 'opened');
    assert.equal(names(play([FAILED, PASSED, PASSED, PASSED, FAILED, FAILED], { failures: 3, of: 5 }).changes), '');
  });
  it('is neither opened nor healed by what could not be measured', () => {
    assert.equal(names(play([unknown('tool'), unknown('host'), unknown('script')]).changes), '');
    const { changes, state } = play([FAILED, unknown('tool'), PASSED, unknown('tool')], { recoveries: 2 });
    assert.equal(names(changes), 'opened');
    assert.equal(state.passes, 1);
  });
  it('takes in another cause, but for one that this machine may explain', () => {
    const UNREACHABLE: Verdict = {
      status: 'failed',
      breaches: [{ kind: 'assertion', expected: 'a', actual: 'none', ground: 'reach' }],
    };
    const doubt = fault('host-overloaded', 'x');
    assert.equal(names(play([FAILED, { ...UNREACHABLE, doubt }]).changes), 'opened');
    const { state } = play([FAILED, UNREACHABLE, FAILED]);
    assert.deepEqual(
      state.open?.causes?.map(({ at, text }) => [at, text]),
      [
        [0, 'expected a, got b'],
        [1_000, 'expected a, got none'],
        [2_000, 'expected a, got b'],
      ],
    );
  });
  it('is not touched by runs on demand', () => {
    assert.equal(names(play([FAILED, FAILED], {}, 'target', 'manual').changes), '');
  });
  it('is moved by the confirmations of a recovery, good and bad', () => {
    const verdicts = [FAILED, PASSED, FAILED, PASSED, PASSED];
    const { changes } = play(verdicts, { recoveries: 2 }, 'target', 'confirmation');
    assert.equal(names(changes), 'opened recovered');
    assert.equal(changes[1]?.incident.closed?.at, 4_001);
  });
  it('keeps the same state object while a check is well, so that nothing is written', () => {
    const state = quietState(id, 'local', 'target');
    const step = stepIncident(state, {
      run: run(PASSED, 0),
      rule: { failures: 2, of: 5, recoveries: 1, onDegraded: false },
      severity: 'P3',
      newId: () => incidentId(0, 'cccccccc'),
    });
    assert.equal(step.state, state);
  });
  it('is closed as removed with its check', () => {
    assert.equal(removeTrack(play([FAILED]).state, 9_000).change?.incident.closed?.how, 'removed');
    assert.equal(removeTrack(quietState(id, 'local', 'target'), 9_000).change, undefined);
  });
});

describe('a doubtful failure', () => {
  const rule = { failures: 3, of: 3 };
  it('opens no incident alone, however often it comes', () => {
    assert.equal(names(play(new Array<Verdict>(50).fill(DOUBTFUL), rule).changes), '');
    assert.equal(names(play([DOUBTFUL]).changes), '');
  });
  it('counts beside one that is not', () => {
    assert.equal(names(play([DOUBTFUL, FAILED, DOUBTFUL], rule).changes), 'opened');
    assert.equal(names(play([DOUBTFUL, DOUBTFUL, FAILED], rule).changes), 'opened');
    assert.equal(names(play([FAILED, DOUBTFUL, DOUBTFUL, DOUBTFUL], rule).changes), 'opened');
  });
  it('does not count once the other has left the window', () => {
    assert.equal(
      names(play([FAILED, PASSED, PASSED, DOUBTFUL, DOUBTFUL, DOUBTFUL], { failures: 2, of: 3 }).changes),
      '',
    );
  });
  it('keeps an open incident open', () => {
    assert.equal(names(play([FAILED, DOUBTFUL, PASSED], { recoveries: 2 }).changes), 'opened');
  });
});

describe('a target that flaps', () => {
  const minute = 60_000;
  const beats = (count: number): readonly Verdict[] => new Array(count).fill([FAILED, PASSED]).flat();
  it('is told three times, then once that it flaps, and then nothing until it is stable', () => {
    const { changes, state } = play(beats(20), {}, 'target', 'slot', minute);
    assert.equal(names(changes), 'opened recovered opened recovered opened recovered opened');
    assert.deepEqual(
      changes.map(({ incident }) => incident.flapping ?? false),
      [false, false, false, false, false, false, true],
    );
    assert.equal(state.open?.flapping, true);
  });
  it('recovers when nothing bad has happened for 20 minutes', () => {
    const well = (count: number): readonly Verdict[] => [...beats(4), ...new Array<Verdict>(count).fill(PASSED)];
    assert.equal(names(play(well(18), {}, 'target', 'slot', minute).changes).split(' ').length, 7);
    assert.equal(names(play(well(19), {}, 'target', 'slot', minute).changes).split(' ').length, 8);
  });
  it('is not one that fails as often in a longer time', () => {
    const { changes } = play(beats(10), {}, 'target', 'slot', 15 * minute);
    assert.equal(
      changes.some(({ incident }) => incident.flapping),
      false,
    );
  });
  it('is forgotten when an hour has passed, and then nothing is written any more', () => {
    const { state } = play([FAILED, PASSED], {}, 'target', 'slot', minute);
    assert.deepEqual(state.openings, [minute * 0 + 1]);
    const step = (from: TrackState, at: number): TrackState =>
      stepIncident(from, {
        run: run(PASSED, at),
        rule: { failures: 1, of: 1, recoveries: 1, onDegraded: false },
        severity: 'P2',
        newId: () => incidentId(0, 'dddddddd'),
      }).state;
    assert.equal(step(state, 30 * minute), state);
    const later = step(state, 61 * minute);
    assert.deepEqual(later, quietState(id, 'local', 'target'));
    assert.equal(step(later, 62 * minute), later);
  });
});

describe('an incident on our own faults', () => {
  const rule = { failures: 3, of: 3, recoveries: 1 };
  it('opens after faults in a row and recovers by any measurement, a failed one too', () => {
    assert.equal(
      names(play([unknown('tool'), unknown('script'), unknown('config'), FAILED], rule, 'fault').changes),
      'opened recovered',
    );
  });
  it('does not count what an operator did', () => {
    assert.equal(
      names(play([unknown('operator'), unknown('operator'), unknown('operator')], rule, 'fault').changes),
      '',
    );
  });
});

describe('whatever happens', () => {
  const verdict = fc.constantFrom<Verdict>(PASSED, FAILED, DOUBTFUL, unknown('tool'), unknown('operator'), {
    status: 'skipped',
    reason: 'overlap',
  });
  const rule = fc.record({
    failures: fc.integer({ min: 1, max: 3 }),
    of: fc.integer({ min: 3, max: 6 }),
    recoveries: fc.integer({ min: 1, max: 3 }),
  });
  const everyMs = fc.constantFrom(1_000, 60_000, 600_000, 3_600_000);
  const played = fc.tuple(fc.array(verdict, { maxLength: 200 }), rule, everyMs);

  it('incidents open and close in turn, each opening with exactly one closing of the same incident', () => {
    fc.assert(
      fc.property(played, ([verdicts, chosen, every]) => {
        const { changes, state } = play(verdicts, chosen, 'target', 'slot', every);
        changes.forEach(({ change, incident }, index) => {
          assert.equal(change, index % 2 === 0 ? 'opened' : 'recovered');
          if (change === 'recovered') assert.equal(incident.id, changes[index - 1]?.incident.id);
        });
        assert.equal(state.open !== undefined, changes.length % 2 === 1);
      }),
      { seed: 20261122 },
    );
  });
  it('no more than seven are opened within any hour', () => {
    const most = FLAPPING.openings + 1 + FLAPPING.windowMs / FLAPPING.stableMs;
    fc.assert(
      fc.property(played, ([verdicts, chosen, every]) => {
        const { changes } = play(verdicts, chosen, 'target', 'slot', every);
        const openings = changes.filter(({ change }) => change === 'opened').map(({ incident }) => incident.openedAt);
        for (const from of openings)
          assert.ok(openings.filter((at) => at >= from && at < from + FLAPPING.windowMs).length <= most);
      }),
      { seed: 20261124 },
    );
  });
  it('none is opened by doubtful failures alone', () => {
    const doubtful = fc.constantFrom<Verdict>(PASSED, DOUBTFUL, unknown('host'));
    fc.assert(
      fc.property(fc.array(doubtful, { maxLength: 60 }), rule, (verdicts, chosen) => {
        assert.equal(play(verdicts, chosen).changes.length, 0);
      }),
      { seed: 20261125 },
    );
  });
});
