/** What stands where a text was cut, so that what is left of a secret there is found and removed (see `redact.ts`). */
export const CUT_MARK = '…';

/** At most `longest` characters from the beginning; a mark says that there were more. */
export function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, Math.max(0, longest - 1)).toWellFormed()}${CUT_MARK}`;
}

/** At most `longest` characters from the end; a mark says that there were more. */
export function cutStart(text: string, longest: number): string {
  return text.length <= longest
    ? text
    : `${CUT_MARK}${text.slice(text.length - Math.max(0, longest - 1)).toWellFormed()}`;
}
