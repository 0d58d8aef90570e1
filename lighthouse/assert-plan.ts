import { type Diagnostic, messageOf } from '../core/errors.ts';
import { type AssertionRule, rulesOf } from './assertion-rules.ts';
import { rowsOfBudgets } from './budgets-file.ts';
import { loadPreset } from './installed.ts';
import { mergeDeep } from './merge-deep.ts';
import { type Installed, outdatedPreset, unknownPreset } from './presets.ts';
import { fileWith, type LighthouseRc } from './rc.ts';
import { fileNamedBy } from './rc-path.ts';
import { explain } from './rc-problems.ts';
import { type AssertSection, assertions } from './rc-sections.ts';
import { readJson } from './read-json.ts';

/** Assertions for the pages whose final URL matches; for all pages without a pattern. */
export type AssertRow = { readonly pattern?: string; readonly rules: readonly AssertionRule[] };

export type PlanOutcome =
  | { readonly ok: true; readonly rows: readonly AssertRow[] }
  | { readonly ok: false; readonly problems: readonly Diagnostic[] };

type RowInput = {
  readonly section: Pick<AssertSection, 'preset' | 'assertions' | 'aggregationMethod'>;
  readonly pattern?: string | undefined;
  readonly path: string;
};

/** Turns the `assert` part of lighthouserc.json into rules; all that is wrong with it comes back at once. */
export async function planAssertions(rc: LighthouseRc, installed: Installed): Promise<PlanOutcome> {
  const conflict = conflictOf(rc.assert);
  if (conflict !== undefined) return refuse([{ ...placeIn(rc, 'ci.assert'), message: conflict }]);
  const { budgetsFile } = rc.assert;
  if (budgetsFile !== undefined) return planBudgets(fileNamedBy(budgetsFile, rc));
  if (!rc.hasAssert) return { ok: true, rows: [] };
  const outcomes = await Promise.all(inputsOf(rc.assert).map((input) => planRow(input, rc, installed)));
  const problems = outcomes.flatMap((outcome) => (outcome.ok ? [] : outcome.problems));
  if (problems.length > 0) return refuse(problems);
  return nonEmpty(
    outcomes.flatMap((outcome) => (outcome.ok ? outcome.rows : [])),
    placeIn(rc, 'ci.assert'),
  );
}

/** Whoever writes assertions wants some: a pass without any would say what nobody looked at. */
function nonEmpty(rows: readonly AssertRow[], place: Place): PlanOutcome {
  if (rows.some(({ rules }) => rules.length > 0)) return { ok: true, rows };
  return refuse([{ ...place, message: 'asserts nothing: it is empty or everything in it is off', hint: EMPTY_HINT }]);
}

const EMPTY_HINT = "write 'assertions', 'preset', 'assertMatrix' or 'budgetsFile', or leave the section 'assert' out";

/** Where something stands. */
type Place = { readonly file: string; readonly path: string };

function placeIn(rc: LighthouseRc, path: string): Place {
  return { file: fileWith(path, rc), path };
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

async function planRow(
  { section, pattern, path }: RowInput,
  rc: LighthouseRc,
  installed: Installed,
): Promise<PlanOutcome> {
  const place = placeIn(rc, `${path}.preset`);
  const preset = section.preset === undefined ? {} : await loadPreset(installed.lhci, section.preset);
  if (preset === undefined) return refuse([unknownPreset(section.preset ?? '', place)]);
  const parsed = assertions.safeParse(mergeDeep(preset, section.assertions ?? {}));
  if (!parsed.success) return refuse(explain(parsed.error, placeIn(rc, `${path}.assertions`)));
  const outdated = section.preset === undefined ? undefined : outdatedPreset(section.preset, parsed.data, installed);
  if (outdated !== undefined) return refuse([{ ...place, ...outdated }]);
  const badPattern = pattern === undefined ? undefined : patternProblem(pattern);
  if (badPattern !== undefined) return refuse([{ ...placeIn(rc, `${path}.matchingUrlPattern`), message: badPattern }]);
  if (Object.keys(parsed.data).length === 0)
    return refuse([{ ...placeIn(rc, path), message: 'asserts nothing: it has no assertions', hint: EMPTY_HINT }]);
  const rules = rulesOf(parsed.data, section.aggregationMethod);
  return { ok: true, rows: [{ rules, ...(pattern === undefined ? {} : { pattern }) }] };
}

function patternProblem(pattern: string): string | undefined {
  try {
    new RegExp(pattern);
    return undefined;
  } catch (error) {
    return `'${pattern}' is not a regular expression: ${messageOf(error)}`;
  }
}

async function planBudgets(file: string): Promise<PlanOutcome> {
  try {
    const { value, problems } = await readJson(file);
    const outcome = rowsOfBudgets(value, file);
    const wrong = [...problems, ...('problems' in outcome ? outcome.problems : [])];
    if (wrong.length > 0 || 'problems' in outcome) return refuse(wrong);
    const rows = outcome.rows.map(({ pattern, limits }) => ({ pattern, rules: rulesOf(limits, undefined) }));
    return nonEmpty(rows, { file, path: '' });
  } catch (error) {
    return refuse([{ file, path: 'budgetsFile', message: `cannot be read: ${messageOf(error)}` }]);
  }
}
