import { networkInterfaces } from 'node:os';
import type { Check } from '../../core/check.ts';
import type { Clock } from '../../core/clock.ts';
import type { Endpoint, Kind } from '../../core/kind.ts';
import type { Log } from '../../core/log.ts';
import type { Shortage, Witness, Witnesses } from '../../core/observation.ts';
import { showsOutage, worstWitnesses } from '../../core/own-network.ts';
import type { Plan } from '../../core/plan.ts';
import { decisive, type Run } from '../../core/run.ts';
import { isLoopback, unrelatedTo } from '../../core/unrelated.ts';

/** What can be said of our own network, and who of the other runs may say it. */
export type WitnessStand = {
  /** Asks, or takes what was asked moments ago. Nothing for a target whose way is not the network's, such as loopback. */
  ask(endpoint: Endpoint | undefined, attemptBegan: number): Promise<Witnesses | undefined>;
  /** Says how a run ended that began at a monotonic instant. */
  note(run: Run, endpoint: Endpoint | undefined, began: number): void;
  /** What another run found this machine to be out of since a monotonic instant. */
  shortageSince(monotonic: number): Shortage | undefined;
};

type Asked = Endpoint & { readonly isSecure?: boolean };
export type StandParts = {
  readonly plan: () => Plan;
  readonly kinds: readonly Kind[];
  readonly clock: Clock;
  readonly log: Log;
  /** Nothing for one that may not be reached: it is no witness. */
  readonly askEndpoint: (endpoint: Asked) => Promise<Witness | undefined>;
  readonly hasNetwork?: () => boolean;
};

/** Runs that fail together share one round: an answer is good for this long. */
const FRESH_MS = 3_000;
const MOST_OTHERS = 3;
const SHORTAGE_MS = 5_000;
/**
 * Another target is a witness when it was reached not much longer ago than any: one that has been dead for days says nothing of our
 * network today. Counted from the latest answer of all, so that an outage of hours does not use its witnesses up.
 */
const LATELY_MS = 600_000;

type Answer = { readonly at: number; readonly witness: Promise<Witness | undefined> };

export function openWitnessStand(parts: StandParts): WitnessStand {
  const { plan, clock, askEndpoint, hasNetwork = isOnline } = parts;
  const answers = new Map<string, Answer>();
  const candidates = listCandidates(parts.kinds);
  const warned = new Set<string>();
  const reached = new WeakMap<Endpoint, number>();
  const known = {
    reachedAt: Number.NEGATIVE_INFINITY,
    outage: undefined as { readonly at: number; readonly witnesses: Witnesses } | undefined,
    shortage: undefined as { readonly at: number; readonly what: Shortage } | undefined,
  };

  function askOne(endpoint: Asked): Answer {
    const key = `${endpoint.host} ${endpoint.port} ${endpoint.isSecure ?? false}`;
    const before = answers.get(key);
    if (before !== undefined && clock.monotonic() - before.at < FRESH_MS) return before;
    const answer = { at: clock.monotonic(), witness: askEndpoint(endpoint) };
    answers.set(key, answer);
    return answer;
  }

  async function hear(
    endpoints: readonly Asked[],
  ): Promise<{ readonly all: readonly Witness[]; readonly since: number }> {
    const asked = endpoints.map(askOne);
    const since = asked.reduce((least, { at }) => Math.min(least, at), clock.monotonic());
    const heard = await Promise.all(asked.map(({ witness }) => witness));
    return { all: heard.filter((one) => one !== undefined), since };
  }

  async function round(endpoint: Endpoint): Promise<Witnesses> {
    const { controls } = plan().settings;
    const isControlled = controls.length > 0;
    const others = (): readonly Asked[] =>
      unrelatedTo(endpoint.host, candidates(plan()).filter(wasReachedLately), MOST_OTHERS);
    const { all, since } = await hear(isControlled ? controls : others());
    if (isControlled) warnOfUnknown(all);
    return {
      hasNetwork: hasNetwork(),
      controls: isControlled ? all : [],
      others: isControlled ? [] : all,
      answeredMeanwhile: known.reachedAt >= since,
      ownResolver: endpoint.ownResolver ?? false,
    };
  }

  function wasReachedLately(endpoint: Endpoint): boolean {
    const at = reached.get(endpoint);
    return at !== undefined && at >= known.reachedAt - LATELY_MS;
  }

  /** A control with a typing mistake would blame our network for every outage; who reads the log can tell. */
  function warnOfUnknown(controls: readonly Witness[]): void {
    for (const { endpoint, reached: isReached } of controls) {
      if (isReached || warned.has(endpoint)) continue;
      warned.add(endpoint);
      parts.log.warn({ control: endpoint }, 'a control could not be reached; said once for each control');
    }
  }

  return {
    async ask(endpoint, attemptBegan) {
      if (endpoint === undefined || isLoopback(endpoint.host)) return undefined;
      const { outage } = known;
      const witnesses = await round(endpoint);
      if (showsOutage(witnesses)) known.outage = { at: clock.monotonic(), witnesses };
      // The network may be back by the time at which an attempt ends that it broke.
      const earlier = outage !== undefined && outage.at >= attemptBegan ? [outage.witnesses] : [];
      return worstWitnesses([...earlier, witnesses]);
    },
    note(run, endpoint, began) {
      const { verdict } = run;
      if (verdict.status === 'passed' || verdict.status === 'degraded') {
        const host = decisive(run)?.facts.remoteAddress ?? endpoint?.host;
        if (host === undefined || isLoopback(host)) return;
        known.reachedAt = Math.max(known.reachedAt, began);
        if (endpoint !== undefined) reached.set(endpoint, began);
      } else if (verdict.status === 'inconclusive' && isShortage(verdict.fault.code))
        known.shortage = { at: clock.monotonic(), what: verdict.fault.code };
    },
    shortageSince(monotonic) {
      const { shortage } = known;
      return shortage !== undefined && shortage.at >= monotonic - SHORTAGE_MS ? shortage.what : undefined;
    },
  };
}

/** Nothing is known of a network: for commands and tests that ask nobody. */
export const NO_WITNESSES: WitnessStand = {
  ask: async () => undefined,
  note: () => {},
  shortageSince: () => undefined,
};

const remembered = new WeakMap<Check, { readonly endpoint: Endpoint | undefined }>();

/** Where a check connects to, when that is a plain connection of its own. Found once for each check: every run asks. */
export function endpointOf(check: Check, kind: Kind): Endpoint | undefined {
  const known = remembered.get(check);
  if (known !== undefined) return known.endpoint;
  const endpoint = findEndpoint(check, kind);
  remembered.set(check, { endpoint });
  return endpoint;
}

function findEndpoint(check: Check, kind: Kind): Endpoint | undefined {
  if (kind.endpoint !== undefined) return kind.endpoint(check.options, check.target);
  const { hostname, port, protocol } = new URL(check.target.baseUrl);
  const host = hostname.replace(/^\[|\]$/g, '');
  return { host, port: Number(port === '' ? (protocol === 'https:' ? 443 : 80) : port) };
}

/** Endpoints of all checks that can be asked, found once for each plan. */
function listCandidates(kinds: readonly Kind[]): (plan: Plan) => readonly Endpoint[] {
  const found = new WeakMap<Plan, readonly Endpoint[]>();
  const list = ({ checks }: Plan): readonly Endpoint[] =>
    checks.flatMap((check) => {
      const kind = kinds.find((one) => one.kind === check.kind);
      const endpoint = kind === undefined ? undefined : endpointOf(check, kind);
      if (endpoint === undefined || endpoint.isNoWitness || endpoint.ownResolver) return [];
      return isLoopback(endpoint.host) ? [] : [endpoint];
    });
  return (plan) => {
    const endpoints = found.get(plan) ?? list(plan);
    found.set(plan, endpoints);
    return endpoints;
  };
}

function isShortage(code: string): code is Shortage {
  return code === 'host-descriptors' || code === 'host-processes' || code === 'host-memory';
}

function isOnline(): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ internal }) => !internal));
}
