import type { Check, CheckKind } from '../../core/check.ts';
import { STAGES, type Stage } from '../../core/gate/result.ts';
import type { Kind } from '../../core/kind.ts';
import type { Plan } from '../../core/plan.ts';
import { KINDS } from '../kinds.ts';
import { selectChecks } from '../select.ts';

/** A check as the gate samples it: on the candidate, and on the baseline where there is another. */
export type Entry = {
  readonly check: Check;
  readonly base?: Check;
  readonly kind: Kind;
  readonly stage: Stage;
  /** How long one sample takes, milliseconds, where the gate itself has set it. */
  readonly sampleMs?: number;
};

export type Chosen = {
  readonly entries: readonly Entry[];
  /** Names that match nothing; then nothing is run. */
  readonly problems: readonly string[];
  readonly notes: readonly string[];
};

export type ChooseInput = {
  readonly candidate: Plan;
  readonly base: Plan | undefined;
  /** Ids or kinds; default all that have a schedule. */
  readonly only: readonly string[];
  readonly tags: readonly string[];
  readonly armed: boolean;
  /** Whether both sides are one on purpose. */
  readonly sameSides: boolean;
};

/** A heartbeat is sent by others, so there is nothing to sample. */
export const STAGE_OF: Readonly<Record<Exclude<CheckKind, 'heartbeat'>, Stage>> = {
  http: 'probes',
  tcp: 'probes',
  dns: 'probes',
  tls: 'probes',
  journey: 'journeys',
  spec: 'journeys',
  audit: 'audits',
  load: 'load',
};

/** Which checks the gate samples, cheap first. */
export function chooseEntries(input: ChooseInput): Chosen {
  const candidates = input.candidate.checks.filter(({ kind }) => kind !== 'heartbeat');
  const ids = input.only.flatMap((word) => {
    const ofKind = candidates.filter(({ kind }) => kind === word).map(({ id }) => id);
    return ofKind.length > 0 ? ofKind : [word];
  });
  const selected = selectChecks(candidates, { ids, tags: input.tags });
  const notes: string[] = [];
  const entries = selected.checks.flatMap((check) => entryOf(check, input, notes));
  // Who names a baseline asks for a comparison: a gate without any must not pass.
  const isInVain = input.base !== undefined && entries.length > 0 && entries.every(({ base }) => base === undefined);
  return {
    entries: entries.toSorted((a, b) => STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage)),
    problems: [...selected.problems, ...(isInVain ? ['nothing can be compared', ...notes] : [])],
    notes,
  };
}

function entryOf(
  check: Check,
  { base: basePlan, armed, only, sameSides }: ChooseInput,
  notes: string[],
): readonly Entry[] {
  const kind = KINDS.find((known) => known.kind === check.kind);
  if (kind === undefined || check.kind === 'heartbeat') return [];
  const other = basePlan?.checks.find(({ id }) => id === check.id);
  const isNamed = only.includes(check.id) || only.includes(check.kind);
  const isProtected = check.target.production || other?.target.production === true;
  if (check.kind === 'load' && isProtected && !armed && !isNamed) {
    notes.push(`${check.id} was left out: load on a production target needs --arm`);
    return [];
  }
  const stage = STAGE_OF[check.kind];
  if (other === undefined) return [{ check, kind, stage }];
  if (!sameSides && asksTheSame(check, other)) {
    notes.push(
      `${check.id} asks the same address on both sides, so it is not compared; name its origin with --target and --baseline`,
    );
    return [{ check, kind, stage }];
  }
  return [{ check, base: other, kind, stage }];
}

/** Whether the two can only reach the same place. */
function asksTheSame(check: Check, other: Check): boolean {
  if (JSON.stringify(check.target) === JSON.stringify(other.target)) return true;
  const [ours, theirs] = [endpointText(check), endpointText(other)];
  return ours !== undefined && ours === theirs;
}

/** Where a check connects to and what it asks for there, for kinds that say so. */
function endpointText(check: Check): string | undefined {
  const kind = KINDS.find((known) => known.kind === check.kind);
  const endpoint = kind?.endpoint?.(check.options, check.target);
  return endpoint === undefined ? undefined : `${endpoint.host}:${endpoint.port}${endpoint.path ?? ''}`;
}
