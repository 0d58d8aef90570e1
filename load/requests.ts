import { cut } from '../core/cut.ts';
import { type Fault, type FaultCode, fault } from '../core/fault.ts';
import type { Assertion, Evidence } from '../core/observation.ts';
import type { K6Log, RequestTrouble } from './log.ts';
import type { Metric, NamedCheck, Summary } from './parse.ts';
import type { K6Output } from './progress.ts';
import { mistypedOption } from './script-options.ts';

/** Metrics that prove that something was asked of the target, whatever the protocol. */
const REQUEST_METRICS = ['http_reqs', 'ws_sessions', 'grpc_req_duration', 'grpc_streams', 'browser_http_req_duration'];

/** Iterations that ran to their end, and those that could not be started. */
export function countIterations({ metrics }: Summary, { last }: K6Output): { completed: number; dropped: number } {
  const counted = find(metrics, 'iterations')?.values.count ?? 0;
  return {
    // The metric also counts an iteration that was broken off by test.abort(); the progress line does not.
    completed: Math.min(counted, last?.complete ?? counted),
    dropped: find(metrics, 'dropped_iterations')?.values.count ?? 0,
  };
}

type Counted = {
  /** Iterations. */
  readonly completed: number;
  /** Thresholds with samples behind them. */
  readonly thresholds: number;
  readonly withoutSamples: readonly string[];
};

/** What the evidence rules of the kind ask for. */
export function gatherEvidence(
  { metrics, checks }: Summary,
  log: K6Log,
  { completed, thresholds, withoutSamples }: Counted,
): Evidence {
  const requests = REQUEST_METRICS.reduce((sum, name) => sum + (find(metrics, name)?.values.count ?? 0), 0);
  const mistyped = mistypedOption(log.unknownOption);
  return {
    iterations: { seen: completed },
    requests: { seen: requests },
    judgements: { seen: judgedRequests(metrics).total + thresholds + executions(checks).total },
    script_exceptions: { seen: log.exceptions.count, ...detail(log.exceptions.first) },
    mistyped_options: { seen: mistyped === undefined ? 0 : 1, ...detail(mistyped) },
    thresholds_without_samples: { seen: withoutSamples.length, ...detail(withoutSamples.slice(0, 10).join(', ')) },
  };
}

/**
 * What holds for every load test, with or without thresholds: some answer was an expected one, some check held.
 * Without this a script that limits nothing would pass against a dead target.
 */
export function basicAssertions({ metrics, checks }: Summary, log: K6Log): readonly Assertion[] {
  const { expected, total } = judgedRequests(metrics);
  const asked = find(metrics, 'http_reqs')?.values.count ?? 0;
  // The script decides which answers it expects, and may expect none at all: that is no answer all the same.
  const answered = asked === 0 ? expected : Math.max(0, asked - log.failedRequests.count);
  const first = log.failedRequests.first === undefined ? '' : `; the first failure: ${log.failedRequests.first}`;
  // k6 logs only requests that got no answer at all.
  const ground = first === '' ? {} : ({ ground: 'wait' } as const);
  return [
    ...(total === 0
      ? []
      : [{ ...some('request is answered as expected', Math.min(expected, answered), total, first), ...ground }]),
    ...(total > 0 || asked === 0 ? [] : [{ ...some('request is answered', answered, asked, first), ...ground }]),
    ...checkAssertion(checks),
  ];
}

/** Requests that k6 held against the statuses that the script expects; none where `setResponseCallback(null)` turns that off. */
function judgedRequests(metrics: readonly Metric[]): { readonly expected: number; readonly total: number } {
  const failed = find(metrics, 'http_req_failed')?.values;
  const expected = failed?.fails ?? 0;
  return { expected, total: expected + (failed?.passes ?? 0) };
}

function executions(checks: readonly NamedCheck[]): { readonly passes: number; readonly total: number } {
  const passes = checks.reduce((sum, check) => sum + check.passes, 0);
  return { passes, total: checks.reduce((sum, check) => sum + check.fails, passes) };
}

function checkAssertion(checks: readonly NamedCheck[]): readonly Assertion[] {
  const { passes, total } = executions(checks);
  return total === 0 ? [] : [some('check of the script holds', passes, total, '')];
}

function some(what: string, good: number, total: number, more: string): Assertion {
  return {
    ok: good > 0,
    expected: `at least one ${what}`,
    actual: cut(`${good} of ${total}${good > 0 ? '' : more}`, 1_000),
  };
}

type Rule = { readonly code: FaultCode; readonly leastShare: number; readonly says: string };

/**
 * Failed requests whose cause lies with us and not with the target. One blocked request is enough: the script then did
 * something else than it was made for. Exhaustion spoils the failure rate once it is 1 % of the requests. A network or
 * resolver of ours that is down leaves no request answered.
 */
const RULES: Readonly<Record<RequestTrouble, Rule>> = {
  blocked: {
    code: 'not-allowed',
    leastShare: 0,
    says: 'the script asked for an address that is not on the allow-list',
  },
  exhausted: { code: 'host-descriptors', leastShare: 0.01, says: 'this machine ran out of file descriptors or ports' },
  unreachable: { code: 'network-down', leastShare: 1, says: 'this machine has no route to the target' },
  resolver: { code: 'resolver-down', leastShare: 1, says: 'the resolver did not answer' },
};

export function blockedFault(log: K6Log): Fault | undefined {
  return troubleFault('blocked', log, 0);
}

export function requestFault(log: K6Log, { metrics }: Summary): Fault | undefined {
  const requests = find(metrics, 'http_reqs')?.values.count ?? 0;
  const found = (['exhausted', 'unreachable', 'resolver'] as const).map((trouble) =>
    troubleFault(trouble, log, requests),
  );
  return found.find((candidate) => candidate !== undefined);
}

function troubleFault(trouble: RequestTrouble, log: K6Log, requests: number): Fault | undefined {
  const { count, first = '' } = log.troubles[trouble];
  const { code, leastShare, says } = RULES[trouble];
  if (count === 0 || count < requests * leastShare) return undefined;
  return fault(code, cut(`${says} (${count} requests), first: ${first}`, 1_000));
}

function find(metrics: readonly Metric[], name: string): Metric | undefined {
  return metrics.find((metric) => metric.name === name);
}

function detail(text: string | undefined): { detail?: string } {
  return text === undefined || text === '' ? {} : { detail: cut(text, 1_000) };
}
