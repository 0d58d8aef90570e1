import { createContext, Script } from 'node:vm';
import { codeOf } from './trouble.ts';

/** A regular expression as plain data. */
export type PatternSource = { readonly source: string; readonly flags: string };

/** Longest time for all patterns of one answer. Far above what an honest pattern needs on 1 MiB. */
export const PATTERN_LIMIT_MS = 200;

let realm: { readonly context: { task?: () => void }; readonly script: Script } | undefined;

/**
 * Runs work that evaluates a user's regular expressions on text that a target wrote, and stops it after `limitMs`: one pattern with
 * catastrophic backtracking would otherwise stop every other check. V8 can interrupt its matcher only through `vm`. Costs 0.2 ms.
 * Returns whether the work ended.
 */
export function withinPatternLimit(work: () => void, limitMs: number = PATTERN_LIMIT_MS): boolean {
  realm ??= { context: createContext({}), script: new Script('task()') };
  realm.context.task = work;
  try {
    realm.script.runInContext(realm.context, { timeout: limitMs });
    return true;
  } catch (error) {
    if (codeOf(error) === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
    throw error;
  } finally {
    delete realm.context.task;
  }
}

/** Whether a pattern can take more than linear time: only repetition or a back reference can. */
export function needsLimit({ source }: PatternSource): boolean {
  return /[*+{]|\\[1-9k]/.test(source);
}

/** Nearly every character that there is, over several lines. */
const ALL_SORTS = String.fromCharCode(...Array.from({ length: 0x30_00 }, (_, index) => index + 1));

/** Whether a pattern matches anything at all: the empty text and one that no honest pattern has in mind. `/Welcome|/` does. */
export function isVacuous({ source, flags }: PatternSource): boolean {
  const expression = new RegExp(source, flags);
  let matches = false;
  const ended = withinPatternLimit(() => {
    matches = expression.test('') && expression.test(ALL_SORTS);
  });
  return ended && matches;
}

export function showPattern({ source, flags }: PatternSource): string {
  return `/${source}/${flags}`;
}
