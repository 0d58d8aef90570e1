import type { Budget } from './budget.ts';
import type { Measure } from './measure.ts';
import type { Assertion, Observation, Step } from './observation.ts';
import type { Breach, NonEmpty, Run, Verdict } from './run.ts';

/** Steps, assertions and breaches recorded of one attempt, each. */
const MOST_RECORDED = 300;
/** Measures recorded of one attempt besides those that a budget reads, which are all recorded, as are those of a gate's runs. */
const MOST_MEASURES = 2_000;

/**
 * What is recorded of a run. It is cut only after verdict and blame have been made of all that was seen, and so that judging the rest
 * again gives the same verdict: what failed goes before what held, and every measure stays that one of the budgets reads. The fact
 * `leftOut` of an attempt tells how much is missing.
 */
export function trimRun(run: Run, budgets: readonly Pick<Budget, 'measure'>[]): Run {
  const judged = new Set(budgets.map(({ measure }) => measure));
  // A gate compares every measure of both sides once their runs have ended.
  const isJudged = (name: string): boolean => run.trigger === 'gate' || judged.has(name);
  const attempts = run.attempts.map((attempt) => ({
    ...attempt,
    verdict: trimVerdict(attempt.verdict),
    observation: trimObservation(attempt.observation, isJudged),
  }));
  return { ...run, verdict: trimVerdict(run.verdict), attempts };
}

type IsJudged = (measure: string) => boolean;

function trimObservation(observation: Observation, isJudged: IsJudged): Observation {
  const steps = keepFirst(observation.steps, MOST_RECORDED, rankOfStep);
  const assertions = keepFirst(observation.assertions, MOST_RECORDED, rankOfAssertion());
  const measures = keepMeasures(observation.measures, isJudged);
  const leftOut = [
    `${observation.steps.length - steps.length} steps`,
    `${observation.assertions.length - assertions.length} assertions`,
    `${observation.measures.length - measures.length} measures`,
  ].filter((text) => !text.startsWith('0 '));
  if (leftOut.length === 0) return observation;
  return { ...observation, steps, assertions, measures, facts: { ...observation.facts, leftOut: leftOut.join(', ') } };
}

/** A verdict names as many breaches as are recorded, those that decide first. */
function trimVerdict(verdict: Verdict): Verdict {
  switch (verdict.status) {
    case 'passed':
    case 'skipped':
      return verdict;
    case 'degraded':
    case 'failed':
      return { ...verdict, breaches: keepBreaches(verdict.breaches) };
    case 'inconclusive':
      return { ...verdict, seen: keepFirst(verdict.seen, MOST_RECORDED, rankOfBreach()) };
  }
}

/** The first, which decides, has the lowest rank and stays the first. */
function keepBreaches(breaches: NonEmpty<Breach>): NonEmpty<Breach> {
  const [first = breaches[0], ...rest] = keepFirst(breaches, MOST_RECORDED, rankOfBreach());
  return [first, ...rest];
}

function keepMeasures(measures: readonly Measure[], isJudged: IsJudged): readonly Measure[] {
  if (measures.length <= MOST_MEASURES) return measures;
  let others = 0;
  return measures.filter(({ name }) => {
    if (isJudged(name)) return true;
    others += 1;
    return others <= MOST_MEASURES;
  });
}

function rankOfStep({ status }: Step): number {
  return status === 'failed' ? 0 : 1;
}

/** The first of each ground goes before all others: one ground that nothing explains decides about blame. */
function rankOfAssertion(): (assertion: Assertion) => number {
  const known = new Set<string>();
  return ({ ok, level = 'fail', ground = 'answer' }) => {
    if (ok) return 3;
    const isFirst = !known.has(`${level} ${ground}`);
    known.add(`${level} ${ground}`);
    return isFirst ? 0 : level === 'fail' ? 1 : 2;
  };
}

/** Budgets are as many as the configuration has. */
function rankOfBreach(): (breach: Breach) => number {
  const rank = rankOfAssertion();
  return (breach) => (breach.kind === 'budget' ? 0 : rank({ ...breach, ok: false }));
}

/** The `most` of the lowest rank, those of one rank as they came; in the order in which they came. */
function keepFirst<T>(list: readonly T[], most: number, rankOf: (item: T) => number): readonly T[] {
  if (list.length <= most) return list;
  const ranked = list.map((item, index) => ({ item, index, rank: rankOf(item) }));
  const chosen = ranked.toSorted((a, b) => a.rank - b.rank).slice(0, most);
  return chosen.toSorted((a, b) => a.index - b.index).map(({ item }) => item);
}
