import type { Unit } from './units.ts';

/** Small, bounded facts that tell measures of one name apart, e.g. `{ page: '/parts', form_factor: 'mobile' }`. Never raw URLs or run ids. */
export type Labels = Readonly<Record<string, string>>;

/** One measured value with its unit. The same name may arrive several times (samples); budgets say how they are aggregated. */
export type Measure = {
  readonly name: string;
  readonly value: number;
  readonly unit: Unit;
  readonly labels?: Labels;
  /** How many raw samples stand behind the value when the tool aggregated itself (k6 percentiles). Default 1. */
  readonly samples?: number;
};

/** A measure that a kind of check can produce. `'any'` where the unit depends on the name, as with audits or a journey's own measures. */
export type MeasureDeclaration = {
  readonly unit: Unit | 'any';
  readonly help: string;
  /** Which way is good. Default `lower`. */
  readonly better?: 'higher';
  /** Present on what a gate compares with the baseline without being told to. */
  readonly gated?: Gated;
};

export type Gated = {
  /** No smaller change matters, whatever share of the baseline it is; in the unit of the measure. */
  readonly floor: number;
  /** Labels by which samples are told apart. Default all that they carry. */
  readonly by?: readonly string[];
};

/** Measures by name; a key that ends in `*` declares a family, e.g. `'step.*'`. */
export type MeasureCatalogue = Readonly<Record<string, MeasureDeclaration>>;

/** The declaration that covers a measure name: an exact key first, then the longest family. */
export function declarationOf(catalogue: MeasureCatalogue, name: string): MeasureDeclaration | undefined {
  if (Object.hasOwn(catalogue, name)) return catalogue[name];
  const family = Object.keys(catalogue)
    .filter((key) => key.endsWith('*') && name.length >= key.length && name.startsWith(key.slice(0, -1)))
    .sort((a, b) => b.length - a.length)[0];
  return family === undefined ? undefined : catalogue[family];
}

/** Whether `labels` holds every pair of `wanted`. */
export function matchesLabels(labels: Labels | undefined, wanted: Labels | undefined): boolean {
  return Object.entries(wanted ?? {}).every(([key, value]) => labels?.[key] === value);
}
