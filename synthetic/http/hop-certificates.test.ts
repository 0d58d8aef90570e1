import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { measureOf, type Outcome, runKind, verdictLine } from '../net/testing/context.ts';
import { type Identity, makePki } from '../net/testing/pki.ts';
import { serveProxy } from '../net/testing/proxy.ts';
import { serveHttp, serveHttps, type TestServer } from '../net/testing/servers.ts';
import type { HttpInput } from './arguments.ts';
import { httpKind } from './kind.ts';

const pki = await makePki();
after(() => pki[Symbol.dispose]());
const DAY_MS = 86_400_000;
const SHORT_DAYS = 5;

/** A server that sends on to a place. */
function leading(identity: Identity, to: string): Promise<TestServer> {
  return serveHttps(identity, (_request, response) => response.writeHead(302, { location: to }).end());
}

function probe(base: string, expect: HttpInput['expect'] = {}, more: HttpInput = {}): Promise<Outcome> {
  const input: HttpInput = { tls: { ca: 'root.pem' }, ...more, expect: { status: [200, 204], ...expect } };
  return runKind(httpKind, input, { target: { baseUrl: base }, baseFolder: pki.folder });
}

const daysOf = (outcome: Outcome, name = 'certificate_time_left'): number =>
  Math.round((measureOf(outcome, name) ?? Number.NaN) / DAY_MS);
const hopDays = ({ observation }: Outcome): readonly (readonly [string | undefined, number])[] =>
  observation.measures
    .filter(({ name }) => name === 'hop.certificate_time_left')
    .map(({ labels, value }) => [labels?.hop, Math.round(value / DAY_MS)]);

test('the certificate of every hop counts, and the failure names whose ends first', async () => {
  await using last = await serveHttps(pki.valid);
  const end = `https://localhost:${last.port}/`;
  await using first = await leading(pki.shortChain, end);
  const expect = { certificateDaysLeft: 14, endsOn: end };
  const outcome = await probe(`https://localhost:${first.port}`, expect);
  assert.equal(
    verdictLine(outcome),
    `failed: expected certificate has at least 14 days left, got 5.0 days, that of localhost:${first.port}`,
  );
  assert.equal(daysOf(outcome), SHORT_DAYS);
  assert.deepEqual(hopDays(outcome), [
    ['0', SHORT_DAYS],
    ['1', 90],
  ]);
  const { facts } = outcome.observation;
  assert.match(facts.certificateEndsFirst ?? '', new RegExp(`^localhost:${first.port} until \\d{4}-`));
  assert.equal(facts.certificateIssuer, 'Test Root');
  assert.equal(
    verdictLine(await probe(`https://localhost:${first.port}`, { ...expect, certificateDaysLeft: 4 })),
    'passed',
  );
});

test('a hop in the middle, and the same host twice', async () => {
  await using last = await serveHttps(pki.valid);
  const end = `https://localhost:${last.port}/`;
  await using middle = await leading(pki.shortChain, end);
  await using first = await serveHttps(pki.valid, ({ url }, response) => {
    const location = url === '/' ? '/again' : `https://localhost:${middle.port}/`;
    response.writeHead(302, { location }).end();
  });
  const outcome = await probe(`https://localhost:${first.port}`, { certificateDaysLeft: 14, endsOn: end });
  assert.match(verdictLine(outcome), new RegExp(`^failed: .*got 5\\.0 days, that of localhost:${middle.port}`));
  assert.deepEqual(
    hopDays(outcome).map(([, days]) => days),
    [90, 90, SHORT_DAYS, 90],
  );
});

test('hops without TLS have none: http to https, and https to http', async () => {
  await using plain = await serveHttp((_request, response) => response.end('plain'));
  const down = { redirects: { allowDowngrade: true } };
  const end = `http://localhost:${plain.port}/`;
  await using short = await leading(pki.shortChain, end);
  await using long = await leading(pki.valid, end);
  const expect = { certificateDaysLeft: 14, endsOn: end };
  const fromShort = await probe(`https://localhost:${short.port}`, expect, down);
  assert.match(verdictLine(fromShort), new RegExp(`^failed: .*got 5\\.0 days, that of localhost:${short.port}`));
  assert.equal(daysOf(fromShort), SHORT_DAYS);
  const fromLong = await probe(`https://localhost:${long.port}`, expect, down);
  assert.match(verdictLine(fromLong), new RegExp(`^failed: .*got no certificate, as localhost:${plain.port} has none`));
  assert.equal(daysOf(fromLong), 90);
  await using last = await serveHttps(pki.valid);
  await using up = await serveHttp((_request, response) =>
    response.writeHead(302, { location: `https://localhost:${last.port}/` }).end(),
  );
  const endsOn = `https://localhost:${last.port}/`;
  const upwards = await probe(`http://localhost:${up.port}`, { certificateDaysLeft: 14, endsOn });
  assert.equal(verdictLine(upwards), 'passed');
  assert.deepEqual(hopDays(upwards), [['1', 90]]);
});

test('what a run saw before it ended is measured: a loop, a dead hop, a bad certificate', async () => {
  await using loop = await serveHttps(pki.shortChain, (_request, response) =>
    response.writeHead(302, { location: '/' }).end(),
  );
  const looped = await probe(`https://localhost:${loop.port}`);
  assert.match(verdictLine(looped), /^failed: .*too many redirects/);
  assert.equal(daysOf(looped), SHORT_DAYS);
  await using toNowhere = await leading(pki.shortChain, 'http://169.254.169.254/');
  const refused = await probe(`https://localhost:${toNowhere.port}`, {}, { redirects: { allowDowngrade: true } });
  assert.match(verdictLine(refused), /^inconclusive: not-allowed/);
  assert.equal(daysOf(refused), SHORT_DAYS);
  await using bad = await serveHttps(pki.expired);
  await using good = await leading(pki.valid, `https://localhost:${bad.port}/`);
  const rejected = await probe(`https://localhost:${good.port}`);
  assert.match(verdictLine(rejected), /^failed: expected a valid certificate/);
  assert.equal(daysOf(rejected), -3);
  assert.deepEqual(
    hopDays(rejected).map(([, days]) => days),
    [90, -3],
  );
});

test('the same with verification off, and through a proxy', async () => {
  await using last = await serveHttps(pki.valid);
  const end = `https://localhost:${last.port}/`;
  await using first = await leading(pki.shortChain, end);
  const base = `https://localhost:${first.port}`;
  const expect = { certificateDaysLeft: 14, endsOn: end };
  await using proxy = await serveProxy();
  for (const more of [{ tls: { insecure: true } }, { proxy: { url: `http://127.0.0.1:${proxy.port}` } }]) {
    const outcome = await probe(base, expect, more);
    assert.match(verdictLine(outcome), new RegExp(`^failed: .*got 5\\.0 days, that of localhost:${first.port}`));
  }
});
