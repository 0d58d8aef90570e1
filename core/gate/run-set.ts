import type { Instant } from '../clock.ts';
import { parseDuration } from '../duration.ts';
import { type CheckId, checkId, isId, type RunId, trusted } from '../identifiers.ts';

/** Which stored runs are meant. */
export type RunSet =
  | { readonly type: 'run'; readonly run: RunId }
  | { readonly type: 'last'; readonly check: CheckId; readonly count: number }
  | { readonly type: 'span'; readonly check: CheckId; readonly from: Instant; readonly to: Instant };

/** The forms, for a person who wrote another one. */
export const RUN_SET_FORMS =
  "write the id of a run ('20260101120000000-0a1b2c3d'), the latest runs of a check ('home@last:20'), or those of a time: 'home@7d..1d' (from 7 days to 1 day ago), 'home@2026-01-01..2026-01-08' (UTC; or with an hour and its offset, '2026-01-01T18:00+01:00'), 'home@2d..' (until now)";

const RUN_ID = /^\d{17}-[0-9a-f]{8,}$/;
const LAST = /^last:([1-9]\d{0,3})$/;

/** Reads `<run>`, `<check>@last:<count>` and `<check>@<since>..<until>`; a problem says what is wrong with the text. */
export function parseRunSet(text: string, now: Instant): RunSet | { readonly problem: string } {
  const at = text.indexOf('@');
  if (at < 0)
    return RUN_ID.test(text)
      ? { type: 'run', run: trusted.runId(text) }
      : { problem: `'${text}' is neither the id of a run nor a set of runs` };
  const [name, what] = [text.slice(0, at), text.slice(at + 1)];
  if (!isId(name)) return { problem: `'${name}' cannot be the id of a check` };
  const count = LAST.exec(what)?.[1];
  if (count !== undefined) return { type: 'last', check: checkId(name), count: Number(count) };
  return parseSpan(checkId(name), what, now);
}

function parseSpan(check: CheckId, what: string, now: Instant): RunSet | { readonly problem: string } {
  const [since = '', until = '', ...more] = what.split('..');
  if (!what.includes('..') || more.length > 0) return { problem: `'${what}' is neither 'last:<count>' nor a time` };
  const [from, to] = [parseInstant(since, now), until === '' ? now : parseInstant(until, now)];
  if (from === undefined || to === undefined)
    return { problem: `'${from === undefined ? since : until}' is neither a date nor a time ago` };
  return from < to ? { type: 'span', check, from, to } : { problem: `'${what}' ends before it begins` };
}

const INSTANT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** `7d` ago, or a date (its begin, UTC), or an instant with its offset. */
function parseInstant(text: string, now: Instant): Instant | undefined {
  const ago = parseDuration(text);
  if (ago !== undefined) return now - ago;
  const at = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
