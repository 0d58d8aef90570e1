import assert from 'node:assert/strict';
import type { IncomingMessage, RequestListener } from 'node:http';
import { test } from 'node:test';
import { type ContextInput, measureOf, type Outcome, runKind, secretsOf, verdictLine } from '../net/testing/context.ts';
import { serveHttp, type TestServer } from '../net/testing/servers.ts';
import type { HttpInput } from './arguments.ts';
import { httpKind } from './kind.ts';
import { outgoing } from './outgoing.ts';
import { placeOf } from './place.ts';
import { redirect } from './redirects.ts';

type Heard = Pick<IncomingMessage, 'headers' | 'method' | 'url'> & { readonly body: string };

/** Keeps every request and answers by path. */
async function recording(
  answers: Readonly<Record<string, (port: number) => string>>,
  status = 302,
): Promise<TestServer & { readonly heard: Heard[] }> {
  const heard: Heard[] = [];
  const listener: RequestListener = (request, response) => {
    let body = '';
    request
      .on('data', (chunk) => (body += chunk))
      .on('end', () => {
        heard.push({ headers: request.headers, method: request.method, url: request.url, body });
        const location = answers[request.url ?? ''];
        if (location)
          response.writeHead(status, { location: location(server.port), 'set-cookie': 'session=abc; Path=/' }).end();
        else response.end('arrived');
      });
  };
  const server = await serveHttp(listener);
  return { ...server, heard };
}

function probe(server: TestServer, input: HttpInput = {}, context: ContextInput = {}): Promise<Outcome> {
  return runKind(httpKind, input, { target: { baseUrl: `http://127.0.0.1:${server.port}` }, ...context });
}

const SECRETS = secretsOf({ TOKEN: 'hunter2-hunter2', KEY: 'key-key-key' });
const SECRET_OPTIONS = {
  auth: { type: 'bearer', token: { secret: 'TOKEN', from: 'environment' } },
  headers: { 'x-api-key': { secret: 'KEY', from: 'environment' }, 'x-plain': 'kept' },
} as const satisfies HttpInput;

test('redirects are followed, counted, and measured by hop', async () => {
  await using server = await recording({ '/a': () => '/b', '/b': () => '/c' });
  const outcome = await probe(server, { url: '/a', expect: { body: { contains: 'arrived' } } });
  assert.equal(verdictLine(outcome), 'passed');
  assert.equal(measureOf(outcome, 'redirects'), 2);
  assert.equal(server.connections(), 3);
  assert.equal(outcome.observation.steps.length, 3);
  const hops = outcome.observation.measures.filter(({ name }) => name === 'hop.connect');
  assert.deepEqual(
    hops.map(({ labels }) => labels?.hop),
    ['0', '1', '2'],
  );
  const sum = hops.reduce((all, { value }) => all + value, 0);
  assert.ok(Math.abs(sum - (measureOf(outcome, 'phase.connect') ?? 0)) < 1e-9);
});

test('cookies set on the way are sent back to that host', async () => {
  await using server = await recording({ '/a': () => '/b' });
  await probe(server, { url: '/a' });
  assert.equal(server.heard[0]?.headers.cookie, undefined);
  assert.equal(server.heard[1]?.headers.cookie, 'session=abc');
});

test('every cookie of an answer is sent back, however many it sets', async () => {
  let heard: string | undefined;
  const many = Array.from({ length: 60 }, (_, index) => `c${index}=${index}`);
  await using server = await serveHttp((request, response) => {
    if (request.url === '/a') response.writeHead(302, { location: '/b', 'set-cookie': many }).end();
    else {
      heard = request.headers.cookie;
      response.end('arrived');
    }
  });
  await probe(server, { url: '/a', expect: { body: { contains: 'arrived' } } });
  assert.equal(heard, many.join('; '));
});

test('a redirect that is expected, or may not be followed, is the answer', async () => {
  await using server = await recording({ '/a': () => '/b' });
  assert.equal(
    verdictLine(await probe(server, { url: '/a', expect: { status: 302, headers: { location: '/b' } } })),
    'passed',
  );
  assert.equal(
    verdictLine(await probe(server, { url: '/a', redirects: { follow: false }, expect: { status: '3xx' } })),
    'passed',
  );
  assert.match(
    verdictLine(await probe(server, { url: '/a', redirects: { follow: false } })),
    /^failed: expected status is 2xx, got 302/,
  );
});

test('a loop ends at the limit', async () => {
  await using server = await recording({ '/a': () => '/a' });
  const outcome = await probe(server, { url: '/a' });
  assert.match(verdictLine(outcome), /^failed: .*there are too many redirects – more than 5/);
  assert.equal(server.connections(), 6);
});

test('a redirect out of http is refused', async () => {
  await using server = await recording({ '/file': () => 'file:///etc/passwd', '/bad': () => 'http://[::bad' });
  assert.match(
    verdictLine(await probe(server, { url: '/file' })),
    /^failed: .*the redirect leaves http and https – to file:/,
  );
  assert.match(verdictLine(await probe(server, { url: '/bad' })), /^failed: .*the redirect leads nowhere/);
});

test('what is bound to an origin stays there and does not come back', async () => {
  await using other = await recording({ '/there': () => `http://127.0.0.1:${home.port}/back` });
  await using home = await recording({ '/start': () => `http://127.0.0.1:${other.port}/there`, '/same': () => '/end' });
  await probe(home, { url: '/same', ...SECRET_OPTIONS }, { secrets: SECRETS });
  assert.equal(home.heard[1]?.headers.authorization, 'Bearer hunter2-hunter2');
  home.heard.length = 0;
  const options = { url: '/start', ...SECRET_OPTIONS, expect: { endsOn: '/back' } };
  const outcome = await probe(home, options, { secrets: SECRETS });
  assert.equal(verdictLine(outcome), 'passed');
  assert.equal(home.heard[0]?.headers.authorization, 'Bearer hunter2-hunter2');
  for (const request of [other.heard[0], home.heard[1]]) {
    assert.equal(request?.headers.authorization, undefined);
    assert.equal(request?.headers['x-api-key'], undefined);
    assert.equal(request?.headers['x-plain'], 'kept');
  }
  assert.equal(other.heard[0]?.headers.cookie, undefined);
});

test('a body with secrets is not given to another origin', async () => {
  await using other = await recording({});
  await using home = await recording({ '/start': () => `http://127.0.0.1:${other.port}/there` }, 307);
  const login = { password: { secret: 'TOKEN', from: 'environment' } };
  const refused = await probe(home, { url: '/start', method: 'POST', body: { json: login } }, { secrets: SECRETS });
  assert.match(verdictLine(refused), /^failed: .*a body with secrets to another origin/);
  assert.equal(other.heard.length, 0);
  const expect = { endsOn: `http://127.0.0.1:${other.port}/there` };
  const harmless = await probe(home, { url: '/start', method: 'POST', body: { json: { q: 'filter' } }, expect });
  assert.equal(verdictLine(harmless), 'passed');
  assert.equal(other.heard[0]?.body, '{"q":"filter"}');
  assert.equal(other.heard[0]?.method, 'POST');
});

test('302 turns a POST into a GET without its body', async () => {
  await using server = await recording({ '/a': () => '/b' });
  await probe(server, { url: '/a', method: 'POST', body: { form: { q: 'x y' } } });
  assert.equal(server.heard[0]?.body, 'q=x+y');
  assert.equal(server.heard[1]?.method, 'GET');
  assert.equal(server.heard[1]?.body, '');
  assert.equal(server.heard[1]?.headers['content-type'], undefined);
});

test('an address that may not be reached is refused on a redirect too, in every way of writing it', async () => {
  const forms = [
    '169.254.169.254',
    '[::ffff:169.254.169.254]',
    '2852039166',
    '0xa9fea9fe',
    '[fe80::1]',
    '[64:ff9b::a9fe:a9fe]',
  ];
  for (const host of forms) {
    await using server = await recording({ '/a': () => `http://${host}/latest/meta-data` });
    const line = verdictLine(await probe(server, { url: '/a' }));
    assert.match(line, /^inconclusive: not-allowed \(config\) connect: the address may not be reached/, host);
  }
});

const SECURE = outgoing({
  place: placeOf(new URL('https://a.example/x#part')),
  method: 'GET',
  headers: [],
  bodyHoldsSecrets: false,
  trusted: true,
});
const RULES = { follow: true, max: 5, allowDowngrade: false };

test('https is not left for http unless allowed', () => {
  const answer = { status: 301, location: 'http://a.example/' };
  assert.throws(() => redirect(SECURE, answer, RULES), { code: 'REDIRECT_DOWNGRADE' });
  assert.equal(redirect(SECURE, answer, { ...RULES, allowDowngrade: true }).trusted, false);
});

test('a redirect keeps the fragment and drops credentials in the URL', () => {
  const next = redirect(SECURE, { status: 301, location: 'https://user:pass@a.example/y' }, RULES);
  assert.equal(next.place.url.href, 'https://a.example/y#part');
  assert.equal(next.trusted, true);
});

test('the method changes as the Fetch standard says', () => {
  const after = (method: string, status: number): string =>
    redirect({ ...SECURE, method }, { status, location: '/y' }, RULES).method;
  assert.deepEqual(
    [301, 302, 303, 307, 308].map((status) => after('POST', status)),
    ['GET', 'GET', 'GET', 'POST', 'POST'],
  );
  assert.deepEqual(
    [301, 303].map((status) => after('PUT', status)),
    ['PUT', 'GET'],
  );
  assert.deepEqual(
    [302, 303].map((status) => after('HEAD', status)),
    ['HEAD', 'HEAD'],
  );
});
