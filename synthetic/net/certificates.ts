import type { DetailedPeerCertificate } from 'node:tls';
import type { Instant } from '../../core/clock.ts';
import { safeText } from './text.ts';

/** What a server's certificate says, whether it was accepted or not. */
export type CertificateFacts = {
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  /** When the leaf ends. */
  readonly validTo: Instant;
  /** When the first certificate of the chain ends that is not a root: roots in a chain do not matter, clients have their own. */
  readonly earliestValidTo: Instant;
  readonly fingerprint: string;
};

/** Reads the chain that Node already parsed, so that facts cost no second parsing. `undefined` when the server showed none. */
export function certificateFacts(leaf: DetailedPeerCertificate): CertificateFacts | undefined {
  if (typeof leaf.valid_to !== 'string') return undefined;
  return {
    subject: safeText(leaf.subject?.CN === undefined ? '(no common name)' : nameText(leaf.subject.CN)),
    issuer: safeText(nameText(leaf.issuer?.CN ?? leaf.issuer?.O ?? '(no name)')),
    names: namesOf(leaf.subjectaltname ?? ''),
    validTo: Date.parse(leaf.valid_to),
    earliestValidTo: earliest(leaf),
    fingerprint: leaf.fingerprint256,
  };
}

function earliest(leaf: DetailedPeerCertificate): Instant {
  let first = Date.parse(leaf.valid_to);
  let current = leaf;
  const seen = new Set([leaf.fingerprint256]);
  for (;;) {
    const issuer = current.issuerCertificate;
    // Two authorities may have signed each other.
    if (issuer === undefined || seen.has(issuer.fingerprint256)) return first;
    seen.add(issuer.fingerprint256);
    const isRoot = issuer.issuerCertificate === issuer;
    if (!isRoot) first = Math.min(first, Date.parse(issuer.valid_to));
    current = issuer;
  }
}

/** `DNS:a.example, IP Address:127.0.0.1` as `['a.example', '127.0.0.1']`. Quoted entries are kept as they are. */
function namesOf(text: string): readonly string[] {
  return text
    .split(', ')
    .filter((entry) => entry !== '')
    .map((entry) => safeText(entry.replace(/^(?:DNS|IP Address):/, ''), 255));
}

function nameText(value: string | readonly string[]): string {
  return typeof value === 'string' ? value : value.join(', ');
}
