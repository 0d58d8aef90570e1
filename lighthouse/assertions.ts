import { cut } from '../core/cut.ts';
import type { Assertion } from '../core/observation.ts';
import { quantile } from '../core/statistics.ts';
import type { AssertionRule } from './assertion-rules.ts';
import { LIMIT_NAMES, type LimitName, type Missing, readValue } from './assertion-values.ts';
import { medianRun } from './median-run.ts';
import type { Report } from './parse.ts';
import type { Aggregation } from './rc-sections.ts';

/** One limit of one rule over the runs of one page: decided, or why it could not be. */
export type AssertionOutcome = DecidedOutcome | (Missing & { readonly rule: AssertionRule });
export type DecidedOutcome = {
  readonly rule: AssertionRule;
  readonly limit: LimitName;
  readonly bound: number;
  readonly value: number;
  readonly values: readonly number[];
  /** What the file names, else the median. */
  readonly aggregation: Aggregation;
  readonly held: boolean;
  /** What `lhci assert` would have said of the same runs. */
  readonly lhci: 'passes' | 'fails' | 'ignores';
};

/**
 * Holds the rules of lighthouserc.json against the valid runs of one page. Ours instead of `lhci assert`, because that one
 * takes the best of the runs unless told otherwise and cannot tell a broken assertion from a mistyped one.
 */
export function evaluateRules(rules: readonly AssertionRule[], runs: readonly Report[]): readonly AssertionOutcome[] {
  return rules.flatMap((rule) => LIMIT_NAMES.flatMap((limit) => evaluateLimit(rule, limit, runs)));
}

function evaluateLimit(rule: AssertionRule, limit: LimitName, runs: readonly Report[]): readonly AssertionOutcome[] {
  const bound = rule[limit];
  if (bound === undefined) return [];
  const aggregation = rule.aggregation ?? 'median';
  const readings = runsFor(aggregation, runs).map((run) => readValue(rule, limit, run));
  const values = readings.flatMap((reading) => ('value' in reading ? [reading.value] : []));
  const missing = readings.find((reading) => 'missing' in reading);
  // The worst of the runs is not known while one of them is missing; a middle needs more than half of them.
  const tooFew = aggregation === 'pessimistic' ? missing !== undefined : values.length * 2 <= readings.length;
  if (missing !== undefined && (tooFew || missing.missing === 'unusable')) return [{ ...missing, rule }];
  const value = combine(values, aggregation, limit);
  if (value === undefined) return [{ rule, missing: 'unmeasured', why: 'there is no valid run' }];
  const held = isKept(value, limit, bound);
  return [{ rule, limit, bound, value, values, aggregation, held, lhci: askLhci(rule, limit, bound, runs) }];
}

function runsFor(aggregation: Aggregation, runs: readonly Report[]): readonly Report[] {
  if (aggregation !== 'median-run') return runs;
  const median = medianRun(runs);
  return median === undefined ? [] : [median];
}

function combine(values: readonly number[], aggregation: Aggregation, limit: LimitName): number | undefined {
  const best = limit === 'minScore' ? Math.max : Math.min;
  const worst = limit === 'minScore' ? Math.min : Math.max;
  if (values.length === 0) return undefined;
  switch (aggregation) {
    case 'median':
    case 'median-run':
      return quantile(values, 0.5);
    case 'optimistic':
      return best(...values);
    case 'pessimistic':
      return worst(...values);
  }
}

function isKept(value: number, limit: LimitName, bound: number): boolean {
  return limit === 'minScore' ? value >= bound : value <= bound;
}

/**
 * `lhci assert` 0.15.1: the best run by default; `median-run` of a category is the highest score of all runs
 * (https://github.com/GoogleChrome/lighthouse-ci/issues/1064), of an audit that of its own representative run;
 * a key in camelCase is looked up in kebab-case only and so counts as off.
 */
function askLhci(
  rule: AssertionRule,
  limit: LimitName,
  bound: number,
  runs: readonly Report[],
): DecidedOutcome['lhci'] {
  if (rule.isCamelCase) return 'ignores';
  const { aggregation = 'optimistic' } = rule;
  const isRun = aggregation === 'median-run' && rule.auditId !== 'categories';
  const upper = isRun ? medianRun(runs, 'upper') : undefined;
  const readings = (upper === undefined ? runs : [upper]).map((run) => readValue(rule, limit, run));
  const values = readings.flatMap((reading) => ('value' in reading ? [reading.value] : []));
  const value = aggregation === 'median-run' && !isRun ? Math.max(...values) : combine(values, aggregation, limit);
  return value !== undefined && isKept(value, limit, bound) ? 'passes' : 'fails';
}

/** The outcome as a fact for the judge. */
export function toAssertion(outcome: DecidedOutcome, step: string): Assertion {
  const { rule, limit, bound, value, values, aggregation, held } = outcome;
  const word = limit === 'minScore' ? 'at least' : 'at most';
  const runs = values.length === 1 ? '' : ` (runs: ${values.map(show).join(', ')})`;
  return {
    ok: held,
    expected: `${rule.key} ${limit} ${word} ${show(bound)} (${aggregation})`,
    actual: cut(`${show(value)}${runs}`, 1_000),
    step,
    level: rule.level,
    ...(TIMED.has(rule.auditId === 'categories' ? (rule.property[0] ?? '') : rule.auditId)
      ? { ground: 'time' as const }
      : {}),
  };
}

/** Audits whose values grow when this machine is starved; what they say of the page's content does not. */
const TIMED: ReadonlySet<string> = new Set([
  'performance',
  'first-contentful-paint',
  'largest-contentful-paint',
  'speed-index',
  'total-blocking-time',
  'max-potential-fid',
  'interactive',
  'server-response-time',
  'mainthread-work-breakdown',
  'bootup-time',
]);

function show(value: number): string {
  return String(Number(value.toFixed(3)));
}

/** Where `lhci assert` would have decided otherwise, in one sentence; undefined where it agrees. */
export function describeDifference(outcome: DecidedOutcome, step: string): string | undefined {
  const { rule, limit, held, lhci, aggregation } = outcome;
  if (lhci === (held ? 'passes' : 'fails')) return undefined;
  const why = rule.isCamelCase
    ? 'it ignores keys in camelCase'
    : rule.aggregation === undefined
      ? 'it takes the best run where no aggregationMethod is named'
      : `its ${aggregation} takes another run`;
  return `${step} ${rule.key} ${limit}: ${held ? 'held' : 'broken'} here, lhci assert ${lhci} it (${why})`;
}
