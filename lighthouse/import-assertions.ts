import type { Aggregate, Limit } from '../core/budget.ts';
import type { BudgetDraft } from '../core/budget-draft.ts';
import { type Imported, joinImported, type Said } from '../core/budget-import.ts';
import type { Diagnostic } from '../core/errors.ts';
import type { Labels } from '../core/measure.ts';
import { type AssertionRule, rulesOf } from './assertion-rules.ts';
import { LIMIT_NAMES, type LimitName } from './assertion-values.ts';
import { counterpartOf } from './audit-measures.ts';
import { rowsOfBudgets } from './budgets-file.ts';
import { type LighthouseRc, ownFormFactor } from './rc.ts';
import { explain } from './rc-problems.ts';
import { type Assertions, assertions } from './rc-sections.ts';

type Outcome = Imported | { readonly problems: readonly Diagnostic[] };

/** A Lighthouse budget.json as budgets: times in milliseconds, sizes in its kB, which are KiB. */
export function importBudgetFile(input: unknown, file: string): Outcome {
  const outcome = rowsOfBudgets(input, file);
  if ('problems' in outcome) return outcome;
  return joinImported(
    outcome.rows.map(({ path, limits }) => {
      // A budget of Lighthouse is of one audit; ours is of several.
      const rules = rulesOf(limits, 'median');
      if (path === undefined || path === '/' || path === '/*') return importRules(rules, [{}]);
      if (/[*$]/.test(path))
        return leave(rules, `'${path}' stands for many pages: write a budget for each, on: { page: '…' }`);
      const note = {
        from: path,
        why: `stood for all pages whose path begins with it; the budget is for the page '${path}'`,
      };
      return joinImported([importRules(rules, [{ page: path }]), { drafts: [], left: [], notes: [note] }]);
    }),
  );
}

/** The assertions of lighthouserc.json as budgets, page by page where it names several, for the form factor that it collects. */
export function importRc(rc: LighthouseRc): Outcome {
  const rows = rc.assert.assertMatrix ?? [rc.assert];
  const outcomes = rows.map((row, index) => {
    const path = rc.assert.assertMatrix === undefined ? 'ci.assert' : `ci.assert.assertMatrix.${index}`;
    const parsed = assertions.safeParse(row.assertions ?? {});
    if (!parsed.success) return { problems: explain(parsed.error, { file: rc.file, path: `${path}.assertions` }) };
    const pattern = 'matchingUrlPattern' in row ? row.matchingUrlPattern : undefined;
    return joinImported([
      importRow(rc, pattern, rulesOf(parsed.data, row.aggregationMethod)),
      { drafts: [], notes: [], left: [...presetLeft(row.preset), ...switchedOff(parsed.data)] },
    ]);
  });
  const problems = outcomes.flatMap((one) => ('problems' in one ? one.problems : []));
  if (problems.length > 0) return { problems };
  return joinImported(outcomes.flatMap((one) => ('problems' in one ? [] : [one])));
}

function presetLeft(preset: string | undefined): readonly Said[] {
  if (preset === undefined) return [];
  return [
    {
      from: `preset ${preset}`,
      why: 'presets are not taken: they assert scores of single audits, which are no measures',
    },
  ];
}

function switchedOff(chosen: Assertions): readonly Said[] {
  return Object.entries(chosen).flatMap(([from, { level }]) =>
    level === 'off' ? [{ from, why: 'switched off there' }] : [],
  );
}

function importRow(rc: LighthouseRc, pattern: string | undefined, rules: readonly AssertionRule[]): Imported {
  const formFactor = { form_factor: ownFormFactor(rc) };
  const urls = rc.collect.url.flatMap((url) => URL.parse(url) ?? []);
  const test = regularExpression(pattern);
  if (test === undefined) return leave(rules, `'${pattern}' is not a regular expression`);
  const matching = urls.filter(({ href }) => test.test(href));
  if (urls.length < 2 && (pattern === undefined || pattern === '.*' || matching.length > 0))
    return importRules(rules, [formFactor]);
  if (matching.length === 0) return leave(rules, `'${pattern}' fits no page of collect.url`);
  const pages = [...new Set(matching.map(({ pathname, search }) => pathname + search))];
  return importRules(
    rules,
    pages.map((page) => ({ page, ...formFactor })),
  );
}

function regularExpression(pattern = ''): RegExp | undefined {
  try {
    return new RegExp(pattern);
  } catch {
    // What is wrong with it matters less than that nothing fits it.
    return undefined;
  }
}

function leave(rules: readonly AssertionRule[], why: string): Imported {
  return { drafts: [], notes: [], left: rules.map(({ key }) => ({ from: key, why })) };
}

function importRules(rules: readonly AssertionRule[], places: readonly Labels[]): Imported {
  return joinImported(
    rules.flatMap((rule) =>
      LIMIT_NAMES.flatMap((limit) => {
        const bound = rule[limit];
        return bound === undefined ? [] : [importLimit(rule, { limit, bound }, places)];
      }),
    ),
  );
}

type Bound = { readonly limit: LimitName; readonly bound: number };

function importLimit(rule: AssertionRule, { limit, bound }: Bound, places: readonly Labels[]): Imported {
  const from = `${rule.key} ${limit} ${bound}`;
  const found = counterpartOf(rule, limit);
  if ('why' in found) return { drafts: [], notes: [], left: [{ from, why: found.why }] };
  const asked: Limit = { comparison: limit === 'minScore' ? '>=' : '<=', value: bound, unit: found.unit };
  const { aggregate, why } = aggregateOf(rule, limit);
  const drafts = places.map((on): BudgetDraft => ({ measure: found.measure, on, aggregate, [rule.level]: asked }));
  const notes = [
    ...(why === undefined ? [] : [{ from, why }]),
    ...(rule.isCamelCase ? [{ from, why: 'lhci ignores keys in camelCase, so this was never asserted' }] : []),
  ];
  return { drafts, notes, left: [] };
}

type Aggregated = { readonly aggregate: Aggregate; readonly why?: string };

function aggregateOf({ aggregation }: AssertionRule, limit: LimitName): Aggregated {
  const [best, worst] = limit === 'minScore' ? (['max', 'min'] as const) : (['min', 'max'] as const);
  switch (aggregation) {
    case 'median':
      return { aggregate: 'median' };
    case 'optimistic':
      return { aggregate: best };
    case 'pessimistic':
      return { aggregate: worst };
    case 'median-run':
      return { aggregate: 'median', why: 'the median of the values is judged, not the value of the median run' };
    default:
      return { aggregate: 'median', why: 'lhci takes the best run where none is named; here the median is judged' };
  }
}
