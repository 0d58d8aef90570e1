import { readFile } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { z } from 'zod';
import { type Imported, joinImported, NOTHING_IMPORTED } from '../../core/budget-import.ts';
import type { CheckKind } from '../../core/check.ts';
import { ConfigError, type Diagnostic, messageOf, VigieError } from '../../core/errors.ts';
import type { ToolName, Tools } from '../../core/kind.ts';
import { importBudgetFile, importRc } from '../../lighthouse/import-assertions.ts';
import { readRc } from '../../lighthouse/rc.ts';
import { importThresholds, k6Thresholds } from '../../load/import-thresholds.ts';
import { scriptThresholds } from '../../load/script-thresholds.ts';

type ImportedFile = Imported & {
  readonly format: 'lighthouse-budget' | 'lighthouserc' | 'k6';
  /** Of which kind the check must be that gets the budgets. */
  readonly kind: Extract<CheckKind, 'audit' | 'load'>;
};

const FORMS =
  'it must be a Lighthouse budget.json (a list), a lighthouserc (.json, .yml, .js, with `ci`), a k6 script (.js, .ts) or k6 options (.json, with `thresholds`)';

/** Reads limits that another tool has, whichever it is. Throws a ConfigError or a VigieError for a file that is none of them. */
export async function importFile(given: string, tools: Tools): Promise<ImportedFile> {
  const file = resolve(given);
  if (isRcModule(file)) return fromRc(file, await pathOf('lhci', tools));
  if (/\.(?:[cm]?js|ts)$/.test(file)) return fromScript(file, tools);
  if (extname(file) !== '.json')
    throw refused(file, [{ path: '', message: 'this kind of file is not known', hint: FORMS }]);
  const content = await readJson(file);
  if (Array.isArray(content)) return fromBudgetFile(content, file);
  const keys = z.record(z.string(), z.unknown()).safeParse(content).data ?? {};
  if ('ci' in keys || 'lhci' in keys) return fromRc(file, '');
  if ('thresholds' in keys) return fromThresholds(keys.thresholds, file);
  throw refused(file, [{ path: '', message: 'there is nothing known in it', hint: FORMS }]);
}

/** What Lighthouse CI itself would find, but for JSON. */
function isRcModule(file: string): boolean {
  return /^\.?lighthouserc\.(?:ya?ml|[cm]?js)$/.test(basename(file));
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw refused(file, [{ path: '', message: `cannot be read: ${messageOf(error)}`, hint: FORMS }]);
  }
}

function refused(file: string, problems: readonly Diagnostic[]): ConfigError {
  return new ConfigError(problems.map((problem) => ({ ...problem, file: problem.file ?? file })));
}

function fromBudgetFile(content: unknown, file: string): ImportedFile {
  const outcome = importBudgetFile(content, file);
  if ('problems' in outcome) throw refused(file, outcome.problems);
  const note = {
    from: basename(file),
    why: "does not say for which form factor: an audit of both needs on: { form_factor: 'mobile' }, and one of several pages on: { page: '…' }, or their values are judged together",
  };
  return { ...outcome, notes: [...outcome.notes, note], format: 'lighthouse-budget', kind: 'audit' };
}

async function fromRc(file: string, lhci: string): Promise<ImportedFile> {
  const read = await readRc(file, lhci);
  if (!read.ok) throw refused(file, read.problems);
  const outcome = importRc(read.rc);
  if ('problems' in outcome) throw refused(file, outcome.problems);
  const { budgetsFile } = read.rc.assert;
  const more =
    budgetsFile === undefined
      ? NOTHING_IMPORTED
      : fromBudgetFile(await readJson(resolve(read.rc.folder, budgetsFile)), resolve(read.rc.folder, budgetsFile));
  return { ...joinImported([outcome, more]), format: 'lighthouserc', kind: 'audit' };
}

async function fromScript(file: string, tools: Tools): Promise<ImportedFile> {
  const found = await scriptThresholds(await pathOf('k6', tools), file);
  if ('fault' in found)
    throw new VigieError(found.fault.code, `${file}: ${found.fault.message}`, {
      hint: 'k6 itself reads the script; see `k6 inspect`',
    });
  return fromThresholds(found.thresholds, file);
}

function fromThresholds(thresholds: unknown, file: string): ImportedFile {
  const parsed = k6Thresholds.safeParse(thresholds);
  if (!parsed.success)
    throw refused(file, [{ path: 'thresholds', message: z.prettifyError(parsed.error).replaceAll('\n', ' ') }]);
  return { ...importThresholds(parsed.data), format: 'k6', kind: 'load' };
}

async function pathOf(name: ToolName, tools: Tools): Promise<string> {
  const tool = await tools.find(name);
  if (tool.found) return tool.path;
  throw new VigieError('tool-missing', `${name} was not found, and reads this file`, { hint: tool.mend });
}
