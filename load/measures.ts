import type { Labels, Measure } from '../core/measure.ts';
import type { Unit } from '../core/units.ts';
import { builtInUnit, TREND_STATS } from './catalogue.ts';
import type { Metric, NamedCheck, Summary } from './parse.ts';

/** Units of the script's own metrics, by metric. */
export type CustomUnits = Readonly<Record<string, Unit>>;

/** Every number of the summary under its catalogued name. */
export function toMeasures({ metrics, checks }: Summary, units: CustomUnits): readonly Measure[] {
  return [
    ...metrics.flatMap((metric) => measuresOf(metric, units)),
    ...withoutDrops(metrics),
    ...byName(checks).flatMap(measureOfCheck),
  ];
}

/**
 * How many raw samples stand behind a metric. A counter is a fact even at 0: `errors: count<10` holds when nothing was
 * counted. k6 writes a gauge that was never set as all zeros, so an all-zero gauge proves nothing.
 */
export function samplesOf({ type, values }: Metric): number {
  switch (type) {
    case 'trend':
      return values.count ?? 0;
    case 'rate':
      return (values.passes ?? 0) + (values.fails ?? 0);
    case 'counter':
      return 1;
    case 'gauge':
      return values.value === 0 && values.min === 0 && values.max === 0 ? 0 : 1;
  }
}

function measuresOf(metric: Metric, units: CustomUnits): readonly Measure[] {
  const samples = samplesOf(metric);
  if (samples === 0) return [];
  const name = nameOf(metric);
  const unit = builtInUnit(metric.base) ?? units[metric.base] ?? 'count';
  const rest = { samples, ...(metric.tags === undefined ? {} : { labels: metric.tags }) };
  return valuesOf(metric, unit).map(({ suffix, ...value }) => ({ name: `${name}${suffix}`, ...value, ...rest }));
}

type Value = { readonly suffix: string; readonly value: number; readonly unit: Unit };

function valuesOf({ type, values }: Metric, unit: Unit): readonly Value[] {
  switch (type) {
    case 'trend':
      return Object.entries(TREND_STATS).flatMap(([ours, theirs]) => one(`.${ours}`, values[theirs], unit));
    case 'rate':
      return one('', values.value, 'ratio');
    case 'counter':
      return [...one('', values.count, unit), ...one('.rate', values.rate, 'per_second')];
    case 'gauge':
      return [...one('', values.max, unit)];
  }
}

function one(suffix: string, value: number | undefined, unit: Unit): readonly Value[] {
  return value === undefined ? [] : [{ suffix, value, unit }];
}

function nameOf({ base, tags }: Metric): string {
  const own = builtInUnit(base) === undefined ? `custom.${base}` : base;
  return tags === undefined ? own : `tagged.${own}`;
}

/** k6 leaves the counter out when nothing was dropped; a budget on it must then see 0. */
function withoutDrops(metrics: readonly Metric[]): readonly Measure[] {
  if (metrics.some((metric) => metric.name === 'dropped_iterations')) return [];
  return [
    { name: 'dropped_iterations', value: 0, unit: 'count' },
    { name: 'dropped_iterations.rate', value: 0, unit: 'per_second' },
  ];
}

/** Checks of one name in several groups are one check, as in k6's own `checks{check:…}`: a median of their shares would hide the one that fails. */
function byName(checks: readonly NamedCheck[]): readonly NamedCheck[] {
  const found = new Map<string, NamedCheck>();
  for (const { name, passes, fails } of checks) {
    const before = found.get(name) ?? { passes: 0, fails: 0 };
    found.set(name, { name, passes: before.passes + passes, fails: before.fails + fails });
  }
  return [...found.values()];
}

function measureOfCheck({ name, passes, fails }: NamedCheck): readonly Measure[] {
  const samples = passes + fails;
  if (samples === 0) return [];
  const labels: Labels = { check: name };
  return [{ name: 'check', value: passes / samples, unit: 'ratio', samples, labels }];
}
