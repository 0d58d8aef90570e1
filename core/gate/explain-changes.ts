import { type Labels, type Measure, matchesLabels } from '../measure.ts';
import { quantile } from '../statistics.ts';
import { formatQuantity, type Unit } from '../units.ts';
import type { CheckEvidence } from './evidence.ts';
import type { GateRow } from './result.ts';

/** A measure whose middle got larger (or smaller, where more is better) on the candidate than noise would make it. */
export type Change = {
  readonly name: string;
  readonly labels: Labels;
  readonly unit: Unit;
  readonly base: number;
  readonly candidate: number;
  readonly by: number;
};

/** Smaller differences are not worth a sentence, whatever share they are. */
const FLOORS: Readonly<Record<Unit, number>> = {
  ms: 3,
  bytes: 2_000,
  ratio: 0.005,
  count: 1,
  score: 0.01,
  per_second: 0.1,
};
const LEAST_SHARE = 0.1;

/** Whether `candidate` is more than `base` beyond what noise makes of it. */
export function isMore(base: number, candidate: number, floor: number, share: number = LEAST_SHARE): boolean {
  return candidate - base >= floor && candidate - base > Math.abs(base) * share;
}

/** Measures of sampled runs that got worse, the largest change first. What the baseline lacks counts as none: a new step, a phase that did not take place. */
export function changesOf(
  { base, candidate }: CheckEvidence,
  isAsked: (measure: Measure) => boolean,
  better: 'lower' | 'higher' = 'lower',
): readonly Change[] {
  if (base === undefined || base.sampled.length === 0) return [];
  const before = mediansOf(base.sampled, isAsked);
  const sign = better === 'lower' ? 1 : -1;
  return [...mediansOf(candidate.sampled, isAsked)]
    .flatMap(([key, { name, labels, unit, value }]): readonly Change[] => {
      const old = before.get(key)?.value ?? 0;
      const isWorse = isMore(sign * old, sign * value, FLOORS[unit]);
      return isWorse ? [{ name, labels, unit, base: old, candidate: value, by: Math.abs(value - old) }] : [];
    })
    .toSorted((a, b) => b.by - a.by);
}

/** What a part must have grown by to tell anything of a row: a tenth of the row's own change. Nothing of a row that is no time. */
export function leastMs(row: GateRow): number {
  if (row.unit !== 'ms') return Number.POSITIVE_INFINITY;
  return row.base === undefined ? 0 : Math.max(0, row.candidate.median - row.base.median) * LEAST_SHARE;
}

/** `1.7 s instead of 1.2 s`. */
export function insteadOf({ base, candidate, unit }: Pick<Change, 'base' | 'candidate' | 'unit'>): string {
  return `${formatQuantity(candidate, unit)} instead of ${base === 0 ? 'none' : formatQuantity(base, unit)}`;
}

/** Of measures with labels of their own kind: whether they are about what the row is about. */
export function isAbout(measure: Measure, labels: Labels | undefined): boolean {
  return matchesLabels(measure.labels, labels);
}

type Median = Pick<Measure, 'name' | 'unit' | 'value'> & { readonly labels: Labels };

function mediansOf(
  runs: readonly (readonly Measure[])[],
  isAsked: (measure: Measure) => boolean,
): ReadonlyMap<string, Median> {
  const values = new Map<string, { readonly first: Measure; readonly all: number[] }>();
  for (const measure of runs.flat()) {
    if (!isAsked(measure)) continue;
    const key = `${measure.name} ${JSON.stringify(Object.entries(measure.labels ?? {}).toSorted())}`;
    const known = values.get(key) ?? { first: measure, all: [] };
    known.all.push(measure.value);
    values.set(key, known);
  }
  return new Map(
    [...values].map(([key, { first, all }]) => [
      key,
      { name: first.name, unit: first.unit, labels: first.labels ?? {}, value: quantile(all, 0.5) ?? 0 },
    ]),
  );
}
