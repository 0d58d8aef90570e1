import type { Body } from '../net/body.ts';
import { type PatternSource, showPattern } from '../net/patterns.ts';
import { safeText } from '../net/text.ts';
import { type BodyText, countBeyondAscii, mayHide, utf8Text } from './body-text.ts';
import { type Finding, patternFinding } from './findings.ts';
import { judgeJson } from './json-findings.ts';
import type { CompiledPattern, Prepared } from './prepare.ts';

/** A body, with its text when an expectation looks inside. */
export type ReadBody = Body & { readonly read?: BodyText };

export function bodyFindings(answer: ReadBody, prepared: Prepared): readonly Finding[] {
  const { body } = prepared.options.expect;
  const { bytes, truncated, read } = answer;
  const sizes: Finding[] = [];
  if (body.empty) sizes.push({ ok: bytes.length === 0, expected: 'body is empty', actual: `${bytes.length} bytes` });
  if (body.minBytes !== undefined) sizes.push(minBytesFinding(answer, body.minBytes));
  if (read === undefined) return sizes;
  const cut = truncated ? ` (only the first ${bytes.length} bytes were read, see 'bodyLimit')` : '';
  return [
    ...sizes,
    ...(body.contains ?? []).map((part) => containsFinding(read, part, cut)),
    ...(body.notContains ?? []).map((part) => notContainsFinding(read, part, cut)),
    ...prepared.matches.map((pattern) => matchesFinding(read, pattern, cut)),
    ...prepared.notMatches.map((pattern) => notMatchesFinding(read, pattern, cut)),
    ...(prepared.json.length === 0 ? [] : judgeJson(jsonText(answer, read), prepared.json, cut)),
  ];
}

/** JSON is UTF-8 (RFC 8259), whatever the answer says of it. */
function jsonText(body: Body, read: BodyText): string {
  return read.encoding === 'UTF-8' ? read.text : utf8Text(body).text;
}

function minBytesFinding({ bytes, truncated }: Body, least: number): Finding {
  const expected = `body has at least ${least} bytes`;
  if (truncated && bytes.length < least)
    return { expected, undecided: `only ${bytes.length} bytes were read, see 'bodyLimit'` };
  return { ok: bytes.length >= least, expected, actual: `${bytes.length} bytes` };
}

function containsFinding(read: BodyText, part: string, cut: string): Finding {
  const expected = `body contains '${safeText(part, 100)}'`;
  if (read.text.includes(part)) return { ok: true, expected, actual: 'it does' };
  return cut === '' ? { ok: false, expected, actual: excerpt(read) } : { expected, undecided: `not found${cut}` };
}

function notContainsFinding(read: BodyText, part: string, cut: string): Finding {
  const expected = `body does not contain '${safeText(part, 100)}'`;
  const at = read.text.indexOf(part);
  if (at >= 0) return { ok: false, expected, actual: `it does, at character ${at}` };
  const isMeant = read.otherwise?.includes(part) ?? false;
  const doubt = cut === '' ? hidden(read, { least: countBeyondAscii(part), isMeant }) : cut;
  return doubt === '' ? { ok: true, expected, actual: 'it does not' } : { expected, undecided: `not found${doubt}` };
}

function matchesFinding(read: BodyText, pattern: CompiledPattern, cut: string): Finding {
  const expected = `body matches ${showPattern(pattern.source)}`;
  const finding = patternFinding({ expected, pattern, text: read.text, actual: excerpt(read) });
  return 'ok' in finding && !finding.ok && cut !== '' ? { expected, undecided: `no match${cut}` } : finding;
}

function notMatchesFinding(read: BodyText, pattern: CompiledPattern, cut: string): Finding {
  const expected = `body does not match ${showPattern(pattern.source)}`;
  const finding = patternFinding({ expected, pattern, text: read.text, actual: 'it does' });
  if (!('ok' in finding)) return finding;
  if (finding.ok) return { ok: false, expected, actual: 'it does' };
  const least = leastBeyondAscii(pattern.source);
  const doubt = cut === '' ? hidden(read, { least, isMeant: matchesOtherwise(read, pattern) }) : cut;
  return doubt === '' ? { ok: true, expected, actual: 'it does not' } : { expected, undecided: `no match${doubt}` };
}

/** Whether a pattern means letters beyond ASCII: it names one, or a class of them. */
function leastBeyondAscii({ source }: PatternSource): number {
  return countBeyondAscii(source) > 0 || /\\[uxpPc]/.test(source) ? 1 : 0;
}

/** Whether a pattern matches, or could not be tried, where the body is read as the UTF-8 that it is. */
function matchesOtherwise({ otherwise }: BodyText, pattern: CompiledPattern): boolean {
  if (otherwise === undefined) return false;
  const finding = patternFinding({ expected: '', pattern, text: otherwise, actual: '' });
  return !('ok' in finding) || finding.ok;
}

type Sought = { readonly least: number; readonly isMeant: boolean };

/** Why it may be in the body though it was not found; empty when it is not there. */
function hidden(read: BodyText, { least, isMeant }: Sought): string {
  if (isMeant) return `, but it is there when the body is read as UTF-8, and not as ${read.encoding}, as it says`;
  return mayHide(read, { least }) ? `, but ${spoilt(read)}: the answer should name the charset of its body` : '';
}

function excerpt(read: BodyText): string {
  const { text, unreadable } = read;
  if (text === '') return 'an empty body';
  const doubt = unreadable > 0 ? ` (${spoilt(read)})` : '';
  return `${text.length} characters that begin with '${safeText(text, 120)}'${doubt}`;
}

export function spoilt({ unreadable, encoding }: BodyText): string {
  const what = Number.isFinite(unreadable) ? `${unreadable} ${unreadable === 1 ? 'place' : 'places'}` : 'all';
  return `${what} of the body cannot be read as ${encoding}`;
}
