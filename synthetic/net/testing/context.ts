import type { z } from 'zod';
import type { Target } from '../../../core/check.ts';
import type { Clock } from '../../../core/clock.ts';
import { VigieError } from '../../../core/errors.ts';
import type { Fault } from '../../../core/fault.ts';
import { checkId, runId } from '../../../core/identifiers.ts';
import { type Judgement, judge } from '../../../core/judge.ts';
import type { Kind, KindServices, RunContext } from '../../../core/kind.ts';
import { SILENT_LOG } from '../../../core/log.ts';
import type { Observation } from '../../../core/observation.ts';
import type { Secrets } from '../../../core/secret.ts';

/** The real clock, for tests that talk to real sockets. */
export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(delayMs, wake) {
    const timer = setTimeout(wake, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Secrets by name, scrubbed as text only. */
export function secretsOf(values: Readonly<Record<string, string>> = {}): Secrets {
  const known = new Map(Object.entries(values));
  return {
    resolve(ref) {
      const value = known.get(ref.secret);
      if (value === undefined) throw new VigieError('secret-missing', `The secret '${ref.secret}' is not set`);
      return value;
    },
    scrub: (text) => [...known].reduce((all, [name, value]) => all.replaceAll(value, `[secret ${name}]`), text),
    scrubBytes: (bytes) => bytes,
    known: () => known,
  };
}

export type ContextInput = {
  readonly target?: Partial<Target>;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly secrets?: Secrets;
  readonly clock?: Clock;
  readonly baseFolder?: string;
  readonly heartbeats?: RunContext['heartbeats'];
};

/** What the engine would hand to a runner. Without a `signal` the deadline is a real one. */
export function contextOf(input: ContextInput = {}): RunContext {
  const timeoutMs = input.timeoutMs ?? 20_000;
  return {
    check: { id: checkId('check'), name: 'check', timeoutMs },
    run: runId(Date.UTC(2026, 0, 1), 'abcdef0123'),
    target: {
      name: 'test',
      baseUrl: 'http://127.0.0.1:1',
      environment: 'test',
      origins: {},
      production: false,
      ...input.target,
    },
    attempt: { number: 1, purpose: 'first' },
    recording: 'standard',
    signal: input.signal ?? AbortSignal.timeout(timeoutMs),
    clock: input.clock ?? realClock,
    secrets: input.secrets ?? secretsOf(),
    tools: NO_TOOLS,
    artefactFolder: () => Promise.reject(new Error('a light probe leaves no artefacts')),
    baseFolder: input.baseFolder ?? '/nonexistent',
    heartbeats: input.heartbeats ?? NO_HEARTBEATS,
    armed: false,
    progress: () => {},
    log: SILENT_LOG,
  };
}

const NO_TOOLS: RunContext['tools'] = { find: async () => ({ found: false, looked: [], mend: 'not in tests' }) };
const NO_HEARTBEATS: RunContext['heartbeats'] = {
  lastPingAt: () => undefined,
  watchedSince: () => 0,
  listenerWasDown: () => false,
};

export function servicesOf(clock: Clock = realClock): KindServices {
  return {
    clock,
    log: SILENT_LOG,
    tools: NO_TOOLS,
    secrets: secretsOf(),
    baseFolder: '/nonexistent',
    stateFolder: '/nonexistent',
  };
}

/** A deadline that a test lets pass when the moment has come, instead of waiting for one. */
export function deadline(): { readonly signal: AbortSignal; readonly pass: () => void } {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    pass: () => controller.abort(new DOMException('the deadline has passed', 'TimeoutError')),
  };
}

export type Outcome = { readonly observation: Observation; readonly judgement: Judgement };

/** Runs a kind as the engine does: options through the schema, one attempt, the kind's own evidence rules, the judge. */
export async function runKind<S extends z.ZodType, R>(
  kind: Kind<S, R>,
  input: z.input<S>,
  context: ContextInput = {},
): Promise<Outcome> {
  const options = kind.schema.parse(input);
  const resource = await kind.open(servicesOf(context.clock));
  try {
    const observation = await kind.run(options, contextOf(context), resource);
    return { observation, judgement: judge(observation, { budgets: [], evidence: kind.evidence(options) }) };
  } finally {
    await kind.close(resource);
  }
}

/** The verdict in one line, e.g. `passed`, `failed: expected status is 2xx, got 503`, `inconclusive: resolver-down network …`. */
export function verdictLine({ judgement: { verdict } }: Outcome): string {
  switch (verdict.status) {
    case 'passed':
      return 'passed';
    case 'failed':
    case 'degraded':
      return `${verdict.status}: ${verdict.breaches
        .map((breach) =>
          breach.kind === 'assertion' ? `expected ${breach.expected}, got ${breach.actual}` : breach.budget,
        )
        .join(' | ')}`;
    case 'inconclusive':
      return `inconclusive: ${describeFault(verdict.fault)}`;
    case 'skipped':
      return `skipped: ${verdict.reason}`;
  }
}

function describeFault({ code, blame, message }: Fault): string {
  return `${code} (${blame}) ${message}`;
}

export function measureOf({ observation }: Outcome, name: string): number | undefined {
  return observation.measures.find((measure) => measure.name === name)?.value;
}
