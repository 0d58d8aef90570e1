import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ContextInput, type Outcome, runKind, secretsOf, verdictLine } from '../net/testing/context.ts';
import { serveHttp } from '../net/testing/servers.ts';
import { type HttpInput, httpSchema } from './arguments.ts';
import { httpKind } from './kind.ts';

type Heard = {
  readonly headers: IncomingHttpHeaders;
  readonly method: string;
  readonly url: string;
  readonly body: string;
};

/** Runs a check and returns what the server heard. */
async function heardOf(input: HttpInput, context: ContextInput = {}): Promise<Heard & { readonly outcome: Outcome }> {
  let heard: Heard | undefined;
  await using server = await serveHttp((request, response) => {
    let body = '';
    request
      .on('data', (chunk) => (body += chunk))
      .on('end', () => {
        heard = { headers: request.headers, method: request.method ?? '', url: request.url ?? '', body };
        response.end('ok');
      });
  });
  const outcome = await runKind(httpKind, input, {
    ...context,
    target: {
      baseUrl: `http://127.0.0.1:${server.port}/app/`,
      origins: { api: `http://127.0.0.1:${server.port}/api/` },
    },
  });
  if (!heard) throw new Error(verdictLine(outcome));
  return { ...heard, outcome };
}

const SECRETS = secretsOf({ TOKEN: 'hunter2-hunter2', USER: 'alice' });
const TOKEN = { secret: 'TOKEN', from: 'environment' } as const;

test('a request says who it is, what it can decode, and closes', async () => {
  const { headers, method, url } = await heardOf({});
  assert.match(headers['user-agent'] ?? '', /^Vigie\/\d+\.\d+\.\d+ \(synthetic\)$/);
  assert.equal(headers['accept-encoding'], 'gzip, deflate, br, zstd');
  assert.equal(headers.connection, 'close');
  assert.equal(headers.traceparent, undefined);
  assert.equal(method, 'GET');
  assert.equal(url, '/');
});

test('a path is resolved against the base URL or a named origin', async () => {
  assert.equal((await heardOf({ url: 'search?q=a b' })).url, '/app/search?q=a%20b');
  assert.equal((await heardOf({ url: '/search' })).url, '/search');
  assert.equal((await heardOf({ url: 'health', origin: 'api' })).url, '/api/health');
});

test("an origin the target does not have is the configuration's fault", async () => {
  const outcome = await runKind(httpKind, { origin: 'constructor' });
  assert.match(verdictLine(outcome), /^inconclusive: config-invalid .*no origin 'constructor' \(known: none\)/);
});

test('own headers replace the defaults', async () => {
  const { headers } = await heardOf({ headers: { 'User-Agent': 'x', Accept: 'text/html', host: 'www.example.org' } });
  assert.equal(headers['user-agent'], 'x');
  assert.equal(headers.accept, 'text/html');
  assert.equal(headers.host, 'www.example.org');
});

test('bodies: text, JSON with secrets inside, form, file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-test-'));
  writeFileSync(join(folder, 'body.bin'), 'from a file');
  const context = { secrets: SECRETS, baseFolder: folder };
  const text = await heardOf({ method: 'POST', body: { text: 'plain é' } }, context);
  assert.equal(text.body, 'plain é');
  assert.equal(text.headers['content-length'], '8');
  const json = await heardOf({ method: 'PUT', body: { json: { user: 'a', deep: [{ password: TOKEN }] } } }, context);
  assert.equal(json.body, '{"user":"a","deep":[{"password":"hunter2-hunter2"}]}');
  assert.equal(json.headers['content-type'], 'application/json');
  const form = await heardOf({ method: 'POST', body: { form: { a: '1&2', token: TOKEN } } }, context);
  assert.equal(form.body, 'a=1%262&token=hunter2-hunter2');
  const file = await heardOf(
    { method: 'PATCH', body: { file: 'body.bin' }, headers: { 'content-type': 'x/y' } },
    context,
  );
  assert.equal(file.body, 'from a file');
  assert.equal(file.headers['content-type'], 'x/y');
  rmSync(folder, { recursive: true });
});

test('basic and bearer authentication', async () => {
  const basic = await heardOf(
    { auth: { type: 'basic', user: { secret: 'USER', from: 'environment' }, password: TOKEN } },
    { secrets: SECRETS },
  );
  assert.equal(basic.headers.authorization, `Basic ${Buffer.from('alice:hunter2-hunter2').toString('base64')}`);
  const bearer = await heardOf({ auth: { type: 'bearer', token: TOKEN } }, { secrets: SECRETS });
  assert.equal(bearer.headers.authorization, 'Bearer hunter2-hunter2');
});

test("a missing secret, file or unusable header is not the target's", async () => {
  assert.match(
    verdictLine(await runKind(httpKind, { auth: { type: 'bearer', token: TOKEN } })),
    /^inconclusive: secret-missing/,
  );
  assert.match(
    verdictLine(await runKind(httpKind, { body: { file: 'no' } })),
    /^inconclusive: config-invalid .*\/nonexistent\/no cannot be used/,
  );
  const broken = secretsOf({ TOKEN: 'a\r\nevil: yes' });
  await using server = await serveHttp((_request, response) => response.end('ok'));
  const target = { baseUrl: `http://127.0.0.1:${server.port}` };
  const line = verdictLine(await runKind(httpKind, { headers: { 'x-a': TOKEN } }, { target, secrets: broken }));
  assert.match(line, /^inconclusive: config-invalid .*Invalid character in header content \["x-a"\]/);
  assert.doesNotMatch(line, /evil/);
});

test('trace context goes to the listed origins only, and is of the run', async () => {
  const none = await heardOf({ traceTo: ['https://elsewhere.example'] });
  assert.equal(none.headers.traceparent, undefined);
  let traceparent: string | undefined;
  await using server = await serveHttp((request, response) => {
    traceparent = String(request.headers.traceparent);
    response.end('ok');
  });
  const origin = `http://127.0.0.1:${server.port}`;
  const outcome = await runKind(httpKind, { traceTo: [origin] }, { target: { baseUrl: origin } });
  assert.match(traceparent ?? '', /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  assert.equal(outcome.observation.facts.traceId, traceparent?.split('-')[1]);
});

const REFUSED: readonly (readonly [name: string, input: unknown, message: RegExp])[] = [
  ['an unknown key', { ulr: '/' }, /unrecognized|Unrecognized/],
  ['another scheme', { url: 'ftp://example.org/' }, /neither http nor https/],
  ['credentials in the URL', { url: 'http://user:hunter2@example.org/' }, /use 'auth' with a secret/],
  ['a method nobody should use', { method: 'TRACE' }, /Invalid option/],
  ['a header name with a line break', { headers: { 'a\r\nb': 'c' } }, /not a header name|Invalid key/],
  [
    'a password that is not a secret',
    { auth: { type: 'basic', user: 'a', password: 'hunter2' } },
    /expected secret\('NAME'\)/,
  ],
  ['a size without a unit', { bodyLimit: '5 parsecs' }, /is not a quantity in bytes/],
  ['a size out of range', { bodyLimit: '1GB' }, /outside/],
  ['a duration out of range', { phaseTimeouts: { connect: '1d' } }, /too long: at most 10 min/],
  ['a broken pattern', { expect: { body: { matches: '(' } } }, /not a regular expression/],
  ['a broken JSONPath', { expect: { body: { json: [{ path: '$[', exists: true }] } } }, /not a JSONPath/],
  ['a JSON expectation of nothing', { expect: { body: { json: [{ path: '$' }] } } }, /needs one of/],
  ['a resolver by name', { resolver: ['dns.example'] }, /is not a resolver/],
  ['an address rule that is none', { addresses: { deny: ['10.0.0.0/99'] } }, /not an address rule/],
  ['a proxy with credentials', { proxy: { url: 'http://u:p@proxy:1' } }, /'http:\/\/host:port'/],
  ['a status out of range', { expect: { status: 99 } }, /expect/],
];
for (const [name, input, message] of REFUSED) {
  test(`options with ${name} are refused`, () => {
    const result = httpSchema.safeParse(input);
    assert.equal(result.success, false);
    assert.match(JSON.stringify(result.error?.issues), message);
    assert.doesNotMatch(JSON.stringify(result.error?.issues), /hunter2/);
  });
}

test('options come out as plain data, so that a plan can be stored', () => {
  const options = httpSchema.parse({
    expect: { body: { matches: /a/gi } },
    bodyLimit: '2KiB',
    phaseTimeouts: { tls: '1s' },
  });
  assert.deepEqual(structuredClone(options), options);
  assert.deepEqual(JSON.parse(JSON.stringify(options)), options);
  assert.deepEqual(options.expect.body.matches, [{ source: 'a', flags: 'i' }]);
  assert.equal(options.bodyLimit, 2_048);
});

test('files that the options name are told, for the check of the configuration', () => {
  const options = httpSchema.parse({ body: { file: 'b' }, tls: { ca: 'c', certificate: 'd', key: 'e' } });
  assert.deepEqual(httpKind.files(options), ['b', 'c', 'd', 'e']);
});
