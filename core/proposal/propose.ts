import type { Aggregate, Budget, RelativeBudget } from '../budget.ts';
import type { BudgetDraft } from '../budget-draft.ts';
import type { Check } from '../check.ts';
import { type Select, selectBudget, selectGroup, usualGroups } from '../gate/groups.ts';
import { declarationOf, type Labels, type Measure, type MeasureCatalogue } from '../measure.ts';
import type { Unit } from '../units.ts';
import { type Limits, proposeLimits, type Spread, spreadOf } from './limits.ts';
import { type Remark, remarkOn } from './remarks.ts';

export type ProposeInput = {
  readonly check: Pick<Check, 'budgets' | 'relativeBudgets'>;
  readonly catalogue: MeasureCatalogue;
  /** What each run measured, in the order of their time. */
  readonly runs: readonly (readonly Measure[])[];
};

export type Proposal = Spread & {
  readonly name: string;
  readonly unit: Unit;
  readonly better: 'lower' | 'higher';
  /** Runs in which it was seen. */
  readonly runs: number;
  readonly proposed: Limits;
  readonly current?: Limits;
};

export type Proposed = {
  readonly proposals: readonly Proposal[];
  readonly remarks: readonly Remark[];
  /** Seen too seldom to say anything. */
  readonly lacking: readonly { readonly name: string; readonly seen: number }[];
  /** All budgets of the check anew: those proposed, and those of which nothing can be said as they are. */
  readonly drafts: readonly BudgetDraft[];
};

/** Of fewer runs the 95th percentile is the worst one. */
export const LEAST_RUNS = 20;

/** What a budget could be on: one that is there, or a usual measure that has none. */
type Candidate = {
  readonly name: string;
  readonly measure: string;
  readonly on: Labels;
  readonly aggregate: Aggregate;
  readonly select: Select;
  readonly floor: number;
  readonly better: 'lower' | 'higher';
  readonly budget?: Budget;
  readonly relative?: RelativeBudget;
};

/** Proposes limits for what a gate would compare and for what has a budget, from what runs have measured. */
export function proposeBudgets(input: ProposeInput): Proposed {
  const looked = candidatesOf(input).map((candidate) => ({ candidate, ...lookAt(candidate, input) }));
  return {
    proposals: looked.flatMap(({ proposal }) => proposal ?? []),
    remarks: looked.flatMap(({ remarks }) => remarks),
    lacking: looked.flatMap(({ candidate: { name }, proposal, seen }) =>
      proposal === undefined ? [{ name, seen }] : [],
    ),
    drafts: looked.flatMap(({ candidate, proposal, unit }) =>
      draftOf(candidate, { limits: proposal?.proposed ?? candidate.budget ?? {}, unit, catalogue: input.catalogue }),
    ),
  };
}

function candidatesOf({ check, catalogue, runs }: ProposeInput): readonly Candidate[] {
  const names = [...new Set([...check.budgets, ...check.relativeBudgets].map(({ name }) => name))];
  const existing = names.flatMap((name): readonly Candidate[] => {
    const [budget, relative] = [named(check.budgets, name), named(check.relativeBudgets, name)];
    const either = budget ?? relative;
    if (either === undefined) return [];
    const { measure, on = {}, aggregate } = either;
    const declaration = declarationOf(catalogue, measure);
    const known = budget === undefined ? relative?.better : directionOf(budget);
    return [
      {
        ...{ name, measure, on, aggregate, select: selectBudget(either) },
        floor: declaration?.gated?.floor ?? 0,
        better: known ?? declaration?.better ?? 'lower',
        ...(budget === undefined ? {} : { budget }),
        ...(relative === undefined ? {} : { relative }),
      },
    ];
  });
  const covered = new Set(existing.map(({ measure }) => measure));
  const usual = usualGroups(catalogue, runs.flat(), covered);
  const isAlone = (measure: string): boolean => usual.filter((group) => group.measure === measure).length === 1;
  return [
    ...existing,
    ...usual.map((group): Candidate => {
      const { name, measure, labels, floor, better } = group;
      const on = isAlone(measure) ? {} : labels;
      return {
        name: isAlone(measure) ? measure : name,
        measure,
        on,
        aggregate: 'median',
        select: selectGroup(group),
        floor,
        better,
      };
    }),
  ];
}

function named<T extends { readonly name: string }>(all: readonly T[], name: string): T | undefined {
  return all.find((one) => one.name === name);
}

function directionOf({ warn, fail }: Budget): 'lower' | 'higher' | undefined {
  const limit = fail ?? warn;
  if (limit === undefined) return undefined;
  return limit.comparison.startsWith('<') ? 'lower' : 'higher';
}

type Look = {
  readonly seen: number;
  readonly unit: Unit;
  readonly proposal?: Proposal;
  readonly remarks: readonly Remark[];
};

function lookAt(candidate: Candidate, { runs }: ProposeInput): Look {
  const { name, measure, select, better, floor, budget } = candidate;
  const values = runs.flatMap((measures) => select(measures) ?? []).filter(Number.isFinite);
  const seenUnit = runs.flat().find((one) => one.name === measure)?.unit;
  const unit = (budget?.fail ?? budget?.warn)?.unit ?? seenUnit ?? 'count';
  if (values.length < LEAST_RUNS) return { seen: values.length, unit, remarks: [] };
  const input = { values, better, floor };
  const spread = spreadOf(input);
  return {
    seen: values.length,
    unit,
    remarks: (['warn', 'fail'] as const).flatMap((level) => {
      const limit = budget?.[level];
      return limit === undefined ? [] : (remarkOn({ name, level, limit }, values) ?? []);
    }),
    proposal: {
      ...{ name, unit, better, runs: values.length, ...spread },
      proposed: proposeLimits(input, spread, unit),
      ...(budget === undefined ? {} : { current: limitsOf(budget) }),
    },
  };
}

function limitsOf({ warn, fail }: Limits): Limits {
  return { ...(warn === undefined ? {} : { warn }), ...(fail === undefined ? {} : { fail }) };
}

type DraftInput = { readonly limits: Limits; readonly unit: Unit; readonly catalogue: MeasureCatalogue };

function draftOf(candidate: Candidate, { limits, unit, catalogue }: DraftInput): readonly BudgetDraft[] {
  const { measure, on, aggregate, budget, relative } = candidate;
  if (limits.warn === undefined && limits.fail === undefined && relative === undefined) return [];
  const isKnown = relative?.better === (declarationOf(catalogue, measure)?.better ?? 'lower');
  return [
    {
      measure,
      on,
      aggregate,
      minSamples: budget?.minSamples ?? 1,
      ...limitsOf(limits),
      ...(relative === undefined
        ? {}
        : { relative: { effect: relative.effect, unit, ...(isKnown ? {} : { better: relative.better }) } }),
    },
  ];
}
