import type { z } from 'zod';
import type { Diagnostic } from '../core/errors.ts';
import { type Level, LIMITS_OF_AN_ASSERTION, meantBy, RC_LEVELS } from './rc-levels.ts';
import { FORMER_SETTINGS } from './rc-settings.ts';

/** Where a value stands that was found wrong. */
export type Where = {
  readonly file: string;
  /** Of the value within the file, e.g. `ci.assert`; absent for the whole of it. */
  readonly path?: string;
  /** The levels of a file of another kind than lighthouserc.json. */
  readonly levels?: readonly Level[];
};

/** Problems of a file as a person wants them: where, what, and the word that was probably meant. */
export function explain(error: z.ZodError, where: Where): readonly Diagnostic[] {
  return error.issues.flatMap((issue) => issuesOf(issue, where));
}

function issuesOf(issue: z.core.$ZodIssue, where: Where): readonly Diagnostic[] {
  const path = [where.path ?? '', ...issue.path.map(String)].filter((part) => part !== '').join('.');
  const inner = { ...where, path };
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, inner));
  if (issue.code !== 'invalid_union') return [{ file: where.file, path, message: issue.message }];
  // The alternative that fits best is the one that complains deepest inside the value.
  const alternatives = issue.errors.map((issues) => issues.flatMap((one) => issuesOf(one, inner)));
  const depth = (problems: readonly Diagnostic[]): number => Math.max(0, ...problems.map((one) => one.path.length));
  return (
    [...alternatives].sort((a, b) => depth(b) - depth(a))[0] ?? [{ file: where.file, path, message: issue.message }]
  );
}

function unknownKey(key: string, { file, path = '', levels }: Where): Diagnostic {
  const { hint: meant, isElsewhere } = meantBy(key, levelAt(path), levels ?? RC_LEVELS);
  const hint = levels === undefined && Object.hasOwn(FORMER_SETTINGS, key) ? FORMER_SETTINGS[key] : meant;
  // Of keys in the wrong section it heeds some and ignores others; of a budgets file it refuses them.
  const isIgnored = levels === undefined && !isElsewhere;
  const message = `'${key}' is not known here${isIgnored ? '; Lighthouse CI would ignore it in silence' : ''}`;
  return { file, path, message, ...(hint === undefined ? {} : { hint }) };
}

/** `ci.assert.assertMatrix.3` is the level `ci.assert.assertMatrix[]`. */
function levelAt(path: string): string {
  if (/\.assertions\./.test(path)) return LIMITS_OF_AN_ASSERTION;
  return path.replace(/^(?:lhci|ci:client)(?=\.|$)/, 'ci').replace(/(?:^|\.)\d+(?=\.|$)/g, '[]');
}
