import { cut } from '../core/cut.ts';
import type { Assertion } from '../core/observation.ts';
import { formatQuantity, type Unit } from '../core/units.ts';
import { builtInUnit } from './catalogue.ts';
import { type CustomUnits, samplesOf } from './measures.ts';
import type { Metric, NamedCheck, Summary, Threshold } from './parse.ts';

type JudgedThresholds = {
  /** One for each threshold that has samples behind it. */
  readonly assertions: readonly Assertion[];
  /** Thresholds that k6 let pass (or not) without one sample. */
  readonly withoutSamples: readonly string[];
  /** How many k6 itself took for crossed, with or without samples. */
  readonly crossed: number;
};

/** The script's thresholds as facts. k6 has evaluated them; nothing is computed again here. */
export function judgeThresholds(summary: Summary, units: CustomUnits): JudgedThresholds {
  const all = summary.metrics.flatMap((metric) => metric.thresholds.map((threshold) => ({ metric, threshold })));
  const sampled = all.filter(({ metric }) => samplesOf(metric) > 0);
  return {
    assertions: sampled.map(({ metric, threshold }) =>
      toAssertion(metric, threshold, { units, checks: summary.checks }),
    ),
    withoutSamples: [
      ...all
        .filter(({ metric }) => samplesOf(metric) === 0)
        .map(({ metric, threshold }) => `${metric.name} ${threshold.expression}`),
      ...summary.unreadable,
    ],
    crossed: all.filter(({ threshold }) => threshold.crossed).length,
  };
}

type Surroundings = { readonly units: CustomUnits; readonly checks: readonly NamedCheck[] };

function toAssertion(metric: Metric, { expression, crossed }: Threshold, { units, checks }: Surroundings): Assertion {
  const found = describeValue(metric, expression, units);
  const samples = samplesOf(metric);
  const counted = metric.type === 'trend' || metric.type === 'rate' ? ` over ${samples} samples` : '';
  const failing = metric.base === 'checks' && crossed ? failingChecks(checks) : '';
  return {
    ok: !crossed,
    expected: cut(`k6 threshold ${metric.name} ${expression}`, 1_000),
    ...(isTimed(metric, expression, units) ? { ground: 'time' as const } : {}),
    actual: cut(`${found ?? (crossed ? 'crossed' : 'held')}${counted}${failing}`, 1_000),
  };
}

/** Durations and throughput suffer when this machine does; shares and counts of answers do not. */
function isTimed({ type, base }: Metric, expression: string, units: CustomUnits): boolean {
  const stat = statOf(expression);
  return stat !== undefined && ['ms', 'per_second'].includes(unitOf(type, base, stat, units));
}

function statOf(expression: string): string | undefined {
  return /^\s*([a-z]+(?:\(\s*[\d.]+\s*\))?)/i.exec(expression)?.[1]?.replaceAll(' ', '');
}

/** `p(95) is 412 ms`; undefined when the summary does not hold that number, e.g. `p(99.9)`. */
function describeValue({ type, base, values }: Metric, expression: string, units: CustomUnits): string | undefined {
  const stat = statOf(expression);
  if (stat === undefined) return undefined;
  const key = type === 'rate' && stat === 'rate' ? 'value' : stat;
  const value = Object.hasOwn(values, key) ? values[key] : undefined;
  if (value === undefined) return undefined;
  return `${stat} is ${formatQuantity(value, unitOf(type, base, stat, units))}`;
}

function unitOf(type: Metric['type'], base: string, stat: string, units: CustomUnits): Unit {
  if (type === 'rate') return 'ratio';
  if (type === 'counter' && stat === 'rate') return 'per_second';
  if (type === 'trend' && stat === 'count') return 'count';
  return builtInUnit(base) ?? units[base] ?? 'count';
}

/** `; failing: 'is 200' 3 of 30`: which checks it was that a threshold on `checks` speaks of. */
function failingChecks(checks: readonly NamedCheck[]): string {
  const failing = checks.filter(({ fails }) => fails > 0).sort((a, b) => b.fails - a.fails);
  if (failing.length === 0) return '';
  const named = failing.slice(0, 5).map(({ name, passes, fails }) => `'${name}' ${fails} of ${passes + fails}`);
  const more = failing.length > 5 ? ` and ${failing.length - 5} more` : '';
  return `; failing: ${named.join(', ')}${more}`;
}
