import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import type { HashedToken, TokenScope } from '../../core/api-token.ts';
import { hashOfToken } from '../../web/tokens.ts';
import { openWebThread, type WebUnderTest } from './web-thread.ts';

const tokenOf = (name: string): string => `vigie_${name}_${'x'.repeat(40)}`;
const holder = (name: string, scopes: readonly TokenScope[], expiresAt?: number): HashedToken => ({
  name,
  scopes,
  hash: hashOfToken(tokenOf(name)),
  ...(expiresAt === undefined ? {} : { expiresAt }),
});
const TOKENS = [
  holder('reader', ['read']),
  holder('writer', ['write']),
  holder('scraper', ['metrics']),
  holder('former', ['read', 'write', 'metrics'], Date.now() - 1),
];
const bearer = (name: string) => ({ authorization: `Bearer ${tokenOf(name)}` });
const basic = (name: string) => ({
  authorization: `Basic ${Buffer.from(`anybody:${tokenOf(name)}`).toString('base64')}`,
});
const PAUSE = 'POST /api/v1/checks/home/pause';
const JSON_TYPE = { 'content-type': 'application/json' };

describe('the web thread: who may do what', () => {
  it('lets each token do what its scopes say, over every kind of route', async () => {
    await using web = await openWebThread(TOKENS, { requireToken: true });
    const reading = [
      'GET /',
      'GET /api/v1/checks',
      'GET /artefacts/RUN/1/screenshot.png',
      'GET /trace/',
      'GET /nothing',
    ];
    const rows: readonly (readonly [string, Record<string, string>, number])[] = [
      ...reading.flatMap((what) => [
        [what, {}, 401] as const,
        [what, bearer('writer'), 403] as const,
        [what, bearer('scraper'), 403] as const,
        [what, basic('reader'), what.endsWith('nothing') ? 404 : 200] as const,
        [what, bearer('reader'), what.endsWith('nothing') ? 404 : 200] as const,
      ]),
      ['GET /', bearer('former'), 401],
      ['GET /metrics', {}, 401],
      ['GET /metrics', bearer('reader'), 403],
      ['GET /metrics', bearer('scraper'), 200],
      ['GET /healthz', {}, 200],
      ['GET /ping/known', {}, 200],
      [PAUSE, {}, 401],
      [PAUSE, bearer('reader'), 403],
      [PAUSE, bearer('former'), 401],
      // A browser sends it along for anybody.
      [PAUSE, basic('writer'), 401],
      [PAUSE, bearer('writer'), 200],
    ];
    for (const [what, headers, status] of rows)
      assert.equal((await web.ask(what, headers)).status, status, `${what} ${headers.authorization?.slice(0, 20)}`);
    const { headers } = await web.ask('GET /');
    assert.match(headers['www-authenticate'] ?? '', /^Basic realm="vigie"/);
  });

  it('asks nothing of readers by default, and lets nobody change anything without a token', async () => {
    await using web = await openWebThread([]);
    assert.equal((await web.ask('GET /')).status, 200);
    assert.equal((await web.ask('GET /metrics')).status, 200);
    const { status, text } = await web.ask(PAUSE, bearer('writer'));
    assert.deepEqual([status, web.commands.length], [401, 0]);
    assert.match((await web.ask(PAUSE)).text, /no token has the scope 'write'.*vigie token/);
    assert.ok(!text.includes(tokenOf('writer')));
  });

  it('writes who changed what into the log, by the name of the token and never by its text', async () => {
    await using web = await openWebThread(TOKENS);
    await web.ask(PAUSE, { ...bearer('writer'), ...JSON_TYPE }, '{"for":"1h","by":"somebody else"}');
    await web.ask('POST /api/v1/checks/home/resume', bearer('writer'));
    assert.deepEqual(web.logged, [
      {
        what: 'pause',
        check: 'home',
        token: 'writer',
        client: '127.0.0.1',
        answer: 'done',
        message: 'asked over the API',
      },
      {
        what: 'resume',
        check: 'home',
        token: 'writer',
        client: '127.0.0.1',
        answer: 'done',
        message: 'asked over the API',
      },
    ]);
    assert.deepEqual(
      web.commands.map((command) => 'by' in command && command.by),
      ['somebody else', 'writer'],
    );
  });
});

describe('the web thread: how much a client may', () => {
  it('shuts out who guesses tokens, with the right one too, and says so once in the log', async () => {
    await using web = await openWebThread(TOKENS);
    const wrong = { authorization: 'Bearer guess' };
    const statuses: number[] = [];
    for (let round = 0; round < 30; round += 1) statuses.push((await web.ask(PAUSE, wrong)).status);
    assert.deepEqual([...new Set(statuses)], [401, 429]);
    assert.ok(statuses.indexOf(429) >= 10, statuses.join());
    const refused = await web.ask(PAUSE, bearer('writer'));
    assert.equal(refused.status, 429);
    assert.match(refused.headers['retry-after'] ?? '', /^[1-9]\d*$/);
    assert.deepEqual(web.commands, []);
    assert.equal((await web.ask('GET /')).status, 200, 'who gives no token is not meant');
    assert.deepEqual(
      web.logged.map(({ what, client }) => [what, client]),
      [['shut-out', '127.0.0.1']],
    );
  });

  it('limits changes and pings, and wrong pings much sooner', async () => {
    await using web = await openWebThread(TOKENS);
    const changes = await statusesOf(web, 100, PAUSE);
    assert.ok(changes.filter((status) => status === 200).length >= 60 && changes.includes(429), changes.join());
    assert.deepEqual(new Set(await statusesOf(web, 100, 'GET /ping/known')), new Set([200]));
    await statusesOf(web, 100, 'GET /ping/unknown');
    assert.deepEqual(new Set(await statusesOf(web, 10, 'GET /ping/known')), new Set([429]));
    assert.ok(Number((await web.ask('GET /ping/known')).headers['retry-after']) > 0);
  });

  it('takes bodies up to its limit, of its type alone', async () => {
    await using web = await openWebThread(TOKENS);
    const send = (type: string, body: string) => web.ask(PAUSE, { ...bearer('writer'), 'content-type': type }, body);
    const rows = [
      [await send('application/json', '{"for":"1h"}'), 200],
      [await send('application/json; charset=utf-8', '{}'), 200],
      [await send('text/plain', '{"for":"1h"}'), 415],
      [await send('application/x-www-form-urlencoded', 'for=1h'), 415],
      [await send('application/jsonx', '{}'), 415],
      [await send('application/json', `{"by":"${'x'.repeat(70_000)}"}`), 413],
      [await web.ask(`GET /?${'x'.repeat(20_000)}`), 431],
      [await web.ask('GET /', { 'x-long': 'x'.repeat(20_000) }), 431],
    ] as const;
    for (const [answer, status] of rows) assert.equal(answer.status, status, answer.text.slice(0, 200));
    assert.equal(web.commands.length, 2, 'what was not understood changed nothing');
  });
});

describe('the web thread: who asks through whom', () => {
  it('changes nothing for a page of another origin', async () => {
    await using web = await openWebThread(TOKENS);
    const { host } = new URL(web.url);
    const rows: readonly (readonly [string, Record<string, string>, number])[] = [
      [PAUSE, { origin: 'https://evil.example' }, 403],
      [PAUSE, { origin: 'null' }, 403],
      [PAUSE, { origin: `http://${host}.evil.example` }, 403],
      [PAUSE, { 'sec-fetch-site': 'cross-site' }, 403],
      [PAUSE, { 'sec-fetch-site': 'same-site' }, 403],
      ['GET /ping/known', { 'sec-fetch-site': 'cross-site' }, 403],
      ['POST /ping/known', { origin: 'https://evil.example' }, 403],
      [PAUSE, { origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }, 200],
      ['GET /ping/known', { 'sec-fetch-site': 'none' }, 200],
    ];
    for (const [what, headers, status] of rows)
      assert.equal(
        (await web.ask(what, { host, ...bearer('writer'), ...headers })).status,
        status,
        JSON.stringify(headers),
      );
    assert.equal(web.commands.length, 2);
    const preflight = await web.ask('OPTIONS /api/v1/checks/home/pause', {
      origin: 'https://evil.example',
      'access-control-request-method': 'POST',
    });
    assert.equal(preflight.status, 405);
    assert.equal(preflight.headers['access-control-allow-origin'], undefined);
  });

  it('answers to no name that somebody else may point at this machine', async () => {
    await using web = await openWebThread(TOKENS, { publicUrl: 'https://vigie.example/' });
    const statusOf = async (host: string): Promise<number> => (await web.ask('GET /api/v1/checks', { host })).status;
    for (const host of ['127.0.0.1:9464', 'localhost:1', '[::1]:1', '10.0.0.1', 'vigie.example'])
      assert.equal(await statusOf(host), 200, host);
    for (const host of [
      'evil.example',
      'localhost.evil.example',
      '127.0.0.1.evil.example:9464',
      'vigie.example.evil.example',
    ])
      assert.equal(await statusOf(host), 421, host);
  });

  it('knows its methods', async () => {
    await using web = await openWebThread(TOKENS);
    const rows = [
      ['DELETE /', 'GET, HEAD'],
      ['PUT /api/v1/checks', 'GET, HEAD'],
      ['POST /', 'GET, HEAD'],
      ['TRACE /', 'GET, HEAD'],
      ['GET /api/v1/checks/home/pause', 'POST'],
      ['HEAD /ping/known', 'GET, POST'],
    ] as const;
    for (const [what, allow] of rows) {
      const { status, headers } = await web.ask(what);
      assert.deepEqual([status, headers.allow], [405, allow], what);
    }
    assert.deepEqual(web.commands, []);
  });
});

describe('the web thread: what it says along', () => {
  const asked = [
    'GET /',
    'GET /checks/home',
    'GET /checks/none',
    'GET /runs/RUN',
    'GET /incidents',
    'GET /style.css',
    'GET /icon.svg',
    'GET /healthz',
    'GET /readyz',
    'GET /metrics',
    'GET /ping/known',
    'GET /ping/unknown',
    'GET /api/v1/checks',
    'GET /api/v1/runs?limit=0',
    'GET /api/v1/openapi.json',
    'GET /api/v1/nothing',
    'GET /artefacts/RUN/1/report.html',
    'GET /artefacts/RUN/1/drawing.svg',
    'GET /artefacts/RUN/1/screenshot.png',
    'GET /artefacts/RUN/1/none',
    'GET /trace/',
    'GET /trace/sw.bundle.js',
    'GET /trace/none',
    'GET /%ff',
    'DELETE /',
    PAUSE,
  ];
  it('carries the security headers on every route, errors, artefacts and the trace viewer too', async () => {
    await using web = await openWebThread(TOKENS);
    for (const what of asked) {
      const { headers, status } = await web.ask(what);
      const policy = headers['content-security-policy'] ?? '';
      assert.match(
        policy,
        what.startsWith('GET /trace/') && status === 200 ? /object-src 'none'/ : /default-src 'none'/,
        what,
      );
      assert.match(policy, /frame-ancestors '(?:none|self)'/, what);
      assert.equal(headers['x-content-type-options'], 'nosniff', what);
      assert.equal(headers['referrer-policy'], 'no-referrer', what);
      assert.equal(headers['cross-origin-opener-policy'], 'same-origin', what);
      assert.equal(headers['cross-origin-resource-policy'], 'same-origin', what);
      assert.ok(headers['cache-control'], what);
      assert.equal(headers['access-control-allow-origin'], undefined, what);
      assert.equal(headers['set-cookie'], undefined, what);
      if (what.startsWith('GET /artefacts/') && status === 200) assert.match(policy, /sandbox;/, what);
    }
  });

  it('answers what is no request with nothing of its own, and goes on', async () => {
    await using web = await openWebThread(TOKENS);
    for (const text of [
      '\u0000\u0000\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      'GET / HTTP/1.1\r\nhost: a b\r\n\r\n',
      'GET http://[ HTTP/1.1\r\nhost: x\r\n\r\n',
      'GET / HTTP/1.1\r\n\r\n',
    ])
      assert.match(await sendRaw(web, text), /^HTTP\/1\.1 4\d\d /, JSON.stringify(text));
    assert.equal((await web.ask('GET /healthz')).status, 200);
    assert.deepEqual(web.logged, []);
  });
});

async function statusesOf(web: WebUnderTest, count: number, what: string): Promise<readonly number[]> {
  const answers = await Promise.all(Array.from({ length: count }, () => web.ask(what, bearer('writer'))));
  return answers.map(({ status }) => status);
}

async function sendRaw({ url }: WebUnderTest, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let heard = '';
  socket.setEncoding('utf8').on('data', (part: string) => (heard += part));
  socket.on('error', () => {});
  socket.end(text);
  await once(socket, 'close');
  return heard;
}
