import type { Budget, Limit } from './budget.ts';
import { type Fault, fault } from './fault.ts';
import { type Measure, matchesLabels } from './measure.ts';
import type { EvidenceRule, Observation } from './observation.ts';
import type { Attempt, Breach, BudgetResult, NonEmpty, Verdict } from './run.ts';
import { aggregate } from './statistics.ts';
import { formatQuantity, type Unit } from './units.ts';

export type Judgement = { readonly verdict: Verdict; readonly budgets: readonly BudgetResult[] };
export type Rules = { readonly budgets: readonly Budget[]; readonly evidence: readonly EvidenceRule[] };

/**
 * The only maker of verdicts over an observation. Order of reasons, first that applies:
 * a fault (we could not measure) – a failing breach (the target is bad) – missing evidence or samples – a warning – passed.
 * A failing breach outranks missing evidence because a dead target leaves little to see; evidence is asked of passes.
 */
export function judge(observation: Observation, rules: Rules): Judgement {
  const budgets = rules.budgets.map((budget) => judgeBudget(budget, observation.measures));
  const breaches = [...assertionBreaches(observation), ...budgets.flatMap(breachesOf)];
  return { verdict: decide(observation, rules, budgets, breaches), budgets };
}

function decide(
  observation: Observation,
  rules: Rules,
  budgets: readonly BudgetResult[],
  breaches: readonly Breach[],
): Verdict {
  if (observation.fault) return { status: 'inconclusive', fault: observation.fault, seen: breaches };
  const failing = breaches.filter((breach) => breach.level !== 'warn');
  if (isNonEmpty(failing))
    return { status: 'failed', breaches: [failing[0], ...breaches.filter((breach) => breach !== failing[0])] };
  const missing = missingEvidence(observation, rules.evidence) ?? missingSamples(budgets);
  if (missing) return { status: 'inconclusive', fault: missing, seen: breaches };
  return isNonEmpty(breaches) ? { status: 'degraded', breaches } : { status: 'passed' };
}

/**
 * The verdict of a run over its attempts: the last one decides. One exception: a failure that its confirmation could not
 * measure again stays unconfirmed, so the run is inconclusive and keeps what was seen.
 */
export function judgeAttempts(attempts: NonEmpty<Attempt>): Verdict {
  const last = attempts.at(-1)?.verdict ?? attempts[0].verdict;
  if (last.status !== 'inconclusive') return last;
  const seen = attempts.flatMap(({ verdict }) => (verdict.status === 'failed' ? verdict.breaches : []));
  return { ...last, seen: [...last.seen, ...seen] };
}

function assertionBreaches(observation: Observation): readonly Breach[] {
  return observation.assertions
    .filter((assertion) => !assertion.ok)
    .map(({ ok: _, ...rest }) => ({ kind: 'assertion', ...rest }));
}

/** How a budget stands with what was measured: `no-samples` when there are too few, or none in its unit. */
export function judgeBudget(budget: Budget, measures: readonly Measure[]): BudgetResult {
  const matching = measures.filter(
    (measure) =>
      measure.name === budget.measure && matchesLabels(measure.labels, budget.on) && isComparable(measure, budget),
  );
  const samples = matching.reduce((total, measure) => total + (measure.samples ?? 1), 0);
  const value = aggregate(
    matching.map((measure) => measure.value),
    budget.aggregate,
  );
  const enough = samples >= budget.minSamples && samples > 0;
  // One sample that is no number spoils the order of all of them: a quantile would still look like a value.
  const areNumbers = matching.every((measure) => Number.isFinite(measure.value));
  if (!enough || !areNumbers || value === undefined || !Number.isFinite(value))
    return { budget, samples, status: 'no-samples' };
  return { budget, samples, value, status: statusOf(budget, value) };
}

/** Only measures whose unit depends on their name can differ from the limit; then nothing was measured that the budget could judge. */
function isComparable(measure: Measure, budget: Budget): boolean {
  const unit = (budget.fail ?? budget.warn)?.unit ?? measure.unit;
  return unit === measure.unit || (DIMENSIONLESS.has(unit) && DIMENSIONLESS.has(measure.unit));
}
const DIMENSIONLESS: ReadonlySet<Unit> = new Set(['count', 'score', 'ratio']);

function statusOf(budget: Budget, value: number): 'kept' | 'warned' | 'failed' {
  if (budget.fail && !isWithin(value, budget.fail)) return 'failed';
  return budget.warn && !isWithin(value, budget.warn) ? 'warned' : 'kept';
}

/** Whether a value keeps a limit. */
export function isWithin(value: number, limit: Limit): boolean {
  switch (limit.comparison) {
    case '<=':
      return value <= limit.value;
    case '>=':
      return value >= limit.value;
    case '<':
      return value < limit.value;
    case '>':
      return value > limit.value;
  }
}

function breachesOf({ budget, value, samples, status }: BudgetResult): readonly Breach[] {
  const level = status === 'failed' ? 'fail' : 'warn';
  const limit = budget[level];
  if (value === undefined || limit === undefined || (status !== 'failed' && status !== 'warned')) return [];
  const measure: Measure = {
    name: budget.measure,
    value,
    unit: limit.unit,
    samples,
    ...(budget.on ? { labels: budget.on } : {}),
  };
  return [{ kind: 'budget', budget: budget.name, value: measure, limit, level }];
}

function missingEvidence(observation: Observation, rules: readonly EvidenceRule[]): Fault | undefined {
  for (const rule of rules) {
    const item = Object.hasOwn(observation.evidence, rule.item) ? observation.evidence[rule.item] : undefined;
    if (item !== undefined && isMet(rule, item.seen)) continue;
    const detail = item?.detail === undefined ? '' : `: ${item.detail}`;
    const seen = item === undefined ? `did not count ${rule.item}` : `saw ${item.seen} ${rule.item}`;
    return fault(rule.fault.code, `${rule.fault.message} (${seen}, ${wanted(rule)})${detail}`, rule.fault.blame);
  }
  return undefined;
}

/** What was not counted meets no rule, not even one that asks for none of it: nobody looked. */
function isMet({ atLeast = 0, atMost = Number.POSITIVE_INFINITY }: EvidenceRule, seen: number): boolean {
  return seen >= atLeast && seen <= atMost;
}

function wanted(rule: EvidenceRule): string {
  return rule.atMost === undefined ? `needs at least ${rule.atLeast ?? 0}` : `may be at most ${rule.atMost}`;
}

function missingSamples(budgets: readonly BudgetResult[]): Fault | undefined {
  const lacking = budgets.find((result) => result.status === 'no-samples');
  if (!lacking) return undefined;
  const { name, measure, minSamples, fail, warn } = lacking.budget;
  const unit = (fail ?? warn)?.unit ?? 'count';
  return fault(
    'no-samples',
    `Budget '${name}' has ${lacking.samples} of ${minSamples} samples of '${measure}' in ${unit}; nothing was judged`,
  );
}

/** One sentence about a breach for a person, e.g. `lcp p75 is 4.2 s, limit <= 2.5 s`. */
export function describeBreach(breach: Breach): string {
  if (breach.kind === 'budget') {
    const { value, limit } = breach;
    return `${breach.budget} is ${formatQuantity(value.value, value.unit)}, limit ${limit.comparison} ${formatQuantity(limit.value, limit.unit)}`;
  }
  const step = breach.step === undefined ? '' : ` (step '${breach.step}')`;
  return `expected ${breach.expected}, got ${breach.actual}${step}`;
}

function isNonEmpty<T>(items: readonly T[]): items is NonEmpty<T> {
  return items.length > 0;
}
