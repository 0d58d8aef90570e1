import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conclude, rowFor } from '../net/endings.ts';
import { type Phase, Trouble } from '../net/trouble.ts';
import { TCP_ENDINGS } from './endings.ts';

const CASES: readonly (readonly [phase: Phase, code: string, means: string])[] = [
  ['connect', 'EMFILE', 'host-descriptors host'],
  ['connect', 'ECONNREFUSED', 'failed connection-refused'],
  ['tls', 'CERT_HAS_EXPIRED', 'failed certificate-expired'],
  ['exchange', 'DEADLINE', 'failed answer-timeout'],
  ['exchange', 'PHASE_TIMEOUT', 'failed answer-timeout'],
  ['exchange', 'ECONNRESET', 'failed closed-before-answer'],
  ['exchange', 'ENDED', 'failed closed-before-answer'],
  ['exchange', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'failed tls-alert'],
  ['exchange', 'READ_LIMIT', 'failed answer-not-found'],
  ['exchange', 'BAD_OPTION', 'config-invalid config'],
];
for (const [phase, code, means] of CASES) {
  test(`${code} while in ${phase} is ${means}`, () => {
    const concluded = conclude(new Trouble(phase, code, ''), TCP_ENDINGS, 'an answer');
    const failed = `failed ${rowFor(TCP_ENDINGS, { phase, code })?.code}`;
    assert.equal('fault' in concluded ? `${concluded.fault.code} ${concluded.fault.blame}` : failed, means);
  });
}
