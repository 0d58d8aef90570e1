import type { Assertion } from '../../core/observation.ts';
import { needsLimit, PATTERN_LIMIT_MS, withinPatternLimit } from '../net/patterns.ts';
import type { CompiledPattern } from './prepare.ts';

/** An executed expectation, or one that could not be decided and why. */
export type Finding = Assertion | { readonly expected: string; readonly undecided: string };

type PatternInput = {
  readonly expected: string;
  readonly pattern: CompiledPattern;
  readonly text: string;
  readonly actual: string;
};

/** `ok` when the pattern matches. */
export function patternFinding({ expected, pattern, text, actual }: PatternInput): Finding {
  let ok = false;
  const match = (): void => {
    ok = pattern.expression.test(text);
  };
  if (!needsLimit(pattern.source)) match();
  else if (!withinPatternLimit(match))
    return { expected, undecided: `the pattern was stopped after ${PATTERN_LIMIT_MS} ms` };
  return { ok, expected, actual };
}
