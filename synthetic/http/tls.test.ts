import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { TLSSocket, TlsOptions } from 'node:tls';
import {
  type ContextInput,
  contextOf,
  deadline,
  measureOf,
  type Outcome,
  runKind,
  servicesOf,
  verdictLine,
} from '../net/testing/context.ts';
import { type Identity, makePki } from '../net/testing/pki.ts';
import { serveHttp, serveHttps, serveTcp } from '../net/testing/servers.ts';
import type { HttpInput } from './arguments.ts';
import { httpKind } from './kind.ts';

const pki = await makePki();
after(() => pki[Symbol.dispose]());
const CA = { ca: 'root.pem' };
const DAY_MS = 86_400_000;

type Server = Identity & TlsOptions;

async function against(server: Server, input: HttpInput = {}, context: ContextInput = {}): Promise<Outcome> {
  await using open = await serveHttps(server);
  const baseUrl = `https://localhost:${open.port}`;
  return await runKind(httpKind, { tls: CA, ...input }, { target: { baseUrl }, baseFolder: pki.folder, ...context });
}

test('a valid certificate passes and tells its days left', async () => {
  const outcome = await against(pki.valid, { expect: { certificateDaysLeft: 30 } });
  assert.equal(verdictLine(outcome), 'passed');
  const leftMs = measureOf(outcome, 'certificate_time_left') ?? 0;
  assert.ok(leftMs > 89 * DAY_MS && leftMs <= 90 * DAY_MS, String(leftMs / DAY_MS));
  assert.ok((measureOf(outcome, 'phase.tls') ?? 0) > 0);
  assert.equal(outcome.observation.facts.tlsVersion, 'TLSv1.3');
  assert.equal(outcome.observation.facts.certificateIssuer, 'Test Root');
  assert.ok(outcome.observation.assertions.some(({ ok, expected }) => ok && expected === 'a valid certificate'));
});

const REJECTED: readonly (readonly [name: string, identity: Identity, line: RegExp, days: number])[] = [
  ['expired', pki.expired, /a certificate has expired .*\(CERT_HAS_EXPIRED\)/, -3],
  ['not yet valid', pki.notYetValid, /a certificate is not yet valid .*\(CERT_NOT_YET_VALID\)/, 90],
  [
    'for another host',
    pki.wrongHost,
    /the certificate is for another host .*other\.example.*\(ERR_TLS_CERT_ALTNAME_INVALID\)/,
    90,
  ],
  ['self-signed', pki.selfSigned, /the certificate is self-signed .*\(DEPTH_ZERO_SELF_SIGNED_CERT\)/, 90],
  [
    'without its intermediate',
    pki.chainedIncomplete,
    /the chain is incomplete .*\(UNABLE_TO_VERIFY_LEAF_SIGNATURE\)/,
    90,
  ],
];
for (const [name, identity, line, days] of REJECTED) {
  test(`a certificate that is ${name} fails with that reason, and days left are still known`, async () => {
    let requests = 0;
    await using server = await serveHttps(identity, (_request, response) => {
      requests += 1;
      response.end('hello');
    });
    const outcome = await runKind(
      httpKind,
      { tls: CA },
      { target: { baseUrl: `https://localhost:${server.port}` }, baseFolder: pki.folder },
    );
    assert.match(verdictLine(outcome), new RegExp(`^failed: expected a valid certificate, got tls: ${line.source}`));
    assert.equal(Math.round((measureOf(outcome, 'certificate_time_left') ?? 0) / DAY_MS), days);
    assert.equal(requests, 0, 'nothing may be sent to a server that is not who it should be');
  });
}

test('a root that is not trusted is told from a missing intermediate', async () => {
  const outcome = await against(pki.valid, { tls: {} });
  assert.match(
    verdictLine(outcome),
    /^failed: expected a valid certificate, got tls: the chain is incomplete or its issuer is not known/,
  );
});

test('a chain with its intermediate passes; one that ends soon counts from its earliest end', async () => {
  assert.equal(verdictLine(await against(pki.chained)), 'passed');
  const outcome = await against(pki.shortChain, { expect: { certificateDaysLeft: 14 } });
  assert.match(verdictLine(outcome), /^failed: expected certificate has at least 14 days left, got 5\.0 days/);
});

test('insecure accepts any certificate and says so', async () => {
  const outcome = await against(pki.expired, { tls: { insecure: true } });
  assert.equal(verdictLine(outcome), 'passed');
  assert.equal(outcome.observation.facts.insecure, 'true');
  assert.equal(outcome.observation.facts.certificateProblem, 'CERT_HAS_EXPIRED');
  assert.ok(!outcome.observation.assertions.some(({ expected }) => expected === 'a valid certificate'));
});

test('the name asked for by SNI can be another than the host', async () => {
  const asked: (string | false | null)[] = [];
  await using server = await serveHttps(pki.valid, (request, response) => {
    const { socket } = request;
    asked.push('servername' in socket ? (socket as TLSSocket & { servername: string }).servername : null);
    response.end('ok');
  });
  const context = { target: { baseUrl: `https://127.0.0.1:${server.port}` }, baseFolder: pki.folder };
  assert.equal(verdictLine(await runKind(httpKind, { tls: CA }, context)), 'passed');
  assert.equal(
    verdictLine(await runKind(httpKind, { tls: { ...CA, serverName: 'site.localhost' } }, context)),
    'passed',
  );
  assert.deepEqual(asked, [false, 'site.localhost']);
});

test('every handshake is a full one', async () => {
  const reused: boolean[] = [];
  await using server = await serveHttps(pki.valid, ({ socket }, response) => {
    reused.push('isSessionReused' in socket && (socket as TLSSocket).isSessionReused());
    response.end('ok');
  });
  const context = { target: { baseUrl: `https://localhost:${server.port}` }, baseFolder: pki.folder };
  const options = httpKind.schema.parse({ tls: CA });
  const resource = await httpKind.open(servicesOf());
  for (let run = 0; run < 3; run += 1) await httpKind.run(options, contextOf(context), resource);
  await httpKind.close(resource);
  assert.deepEqual(reused, [false, false, false]);
});

test('a server that wants a client certificate gets it, and refuses without', async () => {
  const mutual = { ...pki.valid, ca: pki.root, requestCert: true, rejectUnauthorized: true };
  const given = await against(mutual, { tls: { ...CA, certificate: 'client.pem', key: 'client.key' } });
  assert.equal(verdictLine(given), 'passed');
  assert.match(verdictLine(await against(mutual)), /^failed: expected an answer, got .*(alert|closed)/);
});

test('the client certificate stays on its origin', async () => {
  const shown: (string | undefined)[] = [];
  const asking = { ...pki.valid, ca: pki.root, requestCert: true, rejectUnauthorized: false };
  const look = (socket: object): void => {
    const certificate = 'getPeerCertificate' in socket ? (socket as TLSSocket).getPeerCertificate() : undefined;
    shown.push(certificate?.subject?.CN?.toString());
  };
  await using other = await serveHttps(asking, ({ socket }, response) => {
    look(socket);
    response.end('arrived');
  });
  await using home = await serveHttps(asking, ({ socket }, response) => {
    look(socket);
    response.writeHead(302, { location: `https://localhost:${other.port}/` }).end();
  });
  const outcome = await runKind(
    httpKind,
    { tls: { ...CA, certificate: 'client.pem', key: 'client.key' }, expect: { body: { contains: 'arrived' } } },
    { target: { baseUrl: `https://localhost:${home.port}` }, baseFolder: pki.folder },
  );
  assert.equal(verdictLine(outcome), 'passed');
  assert.deepEqual(shown, ['client', undefined]);
});

test("files that cannot be used are the configuration's fault", async () => {
  const missing = await against(pki.valid, { tls: { ca: 'nowhere.pem' } });
  assert.match(verdictLine(missing), /^inconclusive: config-invalid .*nowhere\.pem cannot be read/);
  const wrong = await against(pki.valid, { tls: { ...CA, certificate: 'root.pem', key: 'client.key' } });
  assert.match(verdictLine(wrong), /^inconclusive: config-invalid .*cannot be used/);
});

test('a server that stalls after the ClientHello fails in the TLS phase', async () => {
  const { signal, pass } = deadline();
  await using server = await serveTcp((socket) => socket.once('data', pass));
  const target = { baseUrl: `https://localhost:${server.port}` };
  const line = verdictLine(await runKind(httpKind, {}, { target, signal }));
  assert.match(line, /^failed: .*tls: the TLS handshake did not end in time – after 20 s \(DEADLINE\)/);
  const own = verdictLine(await runKind(httpKind, { phaseTimeouts: { tls: 100 } }, { target }));
  assert.match(own, /^failed: .*tls: the TLS handshake did not end in time – after 100 ms \(PHASE_TIMEOUT\)/);
});

test('a server that hangs up, or does not speak TLS, fails in the TLS phase', async () => {
  await using closing = await serveTcp((socket) => socket.once('data', () => socket.end()));
  const closed = await runKind(httpKind, {}, { target: { baseUrl: `https://localhost:${closing.port}` } });
  assert.match(verdictLine(closed), /^failed: .*tls: the connection was closed during the TLS handshake/);
  await using plain = await serveHttp((_request, response) => response.end('plain'));
  const spoke = await runKind(httpKind, {}, { target: { baseUrl: `https://localhost:${plain.port}` } });
  assert.match(verdictLine(spoke), /^failed: .*tls: the TLS handshake failed – (wrong version number|.*) \(ERR_SSL_/);
});

test('an alert about the name asked for, and a version too old, are failed handshakes', async () => {
  const alert = await against({ ...pki.valid, SNICallback: (_name, done) => done(new Error('no such name')) });
  assert.match(verdictLine(alert), /^failed: .*tls: /);
  const old = await against({ ...pki.valid, maxVersion: 'TLSv1.2' }, { tls: { ...CA, minVersion: 'TLSv1.3' } });
  assert.match(verdictLine(old), /^failed: .*tls: the TLS handshake failed – .*\(ERR_SSL_/);
});

test('a rejected certificate of a redirect target is told for that target', async () => {
  await using bad = await serveHttps(pki.expired);
  await using good = await serveHttps(pki.valid, (_request, response) => {
    response.writeHead(302, { location: `https://localhost:${bad.port}/` }).end();
  });
  const outcome = await runKind(
    httpKind,
    { tls: CA },
    { target: { baseUrl: `https://localhost:${good.port}` }, baseFolder: pki.folder },
  );
  assert.match(verdictLine(outcome), /^failed: expected a valid certificate/);
  assert.match(outcome.observation.facts.finalUrl ?? '', new RegExp(`:${bad.port}/`));
});

test('a place that is named with https is not one of http, though redirects may lead there', async () => {
  await using plain = await serveHttp((_request, response) => response.end('plain'));
  await using secure = await serveHttps(pki.valid, (_request, response) => {
    response.writeHead(302, { location: `http://localhost:${plain.port}/shop` }).end();
  });
  const end = async (endsOn: string): Promise<string> => {
    const input = { tls: CA, redirects: { allowDowngrade: true }, expect: { endsOn } };
    const target = { baseUrl: `https://localhost:${secure.port}` };
    return verdictLine(await runKind(httpKind, input, { target, baseFolder: pki.folder }));
  };
  assert.match(await end(`https://localhost:${plain.port}/shop`), /^failed: expected answer comes from https/);
  assert.match(await end(`http://localhost:${plain.port}/Shop`), /^failed: expected answer comes from http/);
  assert.equal(await end(`http://localhost:${plain.port}/shop`), 'passed');
});
