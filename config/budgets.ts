import { z } from 'zod';
import {
  AGGREGATES,
  type Aggregate,
  type Budget,
  COMPARISONS,
  type Level,
  type Limit,
  type RelativeBudget,
} from '../core/budget.ts';
import type { Diagnostic } from '../core/errors.ts';
import { declarationOf, type MeasureCatalogue, type MeasureDeclaration } from '../core/measure.ts';
import { suggest } from '../core/suggest.ts';
import { type ParsedQuantity, parseQuantity, UNITS, type Unit } from '../core/units.ts';
import { diagnose } from './diagnose.ts';

const budgetSchema = z.strictObject({
  warn: z.string().optional(),
  fail: z.string().optional(),
  aggregate: z.enum(AGGREGATES).default('median'),
  minSamples: z.int().min(1).default(1),
  on: z.record(z.string(), z.string()).optional(),
  noWorseThan: z.strictObject({ by: z.string(), better: z.enum(['lower', 'higher']).optional() }).optional(),
});
type BudgetOptions = z.output<typeof budgetSchema>;
type Parsed = {
  readonly budgets: readonly Budget[];
  readonly relativeBudgets: readonly RelativeBudget[];
  readonly problems: readonly Diagnostic[];
};

/** Turns the `budgets` option of a check into budgets; every problem is returned with its path, none is thrown. */
export function parseBudgets(
  input: Readonly<Record<string, unknown>>,
  catalogue: MeasureCatalogue,
  path: string,
): Parsed {
  const parsed = Object.entries(input).map(([measure, value]) =>
    parseMeasure(measure, value, catalogue, `${path}.budgets['${measure}']`),
  );
  const { budgets, relativeBudgets, problems } = joined(parsed);
  return {
    budgets,
    relativeBudgets,
    problems: [...problems, ...duplicates(budgets, path), ...duplicates(relativeBudgets, path)],
  };
}

function joined(parsed: readonly Parsed[]): Parsed {
  return {
    budgets: parsed.flatMap((one) => one.budgets),
    relativeBudgets: parsed.flatMap((one) => one.relativeBudgets),
    problems: parsed.flatMap((one) => one.problems),
  };
}

function refused(problems: readonly Diagnostic[]): Parsed {
  return { budgets: [], relativeBudgets: [], problems };
}

function parseMeasure(measure: string, value: unknown, catalogue: MeasureCatalogue, path: string): Parsed {
  const declaration = declarationOf(catalogue, measure);
  if (!declaration) {
    const near = suggest(measure, Object.keys(catalogue));
    const known = Object.keys(catalogue).join(', ');
    const hint = near === undefined ? `known measures: ${known}` : `did you mean '${near}'?`;
    return refused([{ path, message: `this kind of check does not measure '${measure}'`, hint }]);
  }
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return joined(
    items.map((item, index) => parseOne(measure, item, declaration, Array.isArray(value) ? `${path}[${index}]` : path)),
  );
}

function parseOne(measure: string, item: unknown, declaration: MeasureDeclaration, path: string): Parsed {
  const result = budgetSchema.safeParse(item);
  if (!result.success) return refused(diagnose(result.error, budgetSchema, path));
  const options = result.data;
  if (options.warn === undefined && options.fail === undefined && options.noWorseThan === undefined) {
    const hint = "give 'warn', 'fail' or 'noWorseThan', e.g. { fail: '<= 800ms' }";
    return refused([{ path, message: 'a budget without a limit', hint }]);
  }
  const warn = parseLimit(options.warn, declaration.unit, `${path}.warn`);
  const fail = parseLimit(options.fail, declaration.unit, `${path}.fail`);
  const effect = parseEffect(options.noWorseThan?.by, declaration.unit, `${path}.noWorseThan.by`);
  const problems = [warn, fail, effect].flatMap((part) => (part !== undefined && 'path' in part ? [part] : []));
  if (problems.length > 0) return refused(problems);
  const budget = makeBudget(measure, options, warn, fail);
  const isAbsolute = budget.warn !== undefined || budget.fail !== undefined;
  const relative =
    effect === undefined || 'path' in effect ? [] : [makeRelative(budget, effect, options, declaration.better)];
  return { budgets: isAbsolute ? [budget] : [], relativeBudgets: relative, problems: [] };
}

type Effect = RelativeBudget['effect'];

/** Reads `'5%'` as a share of the baseline, also of a measure that is a share itself, and `'20ms'` as an amount. */
function parseEffect(text: string | undefined, unit: Unit | 'any', path: string): Effect | Diagnostic | undefined {
  if (text === undefined) return undefined;
  const share = parseQuantity(text, 'ratio');
  const parsed = 'value' in share ? share : unit === 'any' ? parseAnyUnit(text) : parseQuantity(text, unit);
  if ('problem' in parsed) return { path, message: parsed.problem, hint: "or write a share of the baseline: '5%'" };
  if (parsed.value <= 0) return { path, message: `'${text}' is no change`, hint: "write what would matter, e.g. '5%'" };
  return { by: parsed.value, ratio: 'value' in share };
}

function makeRelative(
  { name, measure, on, aggregate, warn, fail }: Budget,
  effect: Effect,
  { noWorseThan }: BudgetOptions,
  known: MeasureDeclaration['better'],
): RelativeBudget {
  const isFloor = (fail ?? warn)?.comparison.startsWith('>') === true;
  return {
    name,
    measure,
    aggregate,
    ...(on === undefined ? {} : { on }),
    effect,
    better: noWorseThan?.better ?? known ?? (isFloor ? 'higher' : 'lower'),
  };
}

function makeBudget(
  measure: string,
  options: BudgetOptions,
  warn: Limit | Diagnostic | undefined,
  fail: Limit | Diagnostic | undefined,
): Budget {
  return {
    name: budgetName(measure, options.aggregate, options.on),
    measure,
    aggregate: options.aggregate,
    minSamples: options.minSamples,
    ...(options.on === undefined ? {} : { on: options.on }),
    ...(warn !== undefined && 'unit' in warn ? { warn } : {}),
    ...(fail !== undefined && 'unit' in fail ? { fail } : {}),
  };
}

/** `lcp` for the default aggregate, `lcp p75`, `lcp p75 {page=/parts}`. */
function budgetName(measure: string, aggregate: Aggregate, on: Readonly<Record<string, string>> | undefined): string {
  const labels = Object.entries(on ?? {}).map(([key, value]) => `${key}=${value}`);
  return [
    measure,
    ...(aggregate === 'median' ? [] : [aggregate]),
    ...(labels.length === 0 ? [] : [`{${labels.join(', ')}}`]),
  ].join(' ');
}

const LIMIT_SHAPE = /^\s*(<=|>=|<|>)\s*(.+)$/;

/** Reads `'<= 800ms'`. `undefined` in, `undefined` out; a problem comes back as a diagnostic. */
function parseLimit(text: string | undefined, unit: Unit | 'any', path: string): Limit | Diagnostic | undefined {
  if (text === undefined) return undefined;
  const match = LIMIT_SHAPE.exec(text);
  const comparison = COMPARISONS.find((known) => known === match?.[1]);
  const quantity = match?.[2];
  if (comparison === undefined || quantity === undefined) {
    return {
      path,
      message: `'${text}' is not a limit`,
      hint: `begin with one of ${COMPARISONS.join(' ')}, e.g. '<= 800ms'`,
    };
  }
  const parsed = unit === 'any' ? parseAnyUnit(quantity) : parseQuantity(quantity, unit);
  return 'problem' in parsed
    ? { path, message: parsed.problem }
    : { comparison, value: parsed.value, unit: parsed.unit };
}

/** For measures whose unit depends on the name: the suffix decides, a bare number is a count. */
function parseAnyUnit(text: string): ParsedQuantity | { readonly problem: string } {
  for (const unit of UNITS) {
    const parsed = parseQuantity(text, unit);
    if ('value' in parsed) return parsed;
  }
  return { problem: `'${text}' is not a quantity: write e.g. '300ms', '150kB', '95%', '20/s' or a bare number` };
}

function duplicates(budgets: readonly (Budget | RelativeBudget)[], path: string): readonly Diagnostic[] {
  const level = (budget: Budget | RelativeBudget): Level | 'noWorseThan' =>
    'effect' in budget ? 'noWorseThan' : budget.warn ? 'warn' : 'fail';
  const names = budgets.map((budget) => budget.name);
  return budgets
    .filter((budget, index) => names.indexOf(budget.name) !== index)
    .map((budget) => ({
      path: `${path}.budgets['${budget.measure}']`,
      message: `two budgets are called '${budget.name}' (this one sets ${level(budget)})`,
      hint: 'put both limits in one budget',
    }));
}
