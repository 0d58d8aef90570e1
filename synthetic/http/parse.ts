import type { Family } from '../net/addresses.ts';
import { showPattern } from '../net/patterns.ts';
import { safeText } from '../net/text.ts';
import { bodyFindings, type ReadBody } from './body-findings.ts';
import type { Expect } from './expectations.ts';
import { type Finding, patternFinding } from './findings.ts';
import type { HopCertificate } from './hop-certificates.ts';
import type { Prepared } from './prepare.ts';
import { isSamePlace } from './same-place.ts';

/** The last answer of a run, as far as expectations look at it. */
export type Answer = {
  readonly status: number;
  /** Every value that was sent under a name, where Node's `headers` keep the first. */
  readonly valuesOf: (name: string) => readonly string[] | undefined;
  readonly httpVersion: string;
  readonly asked: URL;
  /** Where it came from, after redirects. */
  readonly ended: URL;
  readonly family: Family;
  readonly body: ReadBody;
  /** Requests that it took. */
  readonly hops: number;
  /** Host of the last one, and whether it showed a certificate. */
  readonly host: string;
  readonly hasCertificate: boolean;
  /** The certificate that ends first, of all hops. */
  readonly endsFirst?: HopCertificate;
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
    ...bodyFindings(answer.body, prepared),
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
  if (certificateDaysLeft !== undefined) findings.push(daysLeftFinding(answer, certificateDaysLeft));
  return findings;
}

/** A hop without TLS has no certificate that could end; the last one is meant to have one. */
function daysLeftFinding({ hops, host, hasCertificate, endsFirst }: Answer, wantedDays: number): Finding {
  const expected = `certificate has at least ${wantedDays} days left`;
  const isEnough = endsFirst !== undefined && endsFirst.leftMs >= wantedDays * DAY_MS;
  if (endsFirst === undefined || (isEnough && !hasCertificate))
    return { ok: false, expected, actual: hops > 1 ? `no certificate, as ${host} has none` : 'no certificate' };
  const whose = hops > 1 ? `, that of ${endsFirst.host}` : '';
  const actual = `${(endsFirst.leftMs / DAY_MS).toFixed(1)} days${whose}`;
  return { ok: isEnough, expected, actual: safeText(actual), ground: 'date' };
}
