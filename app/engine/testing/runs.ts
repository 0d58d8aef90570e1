import type { Check } from '../../../core/check.ts';
import { runId } from '../../../core/identifiers.ts';
import type { Plan } from '../../../core/plan.ts';
import type { Run, Verdict } from '../../../core/run.ts';
import { makeCheck } from './kinds.ts';

export const START = Date.UTC(2026, 0, 1);
export const PASSED: Verdict = { status: 'passed' };
export const FAILED: Verdict = {
  status: 'failed',
  breaches: [{ kind: 'assertion', expected: 'status is 200', actual: '503' }],
};
export const UNMEASURED: Verdict = {
  status: 'inconclusive',
  fault: { code: 'tool-missing', blame: 'tool', message: 'there is no k6' },
  seen: [],
};

/** The run of slot number `slot`, a minute apart. */
export function makeRun(slot: number, verdict: Verdict, check: Check = makeCheck()): Run {
  const dueAt = START + slot * 60_000;
  return {
    id: runId(dueAt, slot.toString(16).padStart(8, '0')),
    check: check.id,
    kind: check.kind,
    location: 'local',
    environment: 'test',
    trigger: 'slot',
    slot: { check: check.id, location: 'local', dueAt },
    verdict,
    attempts: [],
    budgets: [],
    taints: [],
    producedBy: {
      vigie: '0',
      tools: {},
      host: { platform: 't', arch: 't', cpuModel: 't', cores: 1, memoryBytes: 1 },
    },
    startedAt: dueAt,
    finishedAt: dueAt + 500,
  };
}

/** A plan of these checks in this folder, with a channel for the target's failures and one for our own faults. */
export function makePlan(checks: readonly Check[] = [makeCheck()], folder = '/nowhere'): Plan {
  const webhook = (id: string) =>
    ({ type: 'webhook', id, url: 'http://127.0.0.1:1/', headers: {}, timeoutMs: 1_000 }) as const;
  return {
    checks,
    channels: [webhook('ops'), webhook('self')],
    settings: {
      dataFolder: folder,
      logFolder: folder,
      location: 'local',
      lanes: { light: 10, browser: 1 },
      web: { host: '127.0.0.1', port: 0, requireToken: false },
      metrics: {},
      apiTokens: [],
      retention: { passedRunsMs: 1e9, failedRunsMs: 1e9, artefactsMs: 1e9, rollupsMs: 1e9 },
      faultChannels: ['self'],
      controls: [],
      loadAllow: [],
      addresses: { allow: [], deny: [] },
      gate: {
        by: 0.1,
        maxDurationMs: 600_000,
        sliceMs: 10_000,
        undecided: 'inconclusive',
        folder: '/nowhere/vigie-gate',
      },
      shutdownGraceMs: 1_000,
    },
    file: `${folder}/vigie.config.ts`,
    folder,
    hash: 'plan',
  };
}

/** Incident ids in the order in which they are made. */
export function countingEntropy(): () => string {
  let made = 0;
  return () => {
    made += 1;
    return made.toString(16).padStart(8, '0');
  };
}
