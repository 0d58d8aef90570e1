import type { Instant } from '../../core/clock.ts';
import { fault } from '../../core/fault.ts';
import type { Assertion } from '../../core/observation.ts';
import { conclude } from '../net/endings.ts';
import { needsLimit, type PatternSource, showPattern, withinPatternLimit } from '../net/patterns.ts';
import { certificateLeftMs, type Handshaken } from '../net/report.ts';
import { safeText } from '../net/text.ts';
import { Interruption, Trouble } from '../net/trouble.ts';
import type { TlsOptions } from './arguments.ts';
import { TLS_KIND_ENDINGS } from './endings.ts';

const DAY_MS = 86_400_000;
const VERSIONS: readonly string[] = ['TLSv1.2', 'TLSv1.3'];

/** Holds a handshake against the expectations. A bad certificate is one failed assertion among the others, all of which are still judged. */
export function judgeHandshake(secured: Handshaken, options: TlsOptions, now: Instant): readonly Assertion[] {
  const { expect, insecure } = options;
  const { certificate, version } = secured;
  return [
    ...(insecure ? [] : [validity(secured, options)]),
    ...(certificate === undefined ? [] : [daysLeft(certificateLeftMs(secured, now) ?? 0, expect.daysLeft)]),
    ...(expect.names ?? []).map((name) => named(name, certificate?.names ?? [])),
    ...(expect.issuer === undefined ? [] : [issued(expect.issuer, certificate?.issuer ?? 'nobody')]),
    ...(expect.fingerprint === undefined ? [] : [pinned(expect.fingerprint, certificate?.fingerprint ?? 'none')]),
    ...(expect.minVersion === undefined ? [] : [agreed(expect.minVersion, version)]),
  ];
}

function validity({ certificate, problem }: Handshaken, { revoked }: TlsOptions): Assertion {
  const expected = revoked === undefined ? 'a valid certificate' : 'a valid certificate that was not revoked';
  const held: Assertion = { ok: true, expected, actual: 'it is' };
  if (certificate !== undefined && problem === undefined) return held;
  const { code, detail } =
    certificate === undefined ? { code: 'NO_CERTIFICATE', detail: '' } : (problem ?? { code: '', detail: '' });
  const concluded = conclude(new Trouble('tls', code, detail), TLS_KIND_ENDINGS, held.expected);
  // A code that OpenSSL has and our table has not is still a rejected certificate.
  return 'assertion' in concluded
    ? { ...concluded.assertion, expected }
    : { ...held, ok: false, actual: safeText(`rejected (${code}) ${detail}`) };
}

function daysLeft(leftMs: number, wanted: number): Assertion {
  const actual = `${(leftMs / DAY_MS).toFixed(1)} days`;
  return {
    ok: leftMs >= wanted * DAY_MS,
    expected: `certificate has at least ${wanted} days left`,
    actual,
    ground: 'date',
  };
}

function named(name: string, names: readonly string[]): Assertion {
  const ok = names.some((entry) => entry.toLowerCase() === name.toLowerCase());
  return { ok, expected: `certificate lists ${name}`, actual: safeText(names.join(', ') || 'no names', 300) };
}

function issued(wanted: string | PatternSource, issuer: string): Assertion {
  if (typeof wanted === 'string') return { ok: issuer === wanted, expected: `issuer is '${wanted}'`, actual: issuer };
  let ok = false;
  const match = (): void => {
    ok = new RegExp(wanted.source, wanted.flags).test(issuer);
  };
  if (!needsLimit(wanted)) match();
  else if (!withinPatternLimit(match))
    throw new Interruption(fault('config-invalid', `${showPattern(wanted)} takes too long; simplify it`));
  return { ok, expected: `issuer matches ${showPattern(wanted)}`, actual: issuer };
}

function pinned(wanted: string, fingerprint: string): Assertion {
  const actual = fingerprint.replaceAll(':', '').toUpperCase();
  return { ok: actual === wanted, expected: `fingerprint is ${wanted}`, actual };
}

function agreed(least: string, version: string): Assertion {
  // By rank, not by letters: a version that cannot be told is none.
  return {
    ok: VERSIONS.indexOf(version) >= VERSIONS.indexOf(least),
    expected: `TLS version is at least ${least}`,
    actual: version,
  };
}
