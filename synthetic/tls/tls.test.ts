import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { rowFor } from '../net/endings.ts';
import type { Handshaken } from '../net/report.ts';
import { type ContextInput, deadline, measureOf, type Outcome, runKind, verdictLine } from '../net/testing/context.ts';
import { type Identity, makePki } from '../net/testing/pki.ts';
import { closedPort, serveTcp, serveTls } from '../net/testing/servers.ts';
import { PHASES } from '../net/trouble.ts';
import { endpointOf, type TlsInput, tlsSchema } from './arguments.ts';
import { TLS_KIND_ENDINGS } from './endings.ts';
import { tlsKind } from './kind.ts';
import { judgeHandshake } from './parse.ts';

const pki = await makePki();
after(() => pki[Symbol.dispose]());
const DAY_MS = 86_400_000;

async function against(identity: Identity, input: TlsInput = {}, context: ContextInput = {}): Promise<Outcome> {
  await using server = await serveTls(identity);
  const options = { host: 'localhost', port: server.port, ca: 'root.pem', ...input };
  return await runKind(tlsKind, options, { baseFolder: pki.folder, ...context });
}

test('a valid certificate with enough days left passes', async () => {
  const outcome = await against(pki.valid);
  assert.equal(verdictLine(outcome), 'passed');
  assert.equal(Math.round((measureOf(outcome, 'certificate_time_left') ?? 0) / DAY_MS), 90);
  assert.ok((measureOf(outcome, 'phase.tls') ?? 0) > 0);
  assert.equal(outcome.observation.facts.certificateNames, 'localhost, site.localhost, 127.0.0.1');
});

test('everything about the certificate can be asserted', async () => {
  const { observation } = await against(pki.valid);
  const fingerprint = observation.facts.certificateFingerprint ?? '';
  const held = {
    daysLeft: 60,
    names: ['site.localhost', '127.0.0.1'],
    issuer: /^Test R/,
    minVersion: 'TLSv1.3',
    fingerprint,
  } as const;
  const outcome = await against(pki.valid, { expect: held });
  assert.equal(verdictLine(outcome), 'passed');
  assert.equal(outcome.observation.assertions.length, 7);
  const broken = await against(pki.valid, {
    expect: { daysLeft: 91, names: 'www.example.org', issuer: 'Other', fingerprint: 'ab'.repeat(32) },
  });
  const line = verdictLine(broken);
  for (const part of [
    /at least 91 days left, got 90\.0 days|89\.\d days/,
    /lists www\.example\.org, got localhost/,
    /issuer is 'Other', got Test Root/,
    /fingerprint is ABAB/,
  ])
    assert.match(line, part);
});

test('every name of a certificate counts, however many there are', async () => {
  const last = { expect: { names: 'site-299.localhost' } } as const;
  assert.equal(verdictLine(await against(pki.manyNames, last)), 'passed');
});

test('a rejected certificate is one failed assertion, and days left are judged and measured all the same', async () => {
  const outcome = await against(pki.expired);
  assert.match(
    verdictLine(outcome),
    /^failed: expected a valid certificate, got tls: a certificate has expired .* \| expected certificate has at least 14 days left, got -3\.0 days$/,
  );
  assert.equal(Math.round((measureOf(outcome, 'certificate_time_left') ?? 0) / DAY_MS), -3);
  assert.match(verdictLine(await against(pki.wrongHost)), /the certificate is for another host/);
  assert.match(verdictLine(await against(pki.selfSigned)), /the certificate is self-signed/);
  assert.match(verdictLine(await against(pki.chainedIncomplete)), /the chain is incomplete/);
  assert.match(verdictLine(await against(pki.notYetValid)), /not yet valid/);
});

test('a key that is too small is told as such', async () => {
  const outcome = await against({ ...pki.weak, ...{ ciphers: 'DEFAULT@SECLEVEL=0' } });
  assert.match(
    verdictLine(outcome),
    /^failed: expected a valid certificate, got tls: the certificate is too weak – a key of 1024 bits/,
  );
});

test('a revoked certificate fails where lists are given, below an intermediate too; one that is on none passes', async () => {
  const revoked = 'revoked.pem';
  for (const identity of [pki.revoked, pki.revokedBelow]) {
    const outcome = await against(identity, { revoked });
    assert.match(verdictLine(outcome), /certificate that was not revoked, got tls: the certificate was revoked/);
    assert.ok((measureOf(outcome, 'certificate_time_left') ?? 0) > 0);
  }
  for (const identity of [pki.valid, pki.chained])
    assert.equal(verdictLine(await against(identity, { revoked })), 'passed');
});

test('without lists nothing is claimed about revocation', async () => {
  const outcome = await against(pki.revoked);
  assert.equal(verdictLine(outcome), 'passed');
  assert.doesNotMatch(JSON.stringify(outcome.observation), /revo|crl/i);
});

test('lists that cannot tell are not held against the target, and hide no other fault of the certificate', async () => {
  for (const [revoked, code] of [
    ['revoked-root.pem', 'UNABLE_TO_GET_CRL'],
    ['revoked-old.pem', 'CRL_HAS_EXPIRED'],
  ] as const) {
    const outcome = await against(pki.chained, { revoked });
    assert.match(verdictLine(outcome), new RegExp(`^inconclusive: config-invalid .*${revoked} cannot tell .*${code}`));
    assert.ok((measureOf(outcome, 'certificate_time_left') ?? 0) > 0);
    assert.match(verdictLine(await against(pki.selfSigned, { revoked })), /^failed: .* the certificate is self-signed/);
    assert.match(verdictLine(await against(pki.chainedIncomplete, { revoked })), /^failed: .* the chain is incomplete/);
  }
  const wrong = await against(pki.valid, { revoked: 'root.pem' });
  assert.match(verdictLine(wrong), /^inconclusive: config-invalid .*no list of revoked certificates/);
});

test('insecure leaves validity out and judges the rest', async () => {
  const outcome = await against(pki.selfSigned, { insecure: true, expect: { daysLeft: 30 } });
  assert.equal(verdictLine(outcome), 'passed');
  assert.equal(outcome.observation.facts.insecure, 'true');
  assert.match(
    verdictLine(await against(pki.expired, { insecure: true })),
    /^failed: expected certificate has at least 14 days left/,
  );
});

test('a version that is too low fails', async () => {
  await using server = await serveTls({ ...pki.valid, maxVersion: 'TLSv1.2' });
  const input: TlsInput = { host: 'localhost', port: server.port, ca: 'root.pem', expect: { minVersion: 'TLSv1.3' } };
  const outcome = await runKind(tlsKind, input, { baseFolder: pki.folder });
  assert.match(verdictLine(outcome), /^failed: expected TLS version is at least TLSv1\.3, got TLSv1\.2/);
});

test('a server that is not there, hangs up or stalls fails in its phase', async () => {
  const refused = await runKind(tlsKind, { host: '127.0.0.1', port: await closedPort() });
  assert.match(verdictLine(refused), /^failed: expected a TLS handshake, got connect: the connection was refused/);
  await using closing = await serveTcp((socket) => socket.once('data', () => socket.end()));
  assert.match(
    verdictLine(await runKind(tlsKind, { host: '127.0.0.1', port: closing.port })),
    /closed during the TLS handshake/,
  );
  const { signal, pass } = deadline();
  await using silent = await serveTcp((socket) => socket.once('data', pass));
  const stalled = await runKind(tlsKind, { host: '127.0.0.1', port: silent.port }, { signal });
  assert.match(verdictLine(stalled), /^failed: .*tls: the TLS handshake did not end in time/);
});

test('host and port follow the target when not given', () => {
  const of = (input: TlsInput, baseUrl: string): string => {
    const { host, port } = endpointOf(tlsSchema.parse(input), baseUrl);
    return `${host}:${port}`;
  };
  assert.equal(of({}, 'https://a.example:8443/x'), 'a.example:8443');
  assert.equal(of({}, 'http://a.example:3000/'), 'a.example:443');
  assert.equal(of({ host: 'b.example' }, 'https://a.example:8443/'), 'b.example:443');
  assert.equal(of({ port: 993 }, 'https://a.example/'), 'a.example:993');
});

test('every rejection that OpenSSL knows is a failed assertion, also one that the table does not name', () => {
  const handshaken = (code: string): Handshaken => ({
    version: 'TLSv1.3',
    cipher: 'x',
    certificate: { subject: 's', issuer: 'i', names: [], validTo: 0, earliestValidTo: 0, fingerprint: '' },
    problem: { code, detail: '' },
  });
  for (const code of ['CERT_REVOKED', 'EE_KEY_TOO_SMALL', 'SUBJECT_ISSUER_MISMATCH']) {
    const [first] = judgeHandshake(handshaken(code), tlsSchema.parse({}), 0);
    assert.equal(first?.ok, false);
    assert.match(first?.actual ?? '', new RegExp(code));
  }
  const [none] = judgeHandshake({ version: 'TLSv1.3', cipher: 'x' }, tlsSchema.parse({}), 0);
  assert.match(none?.actual ?? '', /showed no certificate/);
});

test('each row of the table is reached by one of its own codes', () => {
  for (const row of TLS_KIND_ENDINGS) {
    const reached = row.codes.some((code) =>
      (row.phases ?? PHASES).some((phase) => rowFor(TLS_KIND_ENDINGS, { phase, code: code.replace('*', 'X') }) === row),
    );
    assert.ok(reached, row.when);
  }
});

test('bad options are refused', () => {
  for (const input of [
    { port: 70_000 },
    { expect: { daysLeft: -1 } },
    { expect: { fingerprint: 'abc' } },
    { expect: { issuer: '' } },
    { servername: 'x' },
    { passphrase: 'hunter2' },
  ])
    assert.equal(tlsSchema.safeParse(input).success, false, JSON.stringify(input));
});

test('a version that cannot be told is not taken for a new one', () => {
  const options = tlsSchema.parse({ expect: { minVersion: 'TLSv1.2' } });
  const ok = (version: string): boolean | undefined =>
    judgeHandshake({ version, cipher: 'x' }, options, 0).find(({ expected }) => expected.startsWith('TLS version'))?.ok;
  assert.deepEqual(['TLSv1.1', 'TLSv1.2', 'TLSv1.3', 'unknown'].map(ok), [false, true, true, false]);
});
