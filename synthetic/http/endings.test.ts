import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VigieError } from '../../core/errors.ts';
import { conclude, rowFor } from '../net/endings.ts';
import { type Phase, Trouble } from '../net/trouble.ts';
import { HTTP_ENDINGS } from './endings.ts';

/** Every row, by at least one trouble that it covers: phase, code, and what it means. */
const CASES: readonly (readonly [phase: Phase, code: string, means: string])[] = [
  ['connect', 'EMFILE', 'host-descriptors host'],
  ['resolve', 'ENFILE', 'host-descriptors host'],
  ['connect', 'EADDRNOTAVAIL', 'host-descriptors host'],
  ['connect', 'ENOMEM', 'host-memory host'],
  ['connect', 'ENOBUFS', 'host-memory host'],
  ['connect', 'NOT_ALLOWED', 'not-allowed config'],
  ['first_byte', 'BAD_OPTION', 'config-invalid config'],
  ['proxy', 'ECONNREFUSED', 'proxy-failed network'],
  ['proxy', 'ENOTFOUND', 'proxy-failed network'],
  ['proxy', 'DEADLINE', 'proxy-failed network'],
  ['connect', 'ENETUNREACH', 'network-down network'],
  ['connect', 'ENETDOWN', 'network-down network'],
  ['connect', 'EINVAL', 'network-down network'],
  ['connect', 'EACCES', 'network-down network'],
  ['connect', 'EPERM', 'network-down network'],
  ['resolve', 'ENOTFOUND', 'failed name-unknown'],
  ['resolve', 'ENODATA', 'failed name-without-address'],
  ['resolve', 'ESERVFAIL', 'failed name-servers-failed'],
  ['resolve', 'EBADNAME', 'config-invalid config'],
  ['resolve', 'ETIMEOUT', 'resolver-down network'],
  ['resolve', 'DEADLINE', 'resolver-down network'],
  ['resolve', 'PHASE_TIMEOUT', 'resolver-down network'],
  ['resolve', 'ECONNREFUSED', 'resolver-down network'],
  ['resolve', 'EREFUSED', 'resolver-down network'],
  ['connect', 'ECONNREFUSED', 'failed connection-refused'],
  ['connect', 'ECONNRESET', 'failed connection-reset'],
  ['connect', 'ETIMEDOUT', 'failed connect-timeout'],
  ['connect', 'DEADLINE', 'failed connect-timeout'],
  ['connect', 'EHOSTUNREACH', 'failed host-unreachable'],
  ['transfer', 'EHOSTUNREACH', 'failed host-unreachable'],
  ['tls', 'CERT_HAS_EXPIRED', 'failed certificate-expired'],
  ['tls', 'CERT_NOT_YET_VALID', 'failed certificate-not-yet-valid'],
  ['tls', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'failed certificate-self-signed'],
  ['tls', 'ERR_TLS_CERT_ALTNAME_INVALID', 'failed certificate-wrong-host'],
  ['tls', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'failed certificate-chain-incomplete'],
  ['tls', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'failed certificate-chain-incomplete'],
  ['tls', 'SELF_SIGNED_CERT_IN_CHAIN', 'failed certificate-untrusted'],
  ['tls', 'CERT_REVOKED', 'failed certificate-revoked'],
  ['tls', 'EE_KEY_TOO_SMALL', 'failed certificate-weak'],
  ['tls', 'NO_CERTIFICATE', 'failed certificate-absent'],
  ['tls', 'CERT_SIGNATURE_FAILURE', 'failed certificate-rejected'],
  ['tls', 'DEADLINE', 'failed tls-timeout'],
  ['tls', 'ECONNRESET', 'failed tls-closed'],
  ['tls', 'ENDED', 'failed tls-closed'],
  ['tls', 'ERR_SSL_WRONG_VERSION_NUMBER', 'failed tls-failed'],
  ['tls', 'EPROTO', 'failed tls-failed'],
  ['first_byte', 'ECONNRESET', 'failed closed-before-answer'],
  ['first_byte', 'ENDED', 'failed closed-before-answer'],
  ['first_byte', 'DEADLINE', 'failed first-byte-timeout'],
  ['first_byte', 'HPE_HEADER_OVERFLOW', 'failed head-too-large'],
  ['first_byte', 'HPE_INVALID_CONSTANT', 'failed answer-malformed'],
  ['transfer', 'HPE_INVALID_CHUNK_SIZE', 'failed answer-malformed'],
  ['first_byte', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'failed tls-alert'],
  ['transfer', 'ECONNRESET', 'failed closed-in-body'],
  ['transfer', 'DEADLINE', 'failed body-timeout'],
  ['transfer', 'UNKNOWN_ENCODING', 'failed body-encoding-unknown'],
  ['transfer', 'Z_DATA_ERROR', 'failed body-undecodable'],
  ['first_byte', 'TOO_MANY_REDIRECTS', 'failed redirect-loop'],
  ['first_byte', 'REDIRECT_INVALID', 'failed redirect-invalid'],
  ['first_byte', 'REDIRECT_SCHEME', 'failed redirect-scheme'],
  ['first_byte', 'REDIRECT_DOWNGRADE', 'failed redirect-downgrade'],
  ['first_byte', 'REDIRECT_SECRET_BODY', 'failed redirect-secret-body'],
];

for (const [phase, code, means] of CASES) {
  test(`${code} while in ${phase} is ${means}`, () => {
    const trouble = new Trouble(phase, code, 'here');
    const concluded = conclude(trouble, HTTP_ENDINGS, 'an answer');
    const row = rowFor(HTTP_ENDINGS, trouble);
    if ('fault' in concluded) assert.equal(`${concluded.fault.code} ${concluded.fault.blame}`, means);
    else assert.equal(`failed ${row?.code}`, means);
  });
}

test('no row is without a case', () => {
  const covered = new Set(CASES.map(([phase, code]) => rowFor(HTTP_ENDINGS, { phase, code })));
  assert.deepEqual(
    HTTP_ENDINGS.filter((row) => !covered.has(row)).map(({ when }) => when),
    [],
  );
});

test("what is not in the table is a defect of ours, never the target's", () => {
  for (const error of [new Trouble('connect', 'EWHATEVER', ''), new TypeError('x is not a function'), 'a string']) {
    const concluded = conclude(error, HTTP_ENDINGS, 'an answer');
    assert.ok('fault' in concluded && concluded.fault.code === 'internal' && concluded.fault.blame === 'tool');
  }
});

test('an error that carries one of our fault codes is that fault', () => {
  const concluded = conclude(new VigieError('secret-missing', 'TOKEN is not set'), HTTP_ENDINGS, 'an answer');
  assert.ok('fault' in concluded && concluded.fault.code === 'secret-missing');
});
