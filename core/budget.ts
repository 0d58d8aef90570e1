import type { Labels, MeasureCatalogue } from './measure.ts';
import type { Quantity, Unit } from './units.ts';

export const COMPARISONS = ['<=', '>=', '<', '>'] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** How several samples of a measure become the one value that is judged. */
export const AGGREGATES = ['median', 'mean', 'min', 'max', 'sum', 'count', 'p75', 'p90', 'p95', 'p99', 'last'] as const;
export type Aggregate = (typeof AGGREGATES)[number];

export type Level = 'warn' | 'fail';
export type Limit = { readonly comparison: Comparison; readonly value: number; readonly unit: Unit };

/** A limit on a measured value, as the judge uses it. */
export type Budget = {
  /** Shown in reports and used as the metric label, e.g. `lcp p75 on /parts`. Unique in a check. */
  readonly name: string;
  readonly measure: string;
  /** Only samples that carry all these labels count. */
  readonly on?: Labels;
  readonly aggregate: Aggregate;
  /** Fewer samples than this make the run inconclusive. Default 1. */
  readonly minSamples: number;
  readonly warn?: Limit;
  readonly fail?: Limit;
};

/** A limit relative to a baseline, as a gate uses it; scheduled runs have no baseline and ignore it. */
export type RelativeBudget = Pick<Budget, 'name' | 'measure' | 'on' | 'aggregate'> & {
  /** The change that matters: a share of the baseline when `ratio` (0.05 is 5 %), else in the unit of the measure. */
  readonly effect: { readonly by: number; readonly ratio: boolean };
  readonly better: 'lower' | 'higher';
};

/** A limit as a person writes it: a comparison and a quantity, e.g. `'<= 800ms'`, `'>= 95%'`. */
export type LimitInput<U extends Unit> = `${Comparison} ${Quantity<U>}`;

/** A budget as a person writes it; at least one of `warn`, `fail` and `noWorseThan` must be given. */
export type BudgetInput<U extends Unit> = {
  /** Breaking it makes the run degraded. Example `'<= 300ms'`. */
  readonly warn?: LimitInput<U>;
  /** Breaking it makes the run failed. Example `'<= 800ms'`. */
  readonly fail?: LimitInput<U>;
  /**
   * How much worse than the baseline a release may be; `vigie gate` alone judges it. `by` is the least change that matters, a share of the
   * baseline or an amount. Default none: a gate compares the usual measures of each kind, by the `gate.by` of the settings. Example `{ by: '5%' }`.
   */
  readonly noWorseThan?: {
    readonly by: Quantity<'ratio'> | Quantity<U>;
    /** Which way is good. Default what is known of the measure, else what `warn` and `fail` say, else `lower`. */
    readonly better?: 'lower' | 'higher';
  };
  /** How samples of one run are aggregated. Default `median`; a single sample is itself under every aggregate but `count`. */
  readonly aggregate?: Aggregate;
  /** Fewer samples make the run inconclusive. Whole number >= 1, default 1. */
  readonly minSamples?: number;
  /** Only samples with these labels, e.g. `{ page: '/parts' }`. Default all. */
  readonly on?: Labels;
};

type UnitOf<D extends Unit | 'any'> = D extends Unit ? D : Unit;
type OneOrMany<T> = T | readonly T[];

/** The `budgets` option of a check whose kind can produce the measures of `C`; a wrong unit or an unknown measure is a type error. */
export type BudgetsInput<C extends MeasureCatalogue> = {
  readonly [K in keyof C & string as K extends `${infer Family}*` ? `${Family}${string}` : K]?: OneOrMany<
    BudgetInput<UnitOf<C[K]['unit']>>
  >;
};
