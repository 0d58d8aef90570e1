import { z } from 'zod';
import type { Diagnostic } from '../core/errors.ts';
import type { Level } from './rc-levels.ts';
import { explain } from './rc-problems.ts';
import type { Assertions } from './rc-sections.ts';

const RESOURCE_TYPES = [
  'total',
  'document',
  'script',
  'stylesheet',
  'image',
  'media',
  'font',
  'other',
  'third-party',
] as const;

const resourceBudget = z.strictObject({ resourceType: z.enum(RESOURCE_TYPES), budget: z.number().min(0) });
const timingBudget = z.strictObject({ metric: z.string().regex(/^[a-z][a-z-]*$/), budget: z.number().min(0) });
const budgetOptions = z.strictObject({ firstPartyHostnames: z.array(z.string()) });
const budget = z.strictObject({
  path: z.string().startsWith('/').optional(),
  options: budgetOptions.optional(),
  resourceSizes: z.array(resourceBudget).default([]),
  resourceCounts: z.array(resourceBudget).default([]),
  timings: z.array(timingBudget).default([]),
});
const budgets = z.array(budget);

const LEVELS: readonly Level[] = [
  { at: '[]', keys: Object.keys(budget.shape) },
  { at: '[].options', keys: Object.keys(budgetOptions.shape) },
  { at: '[].resourceSizes[]', keys: Object.keys(resourceBudget.shape) },
  { at: '[].resourceCounts[]', keys: Object.keys(resourceBudget.shape) },
  { at: '[].timings[]', keys: Object.keys(timingBudget.shape) },
];

type BudgetRow = {
  readonly pattern: string;
  /** As written. */
  readonly path: string | undefined;
  readonly limits: Assertions;
};

/** A Lighthouse budget.json as assertions, the way `lhci assert --budgetsFile` reads it: sizes are KiB, times milliseconds. */
export function rowsOfBudgets(
  input: unknown,
  file: string,
): { readonly rows: readonly BudgetRow[] } | { readonly problems: readonly Diagnostic[] } {
  const parsed = budgets.safeParse(input);
  if (!parsed.success) return { problems: explain(parsed.error, { file, levels: LEVELS }) };
  return {
    rows: parsed.data.map(({ path, resourceSizes, resourceCounts, timings }) => ({
      pattern: patternOf(path),
      path,
      limits: Object.fromEntries([
        ...timings.map(({ metric, budget }) => atMost(metric, budget)),
        ...resourceCounts.map(({ resourceType, budget }) => atMost(`resource-summary:${resourceType}:count`, budget)),
        ...resourceSizes.map(({ resourceType, budget }) =>
          atMost(`resource-summary:${resourceType}:size`, budget * 1024),
        ),
      ]),
    })),
  };
}

function atMost(key: string, maxNumericValue: number): readonly [string, Assertions[string]] {
  return [key, { level: 'error', limits: { maxNumericValue } }];
}

/** A path of robots.txt kind (`*` for anything, `$` for the end) as a regular expression over the final URL. */
function patternOf(path: string | undefined): string {
  if (path === undefined || path === '/') return '.*';
  const escaped = path.split('*').map((part) => part.replace(/[-[\]{}()+?.,\\^|#\s]/g, '\\$&'));
  return `https?://[^/]+${escaped.join('.*')}`;
}
