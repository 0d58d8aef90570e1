import type { IncomingHttpHeaders } from 'node:http';
import type { Family } from '../net/addresses.ts';
import { needsLimit, PATTERN_LIMIT_MS, showPattern, withinPatternLimit } from '../net/patterns.ts';
import { safeText } from '../net/text.ts';
import { type Expect, looksInside } from './expectations.ts';
import { type Finding, judgeJson } from './json-findings.ts';
import type { CompiledPattern, Prepared } from './prepare.ts';
import { isSamePlace } from './same-place.ts';

/** The last answer of a run, as far as expectations look at it. */
export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Every value that was sent under a name; `headers` keeps the first where there should be one. */
  readonly valuesOf: (name: string) => readonly string[] | undefined;
  readonly httpVersion: string;
  readonly asked: URL;
  /** Where it came from, after redirects. */
  readonly ended: URL;
  readonly family: Family;
  readonly body: { readonly bytes: Buffer; readonly truncated: boolean };
  readonly certificateLeftMs?: number;
};

const DAY_MS = 86_400_000;

/** Executes every expectation. One that cannot be decided (a body cut at its limit, a pattern that takes too long) is neither held nor broken. */
export function judgeAnswer(answer: Answer, prepared: Prepared): readonly Finding[] {
  const { expect } = prepared.options;
  return [
    statusFinding(answer, expect),
    ...(expect.endsOn === undefined ? [] : [placeFinding(answer, expect.endsOn)]),
    ...Object.entries(expect.headers).map(([name, rule]) => headerFinding(name, rule, answer.valuesOf(name))),
    ...connectionFindings(answer, expect),
    ...bodyFindings(answer, prepared),
  ];
}

function statusFinding({ status }: Answer, { status: wanted }: Expect): Finding {
  const ok = typeof wanted === 'string' ? wanted.startsWith(String(Math.floor(status / 100))) : wanted.includes(status);
  const expected = `status is ${typeof wanted === 'string' ? wanted : wanted.join(' or ')}`;
  return { ok, expected, actual: String(status) };
}

function placeFinding({ asked, ended }: Answer, wanted: readonly string[]): Finding {
  // Who writes https into a place does not mean http, whatever the rules of redirects allow.
  const isLess = (place: string): boolean => /^https:/i.test(place) && ended.protocol === 'http:';
  const ok = wanted.some((place) => isSamePlace(ended, new URL(place, asked)) && !isLess(place));
  return {
    ok,
    expected: `answer comes from ${wanted.join(' or ')}`,
    actual: safeText(`${ended.origin}${ended.pathname}`),
  };
}

type HeaderRule = Expect['headers'][string];

function headerFinding(name: string, rule: HeaderRule, values: readonly string[] | undefined): Finding {
  const got = values?.join(', ');
  const actual = got === undefined ? 'absent' : safeText(got, 200);
  const { equals, contains, matches, exists } = {
    equals: undefined,
    contains: undefined,
    matches: undefined,
    exists: undefined,
    ...rule,
  };
  const wishes = [
    equals === undefined ? '' : `'${equals}'`,
    contains === undefined ? '' : `containing '${contains}'`,
    matches === undefined ? '' : `matching ${showPattern(matches)}`,
    exists === undefined ? '' : exists ? 'present' : 'absent',
  ].filter((wish) => wish !== '');
  const expected = `header ${name} is ${wishes.join(' and ')}`;
  if (exists !== undefined && exists !== (got !== undefined)) return { ok: false, expected, actual };
  if (exists === false) return { ok: true, expected, actual };
  if (got === undefined) return { ok: false, expected, actual };
  const plain = (equals === undefined || got === equals) && (contains === undefined || got.includes(contains));
  if (!plain || matches === undefined) return { ok: plain, expected, actual };
  return patternFinding({
    expected,
    pattern: { source: matches, expression: new RegExp(matches.source, matches.flags) },
    text: got,
    actual,
  });
}

function connectionFindings(answer: Answer, { family, httpVersion, certificateDaysLeft }: Expect): readonly Finding[] {
  const findings: Finding[] = [];
  if (family !== undefined)
    findings.push({
      ok: answer.family === family,
      expected: `address family is ${family}`,
      actual: String(answer.family),
    });
  if (httpVersion !== undefined)
    findings.push({
      ok: answer.httpVersion === httpVersion,
      expected: `HTTP version is ${httpVersion}`,
      actual: answer.httpVersion,
    });
  if (certificateDaysLeft !== undefined) findings.push(daysLeftFinding(answer.certificateLeftMs, certificateDaysLeft));
  return findings;
}

/** Shared with what a failed verification still can say. */
function daysLeftFinding(leftMs: number | undefined, wantedDays: number): Finding {
  const expected = `certificate has at least ${wantedDays} days left`;
  if (leftMs === undefined) return { ok: false, expected, actual: 'no certificate' };
  return {
    ok: leftMs >= wantedDays * DAY_MS,
    expected,
    actual: `${(leftMs / DAY_MS).toFixed(1)} days`,
    ground: 'date',
  };
}

function bodyFindings(answer: Answer, prepared: Prepared): readonly Finding[] {
  const { body } = prepared.options.expect;
  const { bytes, truncated } = answer.body;
  const sizes: Finding[] = [];
  if (body.empty) sizes.push({ ok: bytes.length === 0, expected: 'body is empty', actual: `${bytes.length} bytes` });
  if (body.minBytes !== undefined) sizes.push(minBytesFinding(answer, body.minBytes));
  if (!looksInside(prepared.options.expect)) return sizes;
  const text = decode(bytes, answer.headers['content-type']);
  const cut = truncated ? ` (only the first ${bytes.length} bytes were read, see 'bodyLimit')` : '';
  return [
    ...sizes,
    ...(body.contains ?? []).map((part) => containsFinding(text, part, cut)),
    ...(body.notContains ?? []).map((part) => notContainsFinding(text, part, cut)),
    ...prepared.matches.map((pattern) => matchesFinding(text, pattern, cut)),
    ...prepared.notMatches.map((pattern) => notMatchesFinding(text, pattern, cut)),
    ...(prepared.json.length === 0 ? [] : judgeJson(text, prepared.json, cut)),
  ];
}

function minBytesFinding({ body: { bytes, truncated } }: Answer, least: number): Finding {
  const expected = `body has at least ${least} bytes`;
  if (truncated && bytes.length < least)
    return { expected, undecided: `only ${bytes.length} bytes were read, see 'bodyLimit'` };
  return { ok: bytes.length >= least, expected, actual: `${bytes.length} bytes` };
}

function containsFinding(text: string, part: string, cut: string): Finding {
  const expected = `body contains '${safeText(part, 100)}'`;
  if (text.includes(part)) return { ok: true, expected, actual: 'it does' };
  return cut === '' ? { ok: false, expected, actual: excerpt(text) } : { expected, undecided: `not found${cut}` };
}

function notContainsFinding(text: string, part: string, cut: string): Finding {
  const expected = `body does not contain '${safeText(part, 100)}'`;
  const at = text.indexOf(part);
  if (at >= 0) return { ok: false, expected, actual: `it does, at character ${at}` };
  return cut === '' ? { ok: true, expected, actual: 'it does not' } : { expected, undecided: `not found${cut}` };
}

function matchesFinding(text: string, pattern: CompiledPattern, cut: string): Finding {
  const expected = `body matches ${showPattern(pattern.source)}`;
  const finding = patternFinding({ expected, pattern, text, actual: excerpt(text) });
  return 'ok' in finding && !finding.ok && cut !== '' ? { expected, undecided: `no match${cut}` } : finding;
}

function notMatchesFinding(text: string, pattern: CompiledPattern, cut: string): Finding {
  const expected = `body does not match ${showPattern(pattern.source)}`;
  const finding = patternFinding({ expected, pattern, text, actual: 'it does' });
  if (!('ok' in finding)) return finding;
  if (!finding.ok && cut !== '') return { expected, undecided: `no match${cut}` };
  return { ok: !finding.ok, expected, actual: finding.ok ? 'it does' : 'it does not' };
}

type PatternInput = {
  readonly expected: string;
  readonly pattern: CompiledPattern;
  readonly text: string;
  readonly actual: string;
};

/** `ok` when the pattern matches. */
function patternFinding({ expected, pattern, text, actual }: PatternInput): Finding {
  let ok = false;
  const match = (): void => {
    ok = pattern.expression.test(text);
  };
  if (!needsLimit(pattern.source)) match();
  else if (!withinPatternLimit(match))
    return { expected, undecided: `the pattern was stopped after ${PATTERN_LIMIT_MS} ms` };
  return { ok, expected, actual };
}

function excerpt(text: string): string {
  return text === '' ? 'an empty body' : `${text.length} characters that begin with '${safeText(text, 120)}'`;
}

function decode(bytes: Buffer, contentType: string | undefined): string {
  const charset = /charset="?([\w-]+)/i.exec(contentType ?? '')?.[1]?.toLowerCase() ?? 'utf-8';
  if (charset === 'utf-8' || charset === 'utf8') return bytes.toString('utf8');
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    // A charset nobody knows: bytes that are ASCII still read the same.
    return bytes.toString('latin1');
  }
}
