import type { Budget } from '../../core/budget.ts';
import { CHECK_KINDS, type Check, type CheckKind, type Lane } from '../../core/check.ts';
import { fault } from '../../core/fault.ts';
import { runId } from '../../core/identifiers.ts';
import { judge } from '../../core/judge.ts';
import { EMPTY_OBSERVATION, type Observation } from '../../core/observation.ts';
import type { Run } from '../../core/run.ts';
import { wholeCheck } from '../../core/testing/whole-check.ts';

/** A fixed instant, so that golden files never change by themselves. */
export const START = Date.UTC(2026, 0, 1);
const LANES: Partial<Record<CheckKind, Lane>> = {
  journey: 'browser',
  spec: 'exclusive',
  audit: 'exclusive',
  load: 'exclusive',
};

export function sampleCheck(id: string, kind: CheckKind = 'http', changes: Partial<Check> = {}): Check {
  return wholeCheck({
    id,
    kind,
    name: `The check ${id}`,
    target: {
      name: 'shop',
      baseUrl: 'https://shop.example',
      environment: 'test',
      origins: { api: 'https://api.shop.example:8443/v1/' },
      production: false,
    },
    schedule: { type: 'interval', everyMs: 10_000, offsetMs: 0 },
    timeoutMs: 5_000,
    lane: LANES[kind] ?? 'light',
    severity: 'P2',
    hash: `hash-of-${id}`,
    ...changes,
  });
}

/** The run of a slot, judged as the engine judges it. `second` counts seconds after START. */
export function sampleRun(check: Check, observed: Partial<Observation>, second = 0, changes: Partial<Run> = {}): Run {
  const observation = { ...EMPTY_OBSERVATION, ...observed };
  const { verdict, budgets } = judge(observation, { budgets: check.budgets, evidence: [] });
  const startedAt = START + second * 1_000;
  return {
    id: runId(startedAt, '0000beef'),
    check: check.id,
    kind: check.kind,
    location: 'local',
    environment: check.target.environment,
    trigger: 'slot',
    slot: { check: check.id, location: 'local', dueAt: startedAt },
    verdict,
    attempts: [{ number: 1, purpose: 'first', startedAt, durationMs: 1_250, verdict, observation }],
    budgets,
    taints: [],
    producedBy: {
      vigie: '0.0.0',
      tools: { node: '24.0.0' },
      host: { platform: 'linux', arch: 'x64', cpuModel: 'a core', cores: 2, memoryBytes: 4e9 },
      latenessMs: 12,
    },
    startedAt,
    finishedAt: startedAt + 1_250,
    ...changes,
  };
}

export function sampleBudget(measure: string, limitMs: number): Budget {
  return {
    name: `${measure} median`,
    measure,
    aggregate: 'median',
    minSamples: 1,
    warn: { comparison: '<=', value: limitMs / 2, unit: 'ms' },
    fail: { comparison: '<=', value: limitMs, unit: 'ms' },
  };
}

const ms = (name: string, value: number, labels?: Readonly<Record<string, string>>) =>
  ({ name, value, unit: 'ms', ...(labels === undefined ? {} : { labels }) }) as const;

/** What a run of each kind typically measures. */
const OBSERVED: Readonly<Record<CheckKind, Partial<Observation>>> = {
  http: {
    measures: [
      ms('total', 180),
      ms('phase.resolve', 5),
      ms('phase.connect', 10),
      ms('phase.tls', 20),
      ms('phase.first_byte', 100),
      ms('phase.transfer', 45),
      { name: 'redirects', value: 1, unit: 'count' },
      { name: 'status_code', value: 200, unit: 'count' },
      { name: 'body_bytes', value: 5_120, unit: 'bytes' },
      ms('certificate_time_left', 30 * 86_400_000),
    ],
    assertions: [{ ok: true, expected: 'status is 2xx', actual: '200' }],
  },
  tcp: { measures: [ms('total', 12)] },
  dns: { measures: [ms('total', 8), ms('query', 7, { server: '192.0.2.53' })] },
  tls: { measures: [ms('total', 60), ms('certificate_time_left', 86_400_000)] },
  heartbeat: { assertions: [{ ok: false, expected: 'a ping within 1 h', actual: 'the last came 2 h ago' }] },
  journey: {
    evidence: { pages: { seen: 1 } },
    steps: [
      { name: 'search', startMs: 0, durationMs: 400, status: 'passed' },
      { name: 'pay', startMs: 400, durationMs: 600, status: 'failed' },
    ],
    measures: [
      ms('lcp', 1_900, { page: '/parts' }),
      ms('fcp', 700, { page: '/parts' }),
      ms('ttfb', 90, { page: '/parts' }),
      ms('inp', 120, { page: '/parts', interaction: 'click button "Pay"' }),
      { name: 'custom.search.recall', value: 0.97, unit: 'ratio' },
    ],
    assertions: [{ ok: false, expected: 'the receipt is visible', actual: 'it is not', step: 'pay' }],
  },
  spec: { steps: [{ name: 'cart.spec.ts', startMs: 0, durationMs: 900, status: 'passed' }] },
  audit: {
    measures: [
      { name: 'score.performance', value: 0.92, unit: 'score', labels: { page: '/', form_factor: 'mobile' } },
      { name: 'audit.total-byte-weight', value: 250_000, unit: 'bytes', labels: { page: '/', form_factor: 'mobile' } },
      ms('lcp', 2_100, { page: '/', form_factor: 'mobile' }),
      { name: 'cls', value: 0.02, unit: 'score', labels: { page: '/', form_factor: 'mobile' } },
      { name: 'benchmark_index', value: 1_500, unit: 'count' },
    ],
  },
  load: {
    measures: [
      { name: 'iterations', value: 90, unit: 'count' },
      { name: 'iterations.rate', value: 6, unit: 'per_second' },
      { name: 'dropped_iterations', value: 10, unit: 'count' },
      { ...ms('http_req_duration.p95', 210), samples: 180 },
    ],
    assertions: [
      { ok: true, expected: 'k6 threshold http_req_duration p(95)<500', actual: 'it held' },
      { ok: false, expected: 'k6 threshold http_req_failed rate<0.01', actual: 'it was crossed' },
    ],
  },
};

const OPTIONS: Partial<Record<CheckKind, object>> = {
  http: { url: '/parts?q=secret#top', origin: 'api' },
  tcp: { host: 'db.shop.example', port: 5432 },
  dns: { query: 'shop.example' },
};

/** A check and a run of every kind, one each second. */
export function oneRunOfEachKind(): readonly { readonly check: Check; readonly run: Run }[] {
  return CHECK_KINDS.map((kind, second) => {
    const check = sampleCheck(`${kind}-check`, kind, {
      options: OPTIONS[kind] ?? {},
      budgets: kind === 'http' ? [sampleBudget('total', 300)] : [],
      ...(kind === 'http' ? { owner: 'team "shop"', runbook: 'https://wiki.example/shop' } : {}),
    });
    return { check, run: sampleRun(check, OBSERVED[kind], second) };
  });
}

/** A run of ours that could not measure. */
export function unmeasuredRun(check: Check, second: number): Run {
  return sampleRun(check, { fault: fault('network-down', 'no route') }, second);
}
