import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Level } from '../core/budget.ts';
import { type Diagnostic, messageOf } from '../core/errors.ts';
import { rowsOfBudgets } from './budgets-file.ts';
import { loadPreset } from './installed.ts';
import { mergeDeep } from './merge-deep.ts';
import { type Aggregation, type Assertions, type AssertSection, assertions, explain, type LighthouseRc } from './rc.ts';
import { majorOf, REMOVED_AUDITS, REMOVED_SINCE_MAJOR } from './removed-audits.ts';

/** One key of `assertions`, ready to be evaluated. */
export type AssertionRule = {
  /** As written, with `:` between parts. */
  readonly key: string;
  /** The audit, or `categories`. In kebab-case, as Lighthouse spells it. */
  readonly auditId: string;
  /** What follows the audit, e.g. `['script', 'size']`. */
  readonly property: readonly string[];
  readonly level: Level;
  readonly minScore?: number;
  readonly maxNumericValue?: number;
  readonly maxLength?: number;
  /** Only when the file names one. */
  readonly aggregation?: Aggregation;
  /** The key was written in camelCase, which Lighthouse CI turns off in silence. */
  readonly isCamelCase: boolean;
};

/** Assertions for the pages whose final URL matches; for all pages without a pattern. */
export type AssertRow = { readonly pattern?: string; readonly rules: readonly AssertionRule[] };

export type PlanOutcome =
  | { readonly ok: true; readonly rows: readonly AssertRow[] }
  | { readonly ok: false; readonly problems: readonly Diagnostic[] };

/** What the assertions are to be run with. */
export type Installed = {
  /** Path of the Lighthouse CI executable, for its presets. */
  readonly lhci: string;
  /** The Lighthouse that it will run, where that is known. */
  readonly lighthouse: string | undefined;
};

type RowInput = {
  readonly section: Pick<AssertSection, 'preset' | 'assertions' | 'aggregationMethod'>;
  readonly pattern?: string | undefined;
  readonly path: string;
};

/** Turns the `assert` part of lighthouserc.json into rules; all that is wrong with it comes back at once. */
export async function planAssertions(rc: LighthouseRc, installed: Installed): Promise<PlanOutcome> {
  const conflict = conflictOf(rc.assert);
  if (conflict !== undefined) return refuse([{ file: rc.file, path: 'ci.assert', message: conflict }]);
  const { budgetsFile } = rc.assert;
  if (budgetsFile !== undefined) return planBudgets(resolve(rc.folder, budgetsFile));
  const outcomes = await Promise.all(inputsOf(rc.assert).map((input) => planRow(input, rc.file, installed)));
  const problems = outcomes.flatMap((outcome) => (outcome.ok ? [] : outcome.problems));
  if (problems.length > 0) return refuse(problems);
  return { ok: true, rows: outcomes.flatMap((outcome) => (outcome.ok ? outcome.rows : [])) };
}

function refuse(problems: readonly Diagnostic[]): PlanOutcome {
  return { ok: false, problems };
}

function conflictOf(section: AssertSection): string | undefined {
  const { assertMatrix, budgetsFile, preset, aggregationMethod } = section;
  const hasAssertions = section.assertions !== undefined || preset !== undefined;
  if (assertMatrix !== undefined && (hasAssertions || aggregationMethod !== undefined || budgetsFile !== undefined))
    return "'assertMatrix' excludes 'assertions', 'preset', 'budgetsFile' and 'aggregationMethod'; move them into its rows";
  if (budgetsFile !== undefined && hasAssertions)
    return "'budgetsFile' excludes assertions; write its limits as assertions";
  return undefined;
}

function inputsOf(section: AssertSection): readonly RowInput[] {
  if (section.assertMatrix === undefined) return [{ section, path: 'ci.assert' }];
  return section.assertMatrix.map((row, index) => ({
    section: row,
    pattern: row.matchingUrlPattern,
    path: `ci.assert.assertMatrix.${index}`,
  }));
}

async function planRow({ section, pattern, path }: RowInput, file: string, installed: Installed): Promise<PlanOutcome> {
  const preset = section.preset === undefined ? {} : await loadPreset(installed.lhci, section.preset);
  if (preset === undefined) {
    const message = `there is no preset '${section.preset}'`;
    return refuse([{ file, path: `${path}.preset`, message, hint: 'write explicit assertions' }]);
  }
  const parsed = assertions.safeParse(mergeDeep(preset, section.assertions ?? {}));
  if (!parsed.success) return refuse(explain(parsed.error, `${path}.assertions`, file));
  const gone = section.preset === undefined ? [] : removedOf(parsed.data, installed.lighthouse);
  if (gone.length > 0) return refuse([refusedPreset(section.preset ?? '', gone, { file, path, installed })]);
  const badPattern = pattern === undefined ? undefined : patternProblem(pattern);
  if (badPattern !== undefined) return refuse([{ file, path: `${path}.matchingUrlPattern`, message: badPattern }]);
  const rules = rulesOf(parsed.data, section.aggregationMethod);
  return { ok: true, rows: [{ rules, ...(pattern === undefined ? {} : { pattern }) }] };
}

function removedOf(chosen: Assertions, lighthouse: string | undefined): readonly string[] {
  if ((majorOf(lighthouse) ?? 0) < REMOVED_SINCE_MAJOR) return [];
  return Object.keys(chosen).filter((id) => Object.hasOwn(REMOVED_AUDITS, id) && chosen[id]?.level !== 'off');
}

type Where = { readonly file: string; readonly path: string; readonly installed: Installed };

function refusedPreset(preset: string, gone: readonly string[], { file, path, installed }: Where): Diagnostic {
  const message = `'${preset}' asserts ${gone.length} audits that Lighthouse ${installed.lighthouse ?? ''} does not have: ${gone.join(', ')}`;
  return { file, path: `${path}.preset`, message, hint: 'write explicit assertions instead of the preset' };
}

function patternProblem(pattern: string): string | undefined {
  try {
    new RegExp(pattern);
    return undefined;
  } catch (error) {
    return `'${pattern}' is not a regular expression: ${messageOf(error)}`;
  }
}

/** Lighthouse CI's spelling of a key: `.` and `:` both separate, camelCase is another form of kebab-case. */
export function toKebabCase(text: string): string {
  return text.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();
}

export function rulesOf(chosen: Assertions, shared: Aggregation | undefined): readonly AssertionRule[] {
  return Object.entries(chosen).flatMap(([written, { level, limits }]) => {
    if (level === 'off') return [];
    const { aggregationMethod = shared, minScore, maxNumericValue, maxLength } = limits;
    const key = written.replaceAll('.', ':');
    const [auditId = '', ...property] = toKebabCase(key)
      .split(':')
      .filter((part) => part !== '');
    // As in Lighthouse CI: 'error' alone means a score of at least 0.9.
    const least = minScore ?? (maxNumericValue === undefined && maxLength === undefined ? 0.9 : undefined);
    return [
      {
        key,
        auditId,
        property,
        level: level === 'warn' ? ('warn' as const) : ('fail' as const),
        isCamelCase: toKebabCase(key) !== key,
        ...(least === undefined ? {} : { minScore: least }),
        ...(maxNumericValue === undefined ? {} : { maxNumericValue }),
        ...(maxLength === undefined ? {} : { maxLength }),
        ...(aggregationMethod === undefined ? {} : { aggregation: aggregationMethod }),
      },
    ];
  });
}

async function planBudgets(file: string): Promise<PlanOutcome> {
  try {
    const outcome = rowsOfBudgets(JSON.parse(await readFile(file, 'utf8')), file);
    if ('problems' in outcome) return refuse(outcome.problems);
    const rows = outcome.rows.map(({ pattern, limits }) => ({ pattern, rules: rulesOf(limits, undefined) }));
    return { ok: true, rows };
  } catch (error) {
    return refuse([{ file, path: 'budgetsFile', message: `cannot be read: ${messageOf(error)}` }]);
  }
}
