import type { Budget, Limit, RelativeBudget } from './budget.ts';
import type { Labels } from './measure.ts';
import type { Unit } from './units.ts';
import { writeQuantity } from './written-quantity.ts';

/** A budget that is to be written into a configuration. */
export type BudgetDraft = Pick<Budget, 'measure' | 'on' | 'aggregate'> & {
  readonly minSamples?: number;
  readonly warn?: Limit;
  readonly fail?: Limit;
  readonly relative?: Pick<RelativeBudget, 'effect'> & {
    readonly unit: Unit;
    /** Only where it is not what is known of the measure. */
    readonly better?: 'lower' | 'higher';
  };
};

/** A budget as it stands in a configuration. */
export type WrittenBudget = {
  readonly on?: Labels;
  readonly aggregate?: string;
  readonly minSamples?: number;
  readonly warn?: string;
  readonly fail?: string;
  readonly noWorseThan?: { readonly by: string; readonly better?: string };
};
export type WrittenBudgets = Readonly<Record<string, WrittenBudget | readonly WrittenBudget[]>>;

/** The `budgets` option of a check out of drafts. */
export function writeBudgets(drafts: readonly BudgetDraft[]): WrittenBudgets {
  const byMeasure = Map.groupBy(drafts, ({ measure }) => measure);
  return Object.fromEntries(
    [...byMeasure].map(([measure, all]) => {
      const written = all.map(writeBudget);
      return [measure, written.length === 1 && written[0] !== undefined ? written[0] : written];
    }),
  );
}

function writeBudget({ on, aggregate, minSamples = 1, warn, fail, relative }: BudgetDraft): WrittenBudget {
  return {
    ...(on === undefined || Object.keys(on).length === 0 ? {} : { on }),
    ...(aggregate === 'median' ? {} : { aggregate }),
    ...(minSamples === 1 ? {} : { minSamples }),
    ...(warn === undefined ? {} : { warn: writeLimit(warn) }),
    ...(fail === undefined ? {} : { fail: writeLimit(fail) }),
    ...(relative === undefined ? {} : { noWorseThan: writeRelative(relative) }),
  };
}

export function writeLimit({ comparison, value, unit }: Limit): string {
  return `${comparison} ${writeQuantity(value, unit)}`;
}

function writeRelative({ effect, unit, better }: NonNullable<BudgetDraft['relative']>) {
  const by = writeQuantity(effect.by, effect.ratio ? 'ratio' : unit);
  return { by, ...(better === undefined ? {} : { better }) };
}

/** `budgets: { … },` as TypeScript to paste, a line for each budget. */
export function snippetOf(budgets: WrittenBudgets): string {
  const lines = Object.entries(budgets).flatMap(([measure, value]) => {
    const key = keyOf(measure);
    if (!isMany(value)) return [`  ${key}: ${literal(value)},`];
    return [`  ${key}: [`, ...value.map((one) => `    ${literal(one)},`), '  ],'];
  });
  return ['budgets: {', ...lines, '},'].join('\n');
}

function isMany(value: WrittenBudgets[string]): value is readonly WrittenBudget[] {
  return Array.isArray(value);
}

function literal(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).map(([key, inner]) => `${keyOf(key)}: ${literal(inner)}`);
  return `{ ${entries.join(', ')} }`;
}

/** A key in brackets is a key and nothing else, whatever its name. */
function keyOf(name: string): string {
  if (name === '__proto__') return `[${quoted(name)}]`;
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name);
}

/** Signs that a terminal or an editor would obey or hide. */
const HIDDEN = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

function quoted(text: string): string {
  const json = JSON.stringify(text).replace(HIDDEN, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return text.includes("'") ? json : `'${json.slice(1, -1).replaceAll('\\"', '"')}'`;
}
