import { z } from 'zod';
import type { Comparison, Limit } from '../core/budget.ts';
import { type Imported, joinImported } from '../core/budget-import.ts';
import type { Unit } from '../core/units.ts';
import { builtInType, builtInUnit, TREND_STATS } from './catalogue.ts';
import { type MetricName, splitMetric } from './split-metric.ts';

const threshold = z.union([
  z.string(),
  z.looseObject({ threshold: z.string(), abortOnFail: z.boolean().default(false) }),
]);
export const k6Thresholds = z.record(z.string(), z.union([z.array(threshold), threshold.transform((one) => [one])]));
type Thresholds = Readonly<z.output<typeof k6Thresholds>>;

/** The thresholds of a k6 script or options file as budgets of a load check. */
export function importThresholds(thresholds: Thresholds): Imported {
  return joinImported(
    Object.entries(thresholds).flatMap(([metric, all]) =>
      all.map((one) => {
        const [expression, aborts] = typeof one === 'string' ? [one, false] : [one.threshold, one.abortOnFail];
        return importOne(metric, expression, aborts);
      }),
    ),
  );
}

const EXPRESSION =
  /^\s*(avg|min|med|max|count|rate|value|p\(\s*\d+(?:\.\d+)?\s*\))\s*(<=|>=|<|>|===?|!=)\s*(-?\d+(?:\.\d+)?(?:e-?\d+)?)\s*$/;

function importOne(metric: string, expression: string, aborts: boolean): Imported {
  const from = `${metric}: ${expression}`;
  const left = (why: string): Imported => ({ drafts: [], notes: [], left: [{ from, why }] });
  const [name, match] = [splitMetric(metric), EXPRESSION.exec(expression)];
  if (name === undefined) return left('that is no name of a metric');
  if (match === null) return left('that is no expression of a threshold');
  const [, stat = '', operator = '', value = ''] = match;
  const found = counterpartOf(name, stat.replaceAll(/\s/g, ''), Number(value));
  if ('why' in found) return left(found.why);
  const limit = limitOf(operator, Number(value), found.unit);
  if (limit === undefined) return left(`a budget is a limit, '${operator}' is none`);
  const notes = [
    ...(found.note === undefined ? [] : [{ from, why: found.note }]),
    ...(name.tags === undefined
      ? []
      : [{ from, why: 'k6 tells these tags apart only while the script has a threshold on them: leave it there' }]),
    ...(aborts
      ? [{ from, why: 'a budget is judged at the end; to end early the threshold must stay in the script' }]
      : []),
  ];
  const on = name.tags === undefined ? {} : { on: name.tags };
  return { drafts: [{ measure: found.measure, ...on, aggregate: 'median', fail: limit }], notes, left: [] };
}

/** Equal to what cannot be passed is a limit. */
function limitOf(operator: string, value: number, unit: Unit): Limit | undefined {
  const comparisons: readonly Comparison[] = ['<=', '>=', '<', '>'];
  const comparison = comparisons.find((known) => known === operator);
  if (comparison !== undefined) return { comparison, value, unit };
  if (!operator.startsWith('==')) return undefined;
  if (unit === 'ratio' && value === 1) return { comparison: '>=', value, unit };
  return value === 0 ? { comparison: '<=', value, unit } : undefined;
}

type Counterpart = { readonly measure: string; readonly unit: Unit; readonly note?: string };

function counterpartOf(
  { base, tags }: MetricName,
  stat: string,
  value: number,
): Counterpart | { readonly why: string } {
  const type = builtInType(base) ?? typeBySpelling(stat, value);
  const own = builtInType(base) === undefined ? `custom.${base}` : base;
  const measure = tags === undefined ? own : `tagged.${own}`;
  const unit = builtInUnit(base) ?? 'count';
  switch (type) {
    case 'trend':
      return ofTrend(measure, stat, { unit, isCustom: builtInUnit(base) === undefined });
    case 'counter':
      if (stat === 'count') return { measure, unit };
      return stat === 'rate' ? { measure: `${measure}.rate`, unit: 'per_second' } : { why: `a counter has no ${stat}` };
    case 'rate': {
      if (stat !== 'rate') return { why: `a rate has no ${stat}` };
      const note = 'taken for a Rate; were it a Counter, its measure would end in .rate and its unit be /s';
      return { measure, unit: 'ratio', ...(builtInUnit(base) === undefined ? { note } : {}) };
    }
    case 'gauge':
      return stat === 'value'
        ? { measure, unit, note: 'k6 judges the last value of a gauge, a budget its largest' }
        : { why: `a gauge has no ${stat}` };
  }
}

function ofTrend(
  measure: string,
  stat: string,
  { unit, isCustom }: { readonly unit: Unit; readonly isCustom: boolean },
): Counterpart | { readonly why: string } {
  const ours = Object.entries(TREND_STATS).find(([, theirs]) => theirs === stat)?.[0];
  if (ours === undefined)
    return { why: `'${stat}' is not measured; there are ${Object.values(TREND_STATS).join(', ')}` };
  const note = "k6 does not tell the unit: with the option `units` of the check it can be written as '300ms'";
  return { measure: `${measure}.${ours}`, unit, ...(isCustom ? { note } : {}) };
}

/** Of the script's own metrics a threshold does not say what they are, but only some have what it speaks of. */
function typeBySpelling(stat: string, value: number): 'trend' | 'counter' | 'rate' | 'gauge' {
  if (stat === 'count') return 'counter';
  if (stat === 'value') return 'gauge';
  if (stat !== 'rate') return 'trend';
  return value <= 1 ? 'rate' : 'counter';
}
