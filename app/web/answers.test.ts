import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { z } from '@hono/zod-openapi';
import { START, sampleCheck, sampleRun } from '../../reporters/testing/sample-runs.ts';
import { rawRequest } from './testing/raw-request.ts';
import { API_TOKEN, type Served, serveHistory } from './testing/served-history.ts';

const BEARER = { authorization: `Bearer ${API_TOKEN}` };
type Row = {
  readonly ask: string;
  readonly send?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly type?: string;
  readonly body?: RegExp;
};

describe('the web application', () => {
  let served: Served;
  before(async () => {
    served = await serveHistory();
  });
  after(() => served[Symbol.asyncDispose]());

  const ask = async ({ ask: what, send, headers = {} }: Pick<Row, 'ask' | 'send' | 'headers'>) => {
    const [method = '', path = ''] = what.replaceAll('RUN', served.failed).split(' ');
    return rawRequest(served.url, method, path, headers, send);
  };

  const rows: readonly Row[] = [
    // Pages
    { ask: 'GET /', status: 200, type: 'text/html', body: /API search/ },
    { ask: 'GET /checks/api-search', status: 200, type: 'text/html', body: /Budgets in the latest run/ },
    { ask: 'GET /checks/nightly', status: 200, type: 'text/html', body: /paused/ },
    { ask: 'GET /runs/RUN', status: 200, type: 'text/html', body: /Attempt 1/ },
    { ask: 'GET /incidents', status: 200, type: 'text/html', body: /failing/ },
    { ask: 'GET /healthz', status: 200, type: 'text/plain', body: /^ok/ },
    { ask: 'GET /readyz', status: 200, type: 'text/plain', body: /^ready/ },
    { ask: 'GET /metrics', status: 200, type: 'text/plain; version=0.0.4', body: /^vigie_run_total/m },
    // What is not there
    ...[
      '/nothing',
      '/checks/unknown',
      '/checks/__proto__',
      '/runs/none',
      '/runs/%00',
      '/incidents/x',
      '/trace/none.js',
    ].map(
      (path): Row => ({
        ask: `GET ${path}`,
        headers: { accept: 'text/html' },
        status: 404,
        type: 'text/html',
        body: /nothing here/,
      }),
    ),
    { ask: 'GET /nothing', status: 404, type: 'text/plain' },
    { ask: 'GET /api/v1/nothing', status: 404, type: 'application/json', body: /"error"/ },
    { ask: 'GET /api/v1/checks/unknown', status: 404, type: 'application/json', body: /no such check/ },
    { ask: 'GET /api/v1/runs/none', status: 404, type: 'application/json', body: /no such run/ },
    // Ways out of the folders
    ...[
      '..%2f..%2fvigie.db',
      '%2e%2e%2f%2e%2e%2fvigie.db',
      '....//x',
      '/etc/passwd',
      '%2fetc%2fpasswd',
      'a%00.png',
      'C:%5cx',
      '..%5c..%5cx',
      '%5c%5cserver%5cshare%5cx',
      '%252e%252e%252fvigie.db',
      'CON',
      'aux.txt',
      'x'.repeat(300),
      'x'.repeat(3_000),
      `${'%2e%2e%2f'.repeat(12)}etc/passwd`,
    ].flatMap((path): Row[] => [
      { ask: `GET /artefacts/RUN/1/${path}`, status: 404 },
      { ask: `GET /trace/${path}`, status: 404 },
    ]),
    { ask: 'GET /artefacts/..%2f..%2fx/1/a.png', status: 404 },
    { ask: 'GET /artefacts/RUN/2/screenshot.png', status: 404 },
    { ask: 'GET /artefacts/RUN/x/screenshot.png', status: 404 },
    { ask: 'GET /artefacts/RUN/1/', status: 404 },
    // Artefacts
    { ask: 'GET /artefacts/RUN/1/screenshot.png', status: 200, type: 'image/png' },
    { ask: 'HEAD /artefacts/RUN/1/screenshot.png', status: 200, type: 'image/png', body: /^$/ },
    { ask: 'GET /artefacts/RUN/1/drawing.svg', status: 200, type: 'application/octet-stream' },
    { ask: 'GET /artefacts/RUN/1/odd%20name%20%231%20%252e.bin', status: 200, type: 'application/octet-stream' },
    { ask: 'GET /trace/', status: 200, type: 'text/html' },
    { ask: 'GET /trace/sw.bundle.js', status: 200, type: 'text/javascript' },
    // The API, reading
    { ask: 'GET /api/v1/checks', status: 200, type: 'application/json', body: /"uptime24h"/ },
    { ask: 'GET /api/v1/runs?check=api-search&status=failed&limit=2', status: 200, body: /"status":"failed"/ },
    { ask: 'GET /api/v1/runs?limit=0', status: 400, type: 'application/json', body: /limit/ },
    { ask: 'GET /api/v1/runs?limit=1001', status: 400, body: /limit/ },
    { ask: 'GET /api/v1/runs?limit=abc&status=broken', status: 400, body: /status: .*limit: |limit: .*status: / },
    { ask: `GET /api/v1/runs?check=${'%27%20OR%201=1--'}`, status: 200, body: /^\{"runs":\[\]}$/ },
    { ask: 'GET /api/v1/incidents?open=true', status: 200, body: /"track":"target"/ },
    { ask: 'GET /api/v1/incidents?open=perhaps', status: 400, body: /open/ },
    // The API, changing
    { ask: 'POST /api/v1/checks/api-search/pause', status: 401, body: /bearer token/ },
    { ask: 'POST /api/v1/checks/api-search/pause', headers: { authorization: 'Bearer wrong' }, status: 401 },
    { ask: 'POST /api/v1/checks/api-search/pause', headers: { authorization: `Basic ${API_TOKEN}` }, status: 401 },
    { ask: 'POST /api/v1/checks/api-search/pause', headers: BEARER, status: 200, body: /^\{"ok":true}$/ },
    { ask: 'POST /api/v1/checks/api-search/resume', headers: BEARER, status: 200, body: /^\{"ok":true}$/ },
    ...['soon', '-1h', '0s', '99999d', '1h '].map(
      (text): Row => ({
        ask: 'POST /api/v1/checks/api-search/pause',
        headers: { ...BEARER, 'content-type': 'application/json' },
        send: JSON.stringify({ for: text }),
        status: 400,
        body: /duration/,
      }),
    ),
    {
      ask: 'POST /api/v1/checks/api-search/pause',
      headers: { ...BEARER, 'content-type': 'application/json' },
      send: '{',
      status: 400,
      type: 'application/json',
      body: /"error"/,
    },
    {
      ask: 'POST /api/v1/checks/api-search/pause',
      headers: { ...BEARER, 'content-type': 'application/json' },
      send: `{"by":"${'x'.repeat(81)}"}`,
      status: 400,
      body: /by/,
    },
    {
      ask: 'POST /api/v1/checks/api-search/pause',
      headers: { ...BEARER, 'content-type': 'application/json' },
      send: JSON.stringify({ by: 'x'.repeat(70_000) }),
      status: 413,
    },
    { ask: 'POST /ping/x', send: 'x'.repeat(70_000), status: 413 },
    { ask: 'GET /ping/a-token', status: 200, body: /^ok/ },
    { ask: 'POST /ping/a-token', status: 200, body: /^ok/ },
    { ask: 'DELETE /', status: 405 },
  ];
  for (const row of rows)
    it(`answers ${row.status} to ${row.ask}${row.send === undefined ? '' : ` with ${row.send.slice(0, 20)}`}${row.headers?.authorization === undefined ? '' : ` as ${row.headers.authorization.slice(0, 8)}`}`, async () => {
      const { status, headers, text } = await ask(row);
      assert.equal(status, row.status, text.slice(0, 500));
      if (row.type !== undefined)
        assert.ok(String(headers['content-type']).startsWith(row.type), headers['content-type']);
      if (row.body !== undefined) assert.match(text, row.body);
      for (const name of ['content-security-policy', 'referrer-policy', 'cache-control'])
        assert.ok(headers[name], name);
      assert.equal(headers['x-content-type-options'], 'nosniff');
    });

  it('forbids script everywhere but in the trace viewer, and sandboxes artefacts', async () => {
    for (const [what, expected] of [
      ['GET /', /^default-src 'none'/],
      ['GET /artefacts/RUN/1/report.html', /sandbox;/],
      ['GET /artefacts/RUN/1/drawing.svg', /sandbox;/],
      ['GET /trace/', /worker-src 'self'/],
    ] as const) {
      const { headers } = await ask({ ask: what });
      assert.match(String(headers['content-security-policy']), expected);
    }
    const { headers } = await ask({ ask: 'GET /artefacts/RUN/1/drawing.svg' });
    assert.equal(headers['content-disposition'], 'attachment');
  });

  it('describes each of its routes, which answer as described', async () => {
    const document = openApi.parse(JSON.parse((await ask({ ask: 'GET /api/v1/openapi.json' })).text));
    assert.deepEqual(document.components.securitySchemes.bearer, { type: 'http', scheme: 'bearer' });
    const asked: string[] = [];
    for (const [path, methods] of Object.entries(document.paths))
      for (const [method, { responses, security }] of Object.entries(methods)) {
        const real = path.replace('{id}', path.includes('/runs/') ? served.failed : 'api-search');
        const { status, text } = await ask({
          ask: `${method.toUpperCase()} ${real}`,
          headers: security === undefined ? {} : BEARER,
        });
        assert.equal(status, 200, `${method} ${path}`);
        assert.ok(Object.hasOwn(responses, '200'));
        for (const reference of text.length === 0 ? [] : references(responses['200']))
          assert.ok(Object.hasOwn(document.components.schemas, reference), reference);
        asked.push(`${method} ${path}`);
      }
    assert.equal(asked.length, 7, asked.join());
  });

  it('maps answers of the engine, and hides what was thrown but tells it to the log', async () => {
    const rowsOfAnswers = [
      [{ ok: false, reason: 'unknown', message: 'there is no check' }, 404],
      [{ ok: false, reason: 'refused', message: 'no' }, 403],
      [{ ok: false, reason: 'busy', message: 'busy; try again' }, 503],
      [new Error('secret detail'), 500],
    ] as const;
    for (const [answer, expected] of rowsOfAnswers) {
      served.answerWith(answer);
      const { status, text } = await ask({ ask: 'POST /api/v1/checks/api-search/resume', headers: BEARER });
      const ping = await ask({ ask: 'GET /ping/some-token' });
      assert.deepEqual([status, ping.status], [expected, expected]);
      assert.ok(!(text + ping.text).includes('secret detail'));
    }
    served.answerWith({ ok: true });
    assert.deepEqual(served.defects.map(String), ['Error: secret detail', 'Error: secret detail']);
  });

  it('does not take a client that leaves in the middle of its body for a defect', async () => {
    const before = served.defects.length;
    const { port } = new URL(served.url);
    const socket = connect(Number(port), '127.0.0.1');
    const head = `POST /api/v1/checks/slow/pause HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${API_TOKEN}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked`;
    socket.write(`${head}\r\nexpect: 100-continue\r\n\r\n5\r\n{"by"\r\n`);
    await once(socket, 'data');
    socket.destroy();
    await once(socket, 'close');
    // Asked after the other connection has ended, so that the engine has seen its end.
    for (let round = 0; round < 5; round += 1) await ask({ ask: 'GET /healthz' });
    assert.deepEqual(served.defects.slice(before), []);
  });

  it('passes a pause on as asked', async () => {
    const before = served.commands.length;
    const now = Date.now();
    await ask({
      ask: 'POST /api/v1/checks/slow/pause',
      headers: { ...BEARER, 'content-type': 'application/json' },
      send: '{"for":"2h","by":"ann"}',
    });
    const [command] = served.commands.slice(before);
    assert.ok(command?.type === 'pause');
    assert.deepEqual([command.check, command.by], ['slow', 'ann']);
    assert.ok(Math.abs((command.until ?? 0) - now - 7_200_000) < 60_000);
  });

  it('keeps no file open for those who only ask for its head, or leave early', async () => {
    const openFiles = (): number => readdirSync('/proc/self/fd').length;
    await ask({ ask: 'HEAD /artefacts/RUN/1/console.txt' });
    const before = openFiles();
    for (let round = 0; round < 40; round += 1) await ask({ ask: 'HEAD /artefacts/RUN/1/console.txt' });
    assert.ok(openFiles() < before + 10, `${openFiles()} after ${before}`);
  });
});

it('shows the worst of very many checks, and all when asked', async () => {
  await using many = await serveHistory(Array.from({ length: 400 }, (_, index) => sampleCheck(`further-${index}`)));
  const rowsOf = async (path: string): Promise<number> =>
    (await rawRequest(many.url, 'GET', path, {})).text.match(/<tr class="/g)?.length ?? 0;
  const { text } = await rawRequest(many.url, 'GET', '/', {});
  assert.match(text, /208 more, none of them worse\. <a href="\/\?all">Show all 408 checks<\/a>/);
  assert.ok(text.indexOf('API search') < text.indexOf('The check further-0'), 'trouble comes first');
  assert.deepEqual([await rowsOf('/'), await rowsOf('/?all')], [200, 408]);
});

const openApi = z.object({
  openapi: z.literal('3.1.0'),
  info: z.object({ title: z.string(), version: z.string() }),
  paths: z.record(
    z.string().startsWith('/api/v1/'),
    z.record(
      z.string().regex(/^(get|post)$/),
      z.object({
        summary: z.string(),
        responses: z.record(z.string(), z.object({ description: z.string() }).loose()),
        security: z.array(z.object({ bearer: z.array(z.string()) })).optional(),
      }),
    ),
  ),
  components: z.object({
    schemas: z.record(z.string(), z.object({ type: z.string() }).loose()),
    securitySchemes: z.object({ bearer: z.unknown() }),
  }),
});

function references(value: unknown): readonly string[] {
  return [...JSON.stringify(value).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1] ?? '');
}

it('page and API tell of the latest run by the time of now, not of one from before the clock was set back', async () => {
  const check = sampleCheck('set-back');
  await using served = await serveHistory([check]);
  const runAt = (at: number, ok: boolean) => {
    const second = (at - START) / 1_000;
    return sampleRun(check, { assertions: [{ ok, expected: 'status is 2xx', actual: '503' }] }, second);
  };
  const now = Date.now();
  await served.store.commit({ run: runAt(now + 3_600_000, true) });
  await served.store.commit({ run: runAt(now - 2_000, false) });
  const { text } = await rawRequest(served.url, 'GET', '/api/v1/checks/set-back', {});
  assert.match(text, /"state":\{"name":"failed"/);
  const page = await rawRequest(served.url, 'GET', '/checks/set-back', {});
  assert.match(page.text, /<h1>.*failed.*<\/h1>/);
});
