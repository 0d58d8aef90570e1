import { type Fault, type FaultCode, fault } from './fault.ts';
import type { Ground, Provenance, Witnesses } from './observation.ts';
import { clockSet, type Endured, lostMs, shortage, shortOfMemory, starved } from './own-host.ts';
import { deadNetwork, deadResolver, resolverIs } from './own-network.ts';
import type { Attempt, Breach, Run, Verdict } from './run.ts';

/** All that blame is decided from besides the verdict. Each run keeps it, so a stored run gives the same blame again. */
export type Circumstances = Endured & { readonly producedBy: Pick<Provenance, 'witnesses'> };

/** What else than the target can explain a breach. */
type Explanation = {
  readonly code: FaultCode;
  /** The grounds that it explains; an `answer` is never explained away. */
  readonly grounds: readonly Ground[];
  /** `elsewhere`: it was not the target. `doubtful`: it may not have been; the failure stands and is marked. */
  readonly means: 'elsewhere' | 'doubtful';
  /** The evidence for it in one sentence; undefined when there is none. */
  readonly seen: (under: Circumstances) => string | undefined;
};

/** Who is to blame when a run failed: the first row with evidence that explains the breach; without one it is the target. */
export const EXPLANATIONS: readonly Explanation[] = [
  { code: 'resolver-down', grounds: ['name'], means: 'elsewhere', seen: withWitnesses(deadResolver) },
  { code: 'network-down', grounds: ['reach', 'wait', 'name'], means: 'elsewhere', seen: withWitnesses(deadNetwork) },
  { code: 'host-memory', grounds: ['time', 'wait'], means: 'doubtful', seen: shortOfMemory },
  {
    code: 'host-descriptors',
    grounds: ['time', 'wait', 'reach'],
    means: 'doubtful',
    seen: shortage('host-descriptors'),
  },
  { code: 'host-processes', grounds: ['time', 'wait', 'reach'], means: 'doubtful', seen: shortage('host-processes') },
  { code: 'host-overloaded', grounds: ['time', 'wait'], means: 'doubtful', seen: starved },
  { code: 'host-clock', grounds: ['date'], means: 'doubtful', seen: clockSet },
];

function withWitnesses(seen: (witnesses: Witnesses | undefined) => string | undefined): Explanation['seen'] {
  return ({ producedBy }) => seen(producedBy.witnesses);
}

/**
 * Decides by evidence whether a verdict about the target stands. Pure, and the last word after `core/judge`: a failure is the target's
 * as soon as one breach of it is. Otherwise it is `inconclusive` where our own network explains it, and marked with a `doubt` where
 * this machine may.
 */
export function decideBlame(verdict: Verdict, under: Circumstances): Verdict {
  switch (verdict.status) {
    case 'failed':
    case 'degraded':
      return decideBreaches(verdict, under);
    case 'inconclusive':
      return decideFault(verdict, under);
    case 'passed':
    case 'skipped':
      return verdict;
  }
}

/** Whether something about our own network could change who is to blame, so that witnesses are worth asking. */
export function wantsWitnesses(verdict: Verdict): boolean {
  if (verdict.status === 'inconclusive') return verdict.fault.code === 'resolver-down';
  if (verdict.status !== 'failed') return false;
  const grounds = culpritsOf(verdict).map(groundOf);
  return !grounds.includes('answer') && grounds.some((ground) => ASKED_ABOUT.includes(ground));
}
const ASKED_ABOUT: readonly Ground[] = ['reach', 'wait', 'name'];

/** The verdict and the circumstances of a stored run, judged again: equal to what was recorded. */
export function circumstancesOf({
  taints,
  producedBy,
  attempts,
}: Pick<Run, 'taints' | 'producedBy'> & {
  readonly attempts: readonly Pick<Attempt, 'durationMs'>[];
}): Circumstances {
  return { taints, producedBy, durationMs: attempts.at(-1)?.durationMs ?? 0 };
}

type Broken = Extract<Verdict, { status: 'failed' | 'degraded' }>;

function decideBreaches(verdict: Broken, under: Circumstances): Verdict {
  const excuses = culpritsOf(verdict).map((breach) => explain(breach, under));
  const all = excuses.filter((excuse) => excuse !== undefined);
  const [first] = all;
  if (first === undefined || all.length < excuses.length) return verdict;
  const elsewhere = all.find(({ means }) => means === 'elsewhere');
  if (elsewhere === undefined || verdict.status === 'degraded') return { ...verdict, doubt: first.fault };
  return { status: 'inconclusive', fault: elsewhere.fault, seen: verdict.breaches };
}

/** A failure stands on its failing breaches; what was only warned of besides needs no explanation. */
function culpritsOf({ status, breaches }: Broken): readonly Breach[] {
  return status === 'degraded' ? breaches : breaches.filter(({ level }) => level !== 'warn');
}

type Excuse = { readonly fault: Fault; readonly means: Explanation['means'] };

function explain(breach: Breach, under: Circumstances): Excuse | undefined {
  const ground = groundOf(breach);
  for (const { code, grounds, means, seen } of EXPLANATIONS) {
    const evidence = grounds.includes(ground) ? seen(under) : undefined;
    if (evidence !== undefined && isEnough(breach, code, under)) return { fault: fault(code, evidence), means };
  }
  return undefined;
}

/** What a breach rests on. Of budgets: slow durations, low scores and rates are time; what has too little time left is a matter of dates. */
export function groundOf(breach: Breach): Ground {
  if (breach.kind === 'assertion') return breach.ground ?? 'answer';
  const { unit, comparison } = breach.limit;
  const isUpper = comparison === '<=' || comparison === '<';
  switch (unit) {
    case 'ms':
      return isUpper ? 'time' : 'date';
    case 'score':
    case 'per_second':
      return isUpper ? 'answer' : 'time';
    case 'ratio':
    case 'count':
    case 'bytes':
      return 'answer';
  }
}

/**
 * Where it is known how much time this machine cost, the rest must explain nothing: a lag of 80 ms does not excuse two seconds, and who
 * waited in vain for more than half of the time with the machine at his disposal has waited for the target.
 */
function isEnough(breach: Breach, code: FaultCode, under: Circumstances): boolean {
  if (code !== 'host-overloaded') return true;
  if (groundOf(breach) === 'wait') return lostMs(under) * 2 >= under.durationMs;
  if (breach.kind !== 'budget' || breach.limit.unit !== 'ms') return true;
  return breach.value.value - lostMs(under) <= breach.limit.value;
}

type Inconclusive = Extract<Verdict, { status: 'inconclusive' }>;

/** Faults that evidence moves: what a runner took for one may be the target's, or another one. */
function decideFault(verdict: Inconclusive, under: Circumstances): Verdict {
  const { code, message } = verdict.fault;
  const { witnesses, strain } = under.producedBy;
  if (code === 'resolver-down' && witnesses !== undefined && !witnesses.ownResolver)
    return decideResolver(verdict, under);
  const isKilled = KILLED.has(code) && (strain?.oomKills ?? 0) > 0;
  if (isKilled) return { ...verdict, fault: fault('host-memory', `${message}; ${shortOfMemory(under) ?? ''}`) };
  return verdict;
}
const KILLED: ReadonlySet<FaultCode> = new Set(['tool-crashed', 'browser-crashed', 'browser-launch']);

/** The resolver was silent about this name. It answers for others: the name is the target's. It cannot be reached at all: the network. */
function decideResolver(verdict: Inconclusive, under: Circumstances): Verdict {
  const { message } = verdict.fault;
  const { witnesses } = under.producedBy;
  // A starved host does not hear an answer in time either: then the silence proves nothing against the name.
  const isHeard = starved(under) === undefined && shortOfMemory(under) === undefined;
  if (witnesses !== undefined && isHeard && resolverIs(witnesses) === 'up') {
    const breach = { kind: 'assertion', expected: 'the name is resolved', actual: message, ground: 'name' } as const;
    return { status: 'failed', breaches: [breach, ...verdict.seen] };
  }
  const hasLiteral = witnesses?.controls.some(({ name }) => name !== 'unresolved') ?? false;
  const down = hasLiteral || witnesses?.hasNetwork === false ? deadNetwork(witnesses) : undefined;
  return down === undefined ? verdict : { ...verdict, fault: fault('network-down', `${down}; ${message}`) };
}
