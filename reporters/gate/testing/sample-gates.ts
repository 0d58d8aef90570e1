import type { Calibration, GateCheck, GateResult, GateRun } from '../../../core/gate/result.ts';
import { checkId } from '../../../core/identifiers.ts';
import { absoluteRow, FINE_ROWS, REGRESSED_ROW, RUN_MS, runOf, START, spread, UNDECIDED_ROW } from './sample-rows.ts';

export function sampleCheck(id: string, changes: Partial<GateCheck> = {}): GateCheck {
  return {
    check: checkId(id),
    kind: 'journey',
    name: `The check ${id}`,
    stage: 'journeys',
    status: 'measured',
    reasons: [],
    runs: Array.from({ length: 6 }, (_, index) => sampleRun(id, index)),
    ...changes,
  };
}

function sampleRun(check: string, index: number): GateRun {
  const side = index % 2 === 0 ? 'base' : 'candidate';
  const startedAt = START + index * RUN_MS;
  return {
    id: runOf(index),
    side,
    pair: Math.floor(index / 2),
    status: 'passed',
    taints: index === 3 ? ['cpu-steal'] : [],
    startedAt,
    durationMs: RUN_MS - 100,
    artefacts: side === 'candidate' ? [{ kind: 'trace', file: `evidence/${check}/${index}/trace.zip` }] : [],
  };
}

const CALIBRATION: Calibration = {
  gates: 300,
  falseAlarms: 1,
  falseAlarmAtMost: 0.0157,
  noise: 0.021,
  pairs: 12,
  at: START - 86_400_000,
  fingerprint: 'linux-x64-2',
};

const CHECKS: readonly GateCheck[] = [
  sampleCheck('api-search', { kind: 'http', stage: 'probes' }),
  sampleCheck('checkout'),
  sampleCheck('home-audit', { kind: 'audit', stage: 'audits' }),
  sampleCheck('load-search', { kind: 'load', stage: 'load' }),
];

export function sampleGate(changes: Partial<GateResult> = {}): GateResult {
  return {
    status: 'passed',
    reason: 'All 5 measures are shown to be no worse than their limits.',
    baseline: 'live',
    urls: { candidate: 'https://next.shop.example', base: 'https://shop.example' },
    startedAt: START,
    durationMs: 412_000,
    maxDurationMs: 1_200_000,
    rows: FINE_ROWS,
    checks: CHECKS,
    rates: { falseAlarm: 0.01, miss: 0.05 },
    runner: {
      host: { platform: 'linux', arch: 'x64', cpuModel: 'EPYC 9B14', cores: 2, memoryBytes: 8_323_000_000 },
      tools: { chromium: '156.0.8078.79', k6: '2.2.0', node: '24.21.0' },
      fitness: [
        { when: 'before', score: 1_210 },
        { when: 'during', score: 1_190 },
        { when: 'after', score: 1_204 },
      ],
      taintedShare: 0.04,
    },
    notes: [],
    ...changes,
  };
}

/** One gate of every sort. */
export const GATES = {
  passed: sampleGate({ rates: { falseAlarm: 0.01, miss: 0.05, calibrated: CALIBRATION } }),
  regressed: sampleGate({
    status: 'failed',
    reason: '1 of 7 measures regressed: lcp p75 {page=/parts} of checkout by 13.9 %.',
    rows: [REGRESSED_ROW, UNDECIDED_ROW, ...FINE_ROWS],
    notes: ['cls {page=/new} was seen on the candidate only and is not compared.'],
  }),
  undecided: sampleGate({
    status: 'undecided',
    reason: '1 of 6 measures could not be told apart in 20 min: inp p75 {page=/cart} of checkout.',
    durationMs: 1_200_000,
    rows: [UNDECIDED_ROW, ...FINE_ROWS],
  }),
  /** The machine was in no state to measure. */
  unfit: sampleGate({
    status: 'inconclusive',
    reason: 'This machine was in no state to measure: half of its CPU time was stolen.',
    blame: 'host',
    rows: [],
    checks: CHECKS.map((check) => ({
      ...check,
      status: 'not-measured',
      reasons: ['The host was overloaded in 5 of 6 runs.'],
      blame: 'host',
    })),
    runner: {
      ...sampleGate().runner,
      taintedShare: 0.83,
      unfit: 'the CPU score fell from 1210 to 480 while it measured',
    },
  }),
  interrupted: sampleGate({
    status: 'interrupted',
    reason: 'Stopped by SIGINT after 40 s.',
    blame: 'operator',
    durationMs: 40_000,
    rows: FINE_ROWS.slice(0, 1),
    checks: [
      ...CHECKS.slice(0, 1),
      ...CHECKS.slice(1).map(
        (check): GateCheck => ({
          ...check,
          status: 'not-run',
          reasons: ['Its turn did not come.'],
          runs: [],
        }),
      ),
    ],
  }),
  /** The candidate does not do what a check asserts, and a fixed limit is broken. */
  broken: sampleGate({
    status: 'failed',
    reason: 'checkout is broken on the candidate.',
    rows: [
      absoluteRow('total p95', {
        candidate: spread(420, 0.1, 5),
        verdict: 'broken',
        explanations: ['The server answered later: ttfb 380 ms, was 90 ms.'],
      }),
      absoluteRow('size', {
        unit: 'bytes',
        base: spread(90_000, 0),
        candidate: spread(140_000, 0),
        limit: { comparison: '<', value: 120_000, unit: 'bytes' },
        level: 'warn',
        verdict: 'broken',
      }),
    ],
    checks: [
      ...CHECKS.slice(0, 1),
      sampleCheck('checkout', {
        runs: sampleCheck('checkout').runs.map((run) => ({
          ...run,
          status: run.side === 'base' ? 'passed' : 'failed',
        })),
        status: 'broken',
        reasons: ["expected button 'Pay' to be visible, was hidden."],
      }),
      sampleCheck('home-audit', {
        kind: 'audit',
        stage: 'audits',
        status: 'base-broken',
        reasons: ['The baseline answers 500.'],
      }),
      sampleCheck('load-search', {
        kind: 'load',
        stage: 'load',
        status: 'not-measured',
        reasons: ['k6 is missing.'],
        blame: 'tool',
      }),
    ],
  }),
} as const satisfies Readonly<Record<string, GateResult>>;
