import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Fault, type FaultCode, fault } from './fault.ts';
import { checkId, incidentId, runId } from './identifiers.ts';
import type { IncidentChange, TrackState } from './incident.ts';
import type { Run, Verdict } from './run.ts';
import { affectedBy, dropFromCause, quietCause, sharedFaultOf, stepCause } from './shared-cause.ts';

const PASSED: Verdict = { status: 'passed' };
const FAILED: Verdict = { status: 'failed', breaches: [{ kind: 'assertion', expected: 'a', actual: 'b' }] };
const out = (code: FaultCode, more: Partial<Fault> = {}): Verdict => ({
  status: 'inconclusive',
  fault: { ...fault(code, 'x'), ...more },
  seen: [],
});
const DOWN = out('network-down');
const STARVED: Verdict = {
  status: 'failed',
  breaches: [{ kind: 'assertion', expected: 'a', actual: 'b' }],
  doubt: fault('host-overloaded', 'x'),
};

/** One run: which check, how it ended, and at which second. */
type Beat = readonly [check: string, verdict: Verdict, atS: number];

function runOf([check, verdict, atS]: Beat): Run {
  const at = atS * 1_000;
  return {
    id: runId(at, 'aaaaaaaa'),
    check: checkId(check),
    kind: 'http',
    location: 'local',
    environment: 'test',
    trigger: 'slot',
    verdict,
    attempts: [],
    budgets: [],
    taints: [],
    producedBy: { vigie: '0', tools: {}, host: { platform: 'l', arch: 'x', cpuModel: 'c', cores: 2, memoryBytes: 1 } },
    startedAt: at,
    finishedAt: at,
  };
}

function play(
  beats: readonly Beat[],
  cause = 'network-down',
): { readonly changes: readonly IncidentChange[]; readonly state: TrackState; readonly writes: number } {
  let state = quietCause(cause, 'local');
  let writes = 0;
  const changes: IncidentChange[] = [];
  beats.forEach((beat, index) => {
    const step = stepCause(state, runOf(beat), () => incidentId(index, 'bbbbbbbb'));
    if (step.state !== state) writes += 1;
    state = step.state;
    if (step.change) changes.push(step.change);
  });
  return { changes, state, writes };
}
const names = ({ changes }: { readonly changes: readonly IncidentChange[] }): string =>
  changes.map(({ change }) => change).join(' ');
const allOf = (checks: string, verdict: Verdict, atS: number): readonly Beat[] =>
  [...checks].map((check) => [check, verdict, atS]);

describe('a cause that checks share', () => {
  const rows: readonly (readonly [string, readonly Beat[], string])[] = [
    ['is told when three checks have it', allOf('abc', DOWN, 1), 'opened'],
    [
      'is told when one check has it three times',
      [
        ['a', DOWN, 1],
        ['a', DOWN, 2],
        ['a', DOWN, 3],
      ],
      'opened',
    ],
    ['is not told when two checks have it once', allOf('ab', DOWN, 1), ''],
    [
      'is not told when it goes in between',
      [
        ['a', DOWN, 1],
        ['a', DOWN, 2],
        ['a', PASSED, 3],
        ['a', DOWN, 4],
      ],
      '',
    ],
    [
      'is told once, however many checks have it and how often',
      [...allOf('abcdefgh', DOWN, 1), ...allOf('abcdefgh', DOWN, 2)],
      'opened',
    ],
    [
      'is over when the only check with it measures',
      [
        ['a', DOWN, 1],
        ['a', DOWN, 2],
        ['a', DOWN, 3],
        ['a', PASSED, 4],
      ],
      'opened recovered',
    ],
    [
      'is over for a failure too, which is a measurement',
      [
        ['a', DOWN, 1],
        ['a', DOWN, 2],
        ['a', DOWN, 3],
        ['a', FAILED, 4],
      ],
      'opened recovered',
    ],
    [
      'is over when three of many measure',
      [...allOf('abcdefgh', DOWN, 1), ...allOf('abc', PASSED, 2)],
      'opened recovered',
    ],
    ['is not over when two of many measure', [...allOf('abcdefgh', DOWN, 1), ...allOf('ab', PASSED, 2)], 'opened'],
    [
      'is not over when one has it again in between',
      [...allOf('abcdefgh', DOWN, 1), ...allOf('ab', PASSED, 2), ['h', DOWN, 3], ['c', PASSED, 4]],
      'opened',
    ],
    ['is not touched by checks that never had it', [...allOf('abc', DOWN, 1), ...allOf('xyz', PASSED, 2)], 'opened'],
    [
      'is not over for another fault',
      [...allOf('abc', DOWN, 1), ...allOf('abc', out('script-exception'), 2)],
      'opened',
    ],
  ];
  for (const [what, beats, expected] of rows) it(what, () => assert.equal(names(play(beats)), expected));

  it('of a starved host is told only when it lasts half a minute', () => {
    assert.equal(names(play(allOf('abcdef', STARVED, 1), 'host-overloaded')), '');
    assert.equal(names(play([...allOf('abc', STARVED, 1), ['a', STARVED, 31]], 'host-overloaded')), 'opened');
    assert.equal(
      names(play([...allOf('abc', STARVED, 1), ...allOf('abc', PASSED, 10), ['a', STARVED, 31]], 'host-overloaded')),
      '',
    );
  });
  it('that comes and goes is told as flapping and then stays', () => {
    const beats = Array.from({ length: 30 }, (_, minute): readonly Beat[] =>
      allOf('abc', minute % 2 === 0 ? DOWN : PASSED, minute * 60),
    ).flat();
    const { changes } = play(beats);
    assert.equal(changes.length, 7);
    assert.equal(changes.at(-1)?.incident.flapping, true);
  });
  it('begins with the first run that had it, and names those affected', () => {
    const { changes, state } = play(allOf('abc', DOWN, 7));
    assert.deepEqual([changes[0]?.incident.since, changes[0]?.incident.check], [7_000, 'vigie.network-down']);
    assert.deepEqual(
      affectedBy(state).map(({ check }) => check),
      ['a', 'b', 'c'],
    );
  });
  it('is written only when something changes, so that an outage of many checks costs little', () => {
    const round = (atS: number): readonly Beat[] =>
      Array.from({ length: 1_000 }, (_, index) => [`c${index}`, DOWN, atS]);
    const { writes, state } = play([...round(1), ...round(11), ...round(21), ...round(31), ...round(41)]);
    assert.equal(affectedBy(state).length, 200);
    assert.ok(writes <= 600, `${writes} writes`);
  });
  it('ends with the last of its checks that leaves the configuration', () => {
    const { state } = play(allOf('abc', DOWN, 1));
    const first = dropFromCause(state, checkId('a'), 9);
    assert.equal(first.change, undefined);
    const last = ['b', 'c'].reduce((step, id) => dropFromCause(step.state, checkId(id), 9), first);
    assert.equal(last.change?.incident.closed?.how, 'removed');
    assert.equal(dropFromCause(state, checkId('z'), 9).state, state);
  });
});

describe('which cause a run speaks of', () => {
  const rows: readonly (readonly [string, Verdict, string | undefined])[] = [
    ['no network', DOWN, 'network-down'],
    ['no descriptors', out('host-descriptors'), 'host-descriptors'],
    ['no k6', out('tool-missing', { tool: 'k6' }), 'tool-missing.k6'],
    ['a missing tool without a name', out('tool-missing'), undefined],
    ['a crashed tool', out('tool-crashed'), undefined],
    ['a script that threw', out('script-exception'), undefined],
    ['a doubtful failure', STARVED, 'host-overloaded'],
    ['a failure', FAILED, undefined],
    ['a pass', PASSED, undefined],
  ];
  for (const [what, verdict, cause] of rows)
    it(`${what}: ${cause ?? 'none'}`, () => assert.equal(sharedFaultOf(verdict)?.cause, cause));
});

it('opens and closes in turn whatever happens', () => {
  const beat = fc.tuple(
    fc.constantFrom('a', 'b', 'c', 'd'),
    fc.constantFrom(DOWN, PASSED, FAILED, out('script-hung')),
    fc.integer({ min: 1, max: 300 }),
  );
  fc.assert(
    fc.property(fc.array(beat, { maxLength: 200 }), (beats) => {
      const at = (index: number): number => beats.slice(0, index + 1).reduce((sum, [, , afterS]) => sum + afterS, 0);
      const { changes, state } = play(beats.map(([check, verdict], index): Beat => [check, verdict, at(index)]));
      changes.forEach(({ change, incident }, index) => {
        assert.equal(change, index % 2 === 0 ? 'opened' : 'recovered');
        if (change === 'recovered') assert.equal(incident.id, changes[index - 1]?.incident.id);
      });
      assert.equal(state.open !== undefined, changes.length % 2 === 1);
    }),
    { seed: 20261126 },
  );
});
