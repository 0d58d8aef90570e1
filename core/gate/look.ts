import type { RunId } from '../identifiers.ts';
import { quantile } from '../statistics.ts';
import { decide, LIMITS_RATE, type Look, type MetricStanding, onlyLook, planLooks } from './decide.ts';
import { type Compared, compare } from './differences.ts';
import { decideLimits, LIMIT_LOOKS, type LimitStanding } from './limits.ts';
import type { AbsoluteRow, GateRow, RelativeRow, SideValues } from './result.ts';
import {
  type AbsoluteSeries,
  type Lacking,
  type RelativeSeries,
  type Series,
  type Subject,
  seriesOf,
} from './series.ts';
import type { Randomness } from './sign-flip.ts';

/** What has been decided so far, by check and name; it stands. */
export type Standings = ReadonlyMap<string, MetricStanding | LimitStanding>;

export type LookInput = {
  /** The checks of one stage, each with as many pairs as the others. */
  readonly subjects: readonly Subject[];
  readonly standings: Standings;
  /** The least change that matters where nothing else is said, as a share of the baseline. */
  readonly by: number;
  /** Part of the false-alarm rate that this stage may spend. */
  readonly share: number;
  readonly random: Randomness;
  /** Nothing was looked at before and nothing will be: all is measured already. */
  readonly isOnly?: boolean;
};

export type LookResult = {
  readonly rows: readonly GateRow[];
  readonly lacking: readonly Lacking[];
  readonly standings: Standings;
};

/** Whether anything can be decided after so many pairs. */
export function isLook(pairs: number): boolean {
  return LIMIT_LOOKS.includes(pairs) || planLooks().some((look) => look.pairs === pairs);
}

/** Looks at all that was measured, and decides what can be decided. Pure, but for signs that are drawn. */
export function takeLook({ subjects, standings, by, share, random, isOnly = false }: LookInput): LookResult {
  const found = subjects.map((subject) => seriesOf(subject, by));
  const series = found.flatMap((one) => one.series);
  const pairs = subjects[0]?.pairs.length ?? 0;
  const look = isOnly ? onlyLook(pairs) : planLooks(undefined, share).find((one) => one.pairs === pairs);
  const relative = decideRelative(series.filter(isRelative), standings, look, random);
  const absolute = decideAbsolute(series.filter(isAbsolute), standings, share);
  return {
    rows: [...relative, ...absolute].map((row) => ({ ...row, evidence: evidenceOf(row, subjects) })),
    lacking: found.flatMap((one) => one.lacking),
    standings: new Map([...relative, ...absolute].map((row) => [keyOf(row), row.verdict])),
  };
}

function keyOf({ check, name, type }: Pick<GateRow, 'check' | 'name' | 'type'>): string {
  return `${check}\0${type}\0${name}`;
}

function decideRelative(
  all: readonly RelativeSeries[],
  standings: Standings,
  look: Look | undefined,
  random: Randomness,
): readonly RelativeRow[] {
  const compared = all.map(compare);
  const before = all.map((one) => relativeStanding(standings.get(keyOf(one))));
  const differences = compared.map((one) => one.differences);
  const after = look === undefined || all.length === 0 ? before : decide(before, differences, look, random);
  return all.flatMap((one, index) => {
    const result = compared[index];
    return result === undefined ? [] : [relativeRow(one, result, after[index] ?? 'undecided')];
  });
}

function relativeRow(series: RelativeSeries, compared: Compared, verdict: RelativeRow['verdict']): RelativeRow {
  const { floor: _floor, base, candidate, ...rest } = series;
  return {
    ...rest,
    base: sideOf(base),
    candidate: sideOf(candidate),
    effect: compared.effect,
    change: compared.change,
    verdict,
    evidence: [],
    explanations: [],
  };
}

function decideAbsolute(all: readonly AbsoluteSeries[], standings: Standings, share: number): readonly AbsoluteRow[] {
  const before = all.map((one) => limitStanding(standings.get(keyOf(one))));
  const limited = all.map(({ limit, candidate }) => ({ limit, values: candidate }));
  const isTime = LIMIT_LOOKS.includes(all[0]?.candidate.length ?? 0);
  const after = isTime ? decideLimits(before, limited, LIMITS_RATE * share) : before;
  return all.map(({ base, candidate, ...rest }, index) => ({
    ...rest,
    candidate: sideOf(candidate),
    ...(base === undefined ? {} : { base: sideOf(base) }),
    verdict: after[index] ?? 'undecided',
    evidence: [],
    explanations: [],
  }));
}

function sideOf(values: readonly number[]): SideValues {
  return { median: quantile(values, 0.5) ?? Number.NaN, values };
}

const MOST_EVIDENCE = 3;

/** Runs of the candidate in which the value was worst. */
function evidenceOf(row: GateRow, subjects: readonly Subject[]): readonly RunId[] {
  const pairs = subjects.find(({ check }) => check.id === row.check)?.pairs ?? [];
  const sign = row.better === 'lower' ? -1 : 1;
  return row.candidate.values
    .map((value, pair) => ({ value, run: pairs[pair]?.candidate.run }))
    .toSorted((left, right) => sign * (left.value - right.value))
    .flatMap(({ run }) => (run === undefined ? [] : [run]))
    .slice(0, MOST_EVIDENCE);
}

function isRelative(series: Series): series is RelativeSeries {
  return series.type === 'relative';
}

function isAbsolute(series: Series): series is AbsoluteSeries {
  return series.type === 'absolute';
}

function relativeStanding(standing: MetricStanding | LimitStanding | undefined): MetricStanding {
  return standing === 'regressed' || standing === 'not-regressed' ? standing : 'undecided';
}

function limitStanding(standing: MetricStanding | LimitStanding | undefined): LimitStanding {
  return standing === 'broken' || standing === 'kept' ? standing : 'undecided';
}
