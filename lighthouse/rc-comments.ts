import { RC_LEVELS } from './rc-levels.ts';

const KNOWN: ReadonlySet<string> = new Set(RC_LEVELS.flatMap(({ keys }) => keys));
/** Tables whose keys are the user's own. */
const OPAQUE: ReadonlySet<string> = new Set(['env', 'extraHeaders', 'headers', 'precomputedLanternData']);
/** Sections that Lighthouse CI takes when nothing stands in them: in YAML `upload:` with comments below it is null. */
const MAY_BE_EMPTY: ReadonlySet<string> = new Set(['collect', 'upload', 'server', 'wizard']);
const LEVELS: ReadonlySet<unknown> = new Set(['off', 'warn', 'error']);

/**
 * JSON has no comments: `"_why": "…"`, `"// why": "…"` and `"$comment": "…"` are what people write. A known key behind a `_` is no
 * comment, because it may be mistyped.
 */
export function isComment(key: string): boolean {
  return /^(?:\/\/|#|\$comment)/.test(key) || (key.startsWith('_') && !KNOWN.has(key.slice(1)));
}

/** What a file says, without its comments and empty sections. */
export function withoutComments(value: unknown, within = ''): unknown {
  if (OPAQUE.has(within)) return value;
  if (Array.isArray(value)) return value.map((item) => withoutComments(item));
  if (!isTable(value)) return value;
  const kept = Object.entries(value).filter(([key, inner]) => !isLeftOut(key, inner, within));
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutComments(inner, key)]));
}

function isLeftOut(key: string, value: unknown, within: string): boolean {
  if (value === null && MAY_BE_EMPTY.has(key)) return true;
  // Every key of the assertions is an audit; one with a level or limits is meant to be asserted, whatever its name.
  const isAssertion = within === 'assertions' && (typeof value !== 'string' || LEVELS.has(value));
  return isComment(key) && !isAssertion;
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
