import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fault } from '../fault.ts';
import { runId, trusted } from '../identifiers.ts';
import { type Assertion, EMPTY_OBSERVATION, type Observation } from '../observation.ts';
import type { Run } from '../run.ts';
import { measuredBy } from './measured-by.ts';

const broken: Assertion = { ok: false, expected: 'status is 200', actual: '503' };

describe('what a stored run measured', () => {
  it('is that of its first attempt', () => {
    const [first, second] = [{ ...EMPTY_OBSERVATION }, { ...EMPTY_OBSERVATION }];
    assert.equal(measuredBy(runOf(first, second)), first);
  });

  it('counts when it was only slow, or only warned of', () => {
    for (const how of [{ ground: 'time' }, { level: 'warn' }] as const)
      assert.notEqual(measuredBy(runOf({ ...EMPTY_OBSERVATION, assertions: [{ ...broken, ...how }] })), undefined);
  });

  it('is nothing when the target did something else, or nobody could measure', () => {
    assert.equal(measuredBy(runOf({ ...EMPTY_OBSERVATION, assertions: [broken] })), undefined);
    assert.equal(measuredBy(runOf({ ...EMPTY_OBSERVATION, fault: fault('internal', 'gone') })), undefined);
    assert.equal(measuredBy(runOf()), undefined);
  });
});

function runOf(...observations: readonly Observation[]): Run {
  const verdict = { status: 'passed' } as const;
  return {
    id: runId(0, '0000beef'),
    check: trusted.checkId('home'),
    kind: 'http',
    location: 'local',
    environment: 'test',
    trigger: 'slot',
    verdict,
    attempts: observations.map((observation, index) => ({
      number: index + 1,
      purpose: 'first',
      startedAt: 0,
      durationMs: 1,
      verdict,
      observation,
    })),
    budgets: [],
    taints: [],
    producedBy: {
      vigie: '0',
      tools: {},
      host: { platform: 'linux', arch: 'x64', cpuModel: 'a core', cores: 1, memoryBytes: 1 },
    },
    startedAt: 0,
    finishedAt: 1,
  };
}
