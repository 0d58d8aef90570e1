import type { Instant } from './clock.ts';
import type { RunId } from './identifiers.ts';
import { describeBreach } from './judge.ts';
import type { Ground } from './observation.ts';
import type { Breach, Verdict } from './run.ts';

/** Why an incident is open, from an instant on. */
export type IncidentCause = {
  readonly at: Instant;
  /** One sentence, e.g. `expected status is 200, got 503`. */
  readonly text: string;
  /** Equal for runs that fail for the same reason. */
  readonly key: string;
  /** How bad it is; see `RANK`. */
  readonly rank: number;
  /** The run that showed it. */
  readonly run?: RunId;
};

/** From a warning over a target that is slow, one that answers wrongly, to one that cannot be reached. A higher one is worse. */
const RANK = { warning: 1, slow: 2, wrong: 3, unreachable: 4 } as const;
const RANK_OF_GROUND: Readonly<Record<Ground, number>> = {
  answer: RANK.wrong,
  date: RANK.wrong,
  wait: RANK.wrong,
  time: RANK.unreachable,
  reach: RANK.unreachable,
  name: RANK.unreachable,
};

/** An incident keeps its first cause and so many of the latest. */
const MOST_CAUSES = 20;
/** Longer texts of a target are excerpts, which differ each time. */
const LONGEST_TOKEN = 60;
const LONGEST_KEY = 500;

/** The cause that a verdict gives for an open incident; `undefined` when it gives none. */
export function causeOf(verdict: Verdict): Pick<IncidentCause, 'text' | 'key' | 'rank'> | undefined {
  switch (verdict.status) {
    case 'failed':
    case 'degraded': {
      const level = verdict.status === 'failed' ? 'fail' : 'warn';
      const deciding = verdict.breaches.filter((breach) => (breach.level ?? 'fail') === level);
      return causeOfBreaches(deciding.length === 0 ? verdict.breaches : deciding, verdict.status === 'degraded');
    }
    case 'inconclusive': {
      const { code, message } = verdict.fault;
      return { text: `${code}: ${message}`, key: code, rank: RANK.warning };
    }
    case 'passed':
    case 'skipped':
      return undefined;
  }
}

function causeOfBreaches(breaches: readonly Breach[], isWarning: boolean) {
  const [first] = breaches;
  if (first === undefined) return undefined;
  const more = breaches.length === 1 ? '' : ` (and ${breaches.length - 1} more)`;
  const key = [...new Set(breaches.map(keyOf))].sort().join('\n').slice(0, LONGEST_KEY);
  const rank = isWarning ? RANK.warning : Math.max(...breaches.map(rankOf));
  return { text: `${describeBreach(first)}${more}`, key, rank };
}

function rankOf(breach: Breach): number {
  return breach.kind === 'budget' ? RANK.slow : RANK_OF_GROUND[breach.ground ?? 'answer'];
}

/** What was got counts when it names a state, as 503 does; a duration, a counter or an excerpt differs from run to run. */
function keyOf(breach: Breach): string {
  if (breach.kind === 'budget') return `budget ${breach.budget}`;
  const { step = '', ground = 'answer', expected, actual } = breach;
  const token = actual.length > LONGEST_TOKEN ? '' : withoutCounters(actual);
  return `${step}|${ground}|${expected}|${token}`;
}

/** A text without the numbers that differ from run to run: durations, sizes, shares, counters. A state as 503 stays. */
export function withoutCounters(text: string): string {
  return (
    text
      // Some of many is another state than none of them; how many there were is not.
      .replace(/\b[1-9]\d* of \d+|(?<=\b0 of )\d+/g, '#')
      .replace(
        /\d+\.\d+|\d{4,}|\d+(?=\s*(?:%|(?:ms|s|seconds?|min|minutes?|h|hours?|d|days?|B|bytes?|kB|KB|MB)\b))/g,
        '#',
      )
  );
}

export type Causes = { readonly causes?: readonly IncidentCause[] };
export type CauseStep = { readonly causes: readonly IncidentCause[]; readonly isWorse: boolean };

/** Adds a cause to those of an incident; `undefined` when it is the same as the latest. Worse is what is worse than all before. */
export function addCause({ causes = [] }: Causes, cause: IncidentCause): CauseStep | undefined {
  if (causes.at(-1)?.key === cause.key) return undefined;
  const all = [...causes, cause];
  const first = all.slice(0, 1);
  const isWorse = causes.length > 0 && causes.every(({ rank }) => rank < cause.rank);
  // The worst one so far stays known by its rank, or a cause that comes and goes would be told each time.
  const worst = Math.max(...all.map(({ rank }) => rank));
  const kept = all.length <= MOST_CAUSES ? all : [...first, ...all.slice(-(MOST_CAUSES - 1))];
  if (kept.some(({ rank }) => rank === worst)) return { causes: kept, isWorse };
  return { causes: kept.map((one, index) => (index === 0 ? { ...one, rank: worst } : one)), isWorse };
}
