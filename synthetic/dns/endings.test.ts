import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conclude, rowFor } from '../net/endings.ts';
import { type Phase, Trouble } from '../net/trouble.ts';
import { DNS_ENDINGS } from './endings.ts';

const CASES: readonly (readonly [phase: Phase, code: string, means: string])[] = [
  ['exchange', 'EMFILE', 'host-descriptors host'],
  ['exchange', 'ENETUNREACH', 'network-down network'],
  ['resolve', 'PHASE_TIMEOUT', 'resolver-down network'],
  ['resolve', 'DEADLINE', 'resolver-down network'],
  ['resolve', 'BAD_ANSWER', 'resolver-down network'],
  ['exchange', 'PHASE_TIMEOUT', 'failed server-silent'],
  ['exchange', 'DEADLINE', 'failed server-silent'],
  ['exchange', 'ECONNREFUSED', 'failed server-refused'],
  ['exchange', 'ENDED', 'failed server-closed'],
  ['exchange', 'ECONNRESET', 'failed server-closed'],
  ['exchange', 'BAD_ANSWER', 'failed answer-malformed'],
  ['exchange', 'EHOSTUNREACH', 'failed host-unreachable'],
];
for (const [phase, code, means] of CASES) {
  test(`${code} while in ${phase} is ${means}`, () => {
    const concluded = conclude(new Trouble(phase, code, ''), DNS_ENDINGS, 'a reply');
    const failed = `failed ${rowFor(DNS_ENDINGS, { phase, code })?.code}`;
    assert.equal('fault' in concluded ? `${concluded.fault.code} ${concluded.fault.blame}` : failed, means);
  });
}
