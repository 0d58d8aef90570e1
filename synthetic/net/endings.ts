import { messageOf, VigieError } from '../../core/errors.ts';
import { FAULTS, type Fault, type FaultCode, fault } from '../../core/fault.ts';
import type { Ending } from '../../core/kind.ts';
import type { Assertion, Ground } from '../../core/observation.ts';
import { safeText } from './text.ts';
import { Interruption, type Phase, Trouble } from './trouble.ts';

/** A row of a table of endings: which trouble it covers, and what that means. */
export type EndingRow = {
  /** Codes covered; one that ends in `*` covers all that begin so. */
  readonly codes: readonly string[];
  /** Phases covered; absent means all. */
  readonly phases?: readonly Phase[];
  readonly when: string;
} & (
  | {
      readonly means: 'failed';
      readonly code: string /** What should have been. Default: the kind's. */;
      readonly expected?: string;
      /** What it rests on (`core/blame.ts`). Default `answer`. */
      readonly ground?: Ground;
    }
  | { readonly means: 'inconclusive'; readonly code: FaultCode }
);

/** Endings of everything that goes over a network. First row that covers a trouble applies. */
export const NETWORK_ENDINGS: readonly EndingRow[] = [
  inconclusive(
    ['EMFILE', 'ENFILE', 'EADDRNOTAVAIL'],
    'this machine has no descriptor or local port left',
    'host-descriptors',
  ),
  inconclusive(['ENOMEM', 'ENOBUFS'], 'this machine has no memory left for a socket', 'host-memory'),
  inconclusive(['NOT_ALLOWED'], 'the address may not be reached', 'not-allowed'),
  inconclusive(['BAD_OPTION', 'ERR_SOCKET_BAD_PORT'], 'an option cannot be used', 'config-invalid'),
  inconclusive(['*'], 'the proxy refused, broke or did not answer', 'proxy-failed', ['proxy']),
  inconclusive(['ENETUNREACH', 'ENETDOWN'], 'this machine has no route to the network', 'network-down'),
  // Linux says EINVAL of a null route (`ip route add blackhole`).
  inconclusive(['EINVAL'], 'a route of this machine discards what is sent there', 'network-down', [
    'connect',
    'exchange',
  ]),
  inconclusive(['EACCES', 'EPERM'], 'this machine forbids the connection', 'network-down'),
  on('name', failed(['ENOTFOUND'], 'the name does not exist (NXDOMAIN)', 'name-unknown', ['resolve'])),
  on(
    'name',
    failed(['ENODATA'], 'the name has no address of the family asked for', 'name-without-address', ['resolve']),
  ),
  on(
    'name',
    failed(['ESERVFAIL'], 'the name servers of the name failed (SERVFAIL)', 'name-servers-failed', ['resolve']),
  ),
  inconclusive(['EBADNAME', 'EBADQUERY', 'EBADSTR'], 'the name cannot be asked for', 'config-invalid', ['resolve']),
  inconclusive(['*'], 'the resolver did not answer properly', 'resolver-down', ['resolve']),
  on('reach', failed(['ECONNREFUSED'], 'the connection was refused', 'connection-refused', ['connect'])),
  on('reach', failed(['ECONNRESET', 'EPIPE'], 'the connection was reset', 'connection-reset', ['connect'])),
  on(
    'wait',
    failed(['ETIMEDOUT', 'PHASE_TIMEOUT', 'DEADLINE'], 'nothing answered in time', 'connect-timeout', ['connect']),
  ),
  on('reach', failed(['EHOSTUNREACH', 'EHOSTDOWN'], 'the host cannot be reached', 'host-unreachable')),
];

/** Endings of a TLS handshake and of judging a certificate. */
export const TLS_ENDINGS: readonly EndingRow[] = [
  on('date', certificate(['CERT_HAS_EXPIRED'], 'a certificate has expired', 'certificate-expired')),
  on('date', certificate(['CERT_NOT_YET_VALID'], 'a certificate is not yet valid', 'certificate-not-yet-valid')),
  certificate(['DEPTH_ZERO_SELF_SIGNED_CERT'], 'the certificate is self-signed', 'certificate-self-signed'),
  certificate(['ERR_TLS_CERT_ALTNAME_*'], 'the certificate is for another host', 'certificate-wrong-host'),
  certificate(
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
    'the chain is incomplete or its issuer is not known',
    'certificate-chain-incomplete',
  ),
  certificate(
    ['SELF_SIGNED_CERT_IN_CHAIN', 'CERT_UNTRUSTED'],
    'the root of the chain is not trusted',
    'certificate-untrusted',
  ),
  certificate(['CERT_REVOKED'], 'the certificate was revoked', 'certificate-revoked'),
  certificate(
    ['EE_KEY_TOO_SMALL', 'CA_KEY_TOO_SMALL', 'CA_MD_TOO_WEAK'],
    'the certificate is too weak',
    'certificate-weak',
  ),
  certificate(['NO_CERTIFICATE'], 'the server showed no certificate', 'certificate-absent'),
  certificate(
    [
      'CERT_*',
      'CRL_*',
      'INVALID_*',
      'UNABLE_TO_*',
      'ERROR_IN_CERT_*',
      'PATH_LENGTH_EXCEEDED',
      'HOSTNAME_MISMATCH',
      'UNSPECIFIED',
    ],
    'the certificate was rejected',
    'certificate-rejected',
  ),
  on(
    'wait',
    failed(['PHASE_TIMEOUT', 'DEADLINE', 'ETIMEDOUT'], 'the TLS handshake did not end in time', 'tls-timeout', ['tls']),
  ),
  on(
    'reach',
    failed(['ECONNRESET', 'EPIPE', 'ENDED'], 'the connection was closed during the TLS handshake', 'tls-closed', [
      'tls',
    ]),
  ),
  failed(['ERR_SSL_*', 'ERR_TLS_*', 'EPROTO'], 'the TLS handshake failed', 'tls-failed', ['tls']),
];

/** For the documentation and the kind's own `endings`. */
export function endingsOf(rows: readonly EndingRow[]): readonly Ending[] {
  return rows.map(({ when, means, code, phases }) => ({
    when: phases === undefined ? when : `${when} [${phases.join(', ')}]`,
    means,
    code,
  }));
}

export type Concluded = { readonly assertion: Assertion } | { readonly fault: Fault };

/** What something thrown during an attempt means. `expected` is what the kind hoped for, e.g. `an answer`. */
export function conclude(error: unknown, rows: readonly EndingRow[], expected: string): Concluded {
  if (error instanceof Interruption) return { fault: error.fault };
  if (!(error instanceof Trouble)) return { fault: defect(error) };
  const row = rowFor(rows, error);
  if (row === undefined) return { fault: fault('internal', `Not in the table of endings: ${error.message}`) };
  const actual = safeText(`${error.phase}: ${row.when} – ${error.detail} (${error.code})`.replace('–  (', '('));
  if (row.means === 'inconclusive') return { fault: fault(row.code, actual) };
  const { ground } = row;
  return {
    assertion: { ok: false, expected: row.expected ?? expected, actual, ...(ground === undefined ? {} : { ground }) },
  };
}

export function rowFor(
  rows: readonly EndingRow[],
  { phase, code }: { readonly phase: Phase; readonly code: string },
): EndingRow | undefined {
  return rows.find(
    ({ codes, phases }) =>
      (phases === undefined || phases.includes(phase)) && codes.some((pattern) => covers(pattern, code)),
  );
}

function covers(pattern: string, code: string): boolean {
  return pattern.endsWith('*') ? code.startsWith(pattern.slice(0, -1)) : pattern === code;
}

/** Errors with one of our fault codes (a missing secret) are that fault; anything else is our own mistake. */
function defect(error: unknown): Fault {
  if (error instanceof VigieError && isFaultCode(error.code)) return fault(error.code, error.message);
  return fault('internal', messageOf(error));
}

function isFaultCode(code: string): code is FaultCode {
  return Object.hasOwn(FAULTS, code);
}

export function failed(codes: readonly string[], when: string, code: string, phases?: readonly Phase[]): EndingRow {
  return { codes, when, means: 'failed', code, ...(phases === undefined ? {} : { phases }) };
}

/** Says what a failing row rests on when it is not what the target answered. */
export function on(ground: Ground, row: EndingRow): EndingRow {
  return row.means === 'failed' ? { ...row, ground } : row;
}

function inconclusive(codes: readonly string[], when: string, code: FaultCode, phases?: readonly Phase[]): EndingRow {
  return { codes, when, means: 'inconclusive', code, ...(phases === undefined ? {} : { phases }) };
}

function certificate(codes: readonly string[], when: string, code: string): EndingRow {
  return { codes, when, means: 'failed', code, phases: ['tls'], expected: 'a valid certificate' };
}
