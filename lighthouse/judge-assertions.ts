import { cut } from '../core/cut.ts';
import type { Assertion, Evidence } from '../core/observation.ts';
import type { AssertRow } from './assert-plan.ts';
import { type AssertionOutcome, describeDifference, evaluateRules, toAssertion } from './assertions.ts';
import type { SeenPage } from './observe.ts';
import type { FormFactor } from './options.ts';
import { type AuditPlan, originOf } from './prepare.ts';
import { ownFormFactor } from './rc.ts';

/** What lighthouserc.json's assertions came to. */
export type AssertionFindings = {
  readonly assertions: readonly Assertion[];
  readonly evidence: Evidence;
  readonly facts: Readonly<Record<string, string>>;
};

type Judged = { readonly page: SeenPage; readonly row: AssertRow; readonly outcomes: readonly AssertionOutcome[] };

/** Evaluates the assertions on every page that was measured under the form factors they are meant for. */
export function judgeAssertions(pages: readonly SeenPage[], plan: AuditPlan): AssertionFindings {
  const meant = judgedFormFactors(plan);
  const asked = pages.filter((page) => page.isEnough && meant.includes(page.result.formFactor));
  const judged = asked.flatMap((page) =>
    plan.rows.filter((row) => isFor(row, page, plan)).map((row) => judgeRow(row, page)),
  );
  const outcomes = judged.flatMap(({ page, outcomes }) => outcomes.map((outcome) => ({ page, outcome })));
  const decided = outcomes.flatMap(({ page, outcome }) => ('held' in outcome ? [{ page, outcome }] : []));
  const unused = asked.length === 0 ? [] : plan.rows.filter((row) => !judged.some((one) => one.row === row));
  const isVacuous = unused.length > 0 && judged.length === 0;
  const differences = decided.flatMap(({ page, outcome }) => describeDifference(outcome, page.name) ?? []);
  return {
    assertions: decided.map(({ page, outcome }) => toAssertion(outcome, page.name)),
    evidence: {
      unusable_assertions: countMissing('unusable', outcomes, isVacuous ? unused.map(describeUnused) : []),
      unmeasured_assertions: countMissing('unmeasured', outcomes, []),
    },
    facts: {
      ...aggregationFact(decided.map(({ outcome }) => outcome)),
      ...textFact('lhci_assert_differs', differences),
      ...textFact('assertions_without_page', unused.map(describeUnused)),
    },
  };
}

/** Those that the check names, else the one that lighthouserc.json collects; never none, or its assertions would vanish. */
function judgedFormFactors({ options, rc }: AuditPlan): readonly FormFactor[] {
  const own = ownFormFactor(rc);
  return options.assertOn ?? (options.formFactors.includes(own) ? [own] : options.formFactors);
}

function judgeRow(row: AssertRow, page: SeenPage): Judged {
  return { page, row, outcomes: evaluateRules(row.rules, page.valid) };
}

/** A pattern is also tried on the address the page has on the origin that lighthouserc.json was written for. */
function isFor(row: AssertRow, { valid }: SeenPage, { rcOrigin }: AuditPlan): boolean {
  if (row.pattern === undefined) return true;
  const pattern = new RegExp(row.pattern);
  const final = valid[0]?.finalUrl ?? valid[0]?.finalDisplayedUrl ?? '';
  const origin = originOf(final);
  const there = origin === undefined || rcOrigin === undefined ? final : rcOrigin + final.slice(origin.length);
  return pattern.test(final) || pattern.test(there);
}

function describeUnused(row: AssertRow): string {
  return `no audited page matches '${row.pattern ?? ''}'`;
}

type Placed = { readonly page: SeenPage; readonly outcome: AssertionOutcome };

function countMissing(
  kind: 'unusable' | 'unmeasured',
  outcomes: readonly Placed[],
  more: readonly string[],
): Evidence[string] {
  const texts = outcomes.flatMap(({ outcome }) =>
    'missing' in outcome && outcome.missing === kind ? [outcome.why] : [],
  );
  const all = [...new Set([...texts, ...more])];
  return all.length === 0 ? { seen: 0 } : { seen: all.length, detail: cut(all.join('; '), 1_000) };
}

function aggregationFact(outcomes: readonly Extract<AssertionOutcome, { held: boolean }>[]): Record<string, string> {
  if (outcomes.length === 0) return {};
  const unnamed = outcomes.filter(({ rule }) => rule.aggregation === undefined).length;
  const note =
    unnamed === 0 ? '' : `; ${unnamed} without aggregationMethod judged by the median, lhci assert takes the best run`;
  return { assertions: `${outcomes.length} evaluated${note}` };
}

function textFact(name: string, texts: readonly string[]): Record<string, string> {
  return texts.length === 0 ? {} : { [name]: cut(texts.join('; '), 1_000) };
}
