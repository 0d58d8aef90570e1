import type { Limit } from '../budget.ts';
import type { Check } from '../check.ts';
import type { RunId } from '../identifiers.ts';
import { judgeBudget } from '../judge.ts';
import type { Measure, MeasureCatalogue } from '../measure.ts';
import type { Unit } from '../units.ts';
import { type Group, type Select, selectBudget, selectGroup, usualGroups } from './groups.ts';
import type { Effect, GateRow, Stage } from './result.ts';

/** What one run measured. */
export type Sample = { readonly run: RunId; readonly measures: readonly Measure[] };
/** Two runs of a check taken one after the other, one of each side; without a baseline there is no `base`. */
export type Pair = { readonly base?: Sample; readonly candidate: Sample };

/** A check and what was seen of it so far. */
export type Subject = {
  readonly check: Pick<Check, 'id' | 'kind' | 'budgets' | 'relativeBudgets'>;
  readonly catalogue: MeasureCatalogue;
  readonly stage: Stage;
  readonly pairs: readonly Pair[];
};

type SeriesBase = Pick<GateRow, 'check' | 'kind' | 'stage' | 'name' | 'measure' | 'labels' | 'unit' | 'better'> & {
  readonly candidate: readonly number[];
};
/** One value for each pair and side. */
export type RelativeSeries = SeriesBase & {
  readonly type: 'relative';
  readonly base: readonly number[];
  readonly effect: Effect;
  /** No smaller change matters; 0 where the configuration named the change. */
  readonly floor: number;
  readonly declared: boolean;
};
export type AbsoluteSeries = SeriesBase & {
  readonly type: 'absolute';
  readonly base?: readonly number[];
  readonly limit: Limit;
  readonly level: 'warn' | 'fail';
};
export type Series = RelativeSeries | AbsoluteSeries;

/** A measure that some pair lacks, so that nothing can be said of it. */
export type Lacking = {
  readonly check: Check['id'];
  readonly name: string;
  /** Whether the configuration asks for it; then the gate cannot pass without it. */
  readonly declared: boolean;
  readonly seen: { readonly base: number; readonly candidate: number; readonly of: number };
};

/** In how many runs of each side it was seen, for a note. */
export function lackingText({ check, name, seen: { base, candidate, of } }: Lacking): string {
  return `${check} ${name} was not seen each time (baseline ${base} of ${of}, candidate ${candidate} of ${of})`;
}

export type Found = { readonly series: readonly Series[]; readonly lacking: readonly Lacking[] };

/** Everything about a check that is to be decided: its budgets, those relative to the baseline, and the usual measures of its kind. */
export function seriesOf(subject: Subject, by: number): Found {
  const relative = hasBase(subject) ? [...declaredSeries(subject), ...usualSeries(subject, by)] : [];
  const all = [...absoluteSeries(subject), ...relative];
  return {
    series: all.flatMap((one) => ('type' in one ? [one] : [])),
    lacking: all.flatMap((one) => ('type' in one ? [] : [one])),
  };
}

function hasBase({ pairs }: Subject): boolean {
  return pairs.length > 0 && pairs.every(({ base }) => base !== undefined);
}

function absoluteSeries(subject: Subject): readonly (Series | Lacking)[] {
  const { check } = subject;
  return check.budgets.flatMap((budget) => {
    // As a run is judged: with too few samples, or none in the unit of the limit, there is no value.
    const select: Select = (measures) => {
      const { status, value } = judgeBudget(budget, measures);
      return status === 'no-samples' ? undefined : value;
    };
    return (['fail', 'warn'] as const).flatMap((level): readonly (Series | Lacking)[] => {
      const limit = budget[level];
      if (limit === undefined) return [];
      const { base, candidate } = valuesOf(subject, select);
      const values = complete(candidate);
      if (values === undefined) return [lackingOf(subject, budget.name, true, { base, candidate })];
      const ofBase = complete(base);
      return [
        {
          ...described(subject, {
            name: `${budget.name}${level === 'warn' ? ' (warn)' : ''}`,
            measure: budget.measure,
          }),
          ...(budget.on === undefined ? {} : { labels: budget.on }),
          type: 'absolute',
          unit: limit.unit,
          better: limit.comparison.startsWith('<') ? 'lower' : 'higher',
          candidate: values,
          ...(ofBase === undefined ? {} : { base: ofBase }),
          limit,
          level,
        },
      ];
    });
  });
}

function declaredSeries(subject: Subject): readonly (Series | Lacking)[] {
  return subject.check.relativeBudgets.map((budget): Series | Lacking => {
    const { base, candidate } = valuesOf(subject, selectBudget(budget));
    const [ofBase, ofCandidate] = [complete(base), complete(candidate)];
    if (ofBase === undefined || ofCandidate === undefined)
      return lackingOf(subject, budget.name, true, { base, candidate });
    return {
      ...described(subject, budget),
      ...(budget.on === undefined ? {} : { labels: budget.on }),
      type: 'relative',
      unit: unitSeen(subject, budget.measure),
      better: budget.better,
      base: ofBase,
      candidate: ofCandidate,
      effect: budget.effect,
      floor: 0,
      declared: true,
    };
  });
}

function usualSeries(subject: Subject, by: number): readonly (Series | Lacking)[] {
  return groupsOf(subject).map((group): Series | Lacking => {
    const { name, measure, labels, unit, floor, better } = group;
    const { base, candidate } = valuesOf(subject, selectGroup(group));
    const [ofBase, ofCandidate] = [complete(base), complete(candidate)];
    if (ofBase === undefined || ofCandidate === undefined) return lackingOf(subject, name, false, { base, candidate });
    return {
      ...described(subject, { name, measure }),
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      type: 'relative',
      unit,
      better,
      base: ofBase,
      candidate: ofCandidate,
      effect: { by, ratio: true },
      floor,
      declared: false,
    };
  });
}

/** The usual measures that were seen, without those that the configuration names itself. */
function groupsOf({ check, catalogue, pairs }: Subject): readonly Group[] {
  const seen = pairs.flatMap(({ base, candidate }) => [...(base?.measures ?? []), ...candidate.measures]);
  return usualGroups(catalogue, seen, new Set(check.relativeBudgets.map(({ measure }) => measure)));
}

type Values = { readonly base: readonly (number | undefined)[]; readonly candidate: readonly (number | undefined)[] };

function valuesOf({ pairs }: Subject, select: Select): Values {
  return {
    base: pairs.map(({ base }) => (base === undefined ? undefined : select(base.measures))),
    candidate: pairs.map(({ candidate }) => select(candidate.measures)),
  };
}

/** All of them, or nothing: a value that is missing may be missing because of what it would have been. */
function complete(values: readonly (number | undefined)[]): readonly number[] | undefined {
  const numbers = values.flatMap((value) => (value === undefined || !Number.isFinite(value) ? [] : [value]));
  return numbers.length === values.length && numbers.length > 0 ? numbers : undefined;
}

function lackingOf({ check, pairs }: Subject, name: string, declared: boolean, { base, candidate }: Values): Lacking {
  const count = (values: Values['base']): number => values.filter((value) => value !== undefined).length;
  return {
    check: check.id,
    name,
    declared,
    seen: { base: count(base), candidate: count(candidate), of: pairs.length },
  };
}

function described(
  { check, stage }: Subject,
  { name, measure }: { readonly name: string; readonly measure: string },
): Pick<SeriesBase, 'check' | 'kind' | 'stage' | 'name' | 'measure'> {
  return { check: check.id, kind: check.kind, stage, name, measure };
}

function unitSeen({ pairs }: Subject, name: string): Unit {
  return pairs.flatMap(({ candidate }) => candidate.measures).find((one) => one.name === name)?.unit ?? 'count';
}
