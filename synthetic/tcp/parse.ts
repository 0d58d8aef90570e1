import { needsLimit, type PatternSource, showPattern, withinPatternLimit } from '../net/patterns.ts';
import { safeText } from '../net/text.ts';

/** What a step waits for. */
export type Wanted = string | PatternSource;
/** Where the wanted text ends, whether there is none yet, or whether looking for it took too long. */
export type Found = { readonly end: number } | 'not-yet' | 'too-slow';

export function find(text: string, wanted: Wanted): Found {
  if (typeof wanted === 'string') {
    const at = text.indexOf(wanted);
    return at === -1 ? 'not-yet' : { end: at + wanted.length };
  }
  const expression = new RegExp(wanted.source, wanted.flags);
  let match: RegExpExecArray | null = null;
  const look = (): void => {
    match = expression.exec(text);
  };
  if (!needsLimit(wanted)) look();
  else if (!withinPatternLimit(look)) return 'too-slow';
  return endOf(match);
}

/** Its own function because the compiler does not see that `look` assigns. */
function endOf(match: RegExpExecArray | null): Found {
  return match === null ? 'not-yet' : { end: match.index + match[0].length };
}

export function showWanted(wanted: Wanted): string {
  return typeof wanted === 'string' ? `'${safeText(wanted, 100)}'` : showPattern(wanted);
}
