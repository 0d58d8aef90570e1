import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { test } from 'node:test';
import { measureOf, type Outcome, runKind, secretsOf, verdictLine } from '../net/testing/context.ts';
import { serveHttp } from '../net/testing/servers.ts';
import type { HttpInput } from './arguments.ts';
import { httpKind } from './kind.ts';

/** Runs a check against a server that lives as long as the run. */
async function against(listener: RequestListener, input: HttpInput = {}): Promise<Outcome> {
  await using server = await serveHttp(listener);
  return await runKind(httpKind, input, { target: { baseUrl: `http://127.0.0.1:${server.port}` } });
}

const page: RequestListener = (_request, response) => {
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.end('<h1>Welcome</h1> build 42');
};
const json =
  (value: unknown): RequestListener =>
  (_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(value));
  };

test('a page that answers passes, with phases and total measured', async () => {
  const outcome = await against(page);
  assert.equal(verdictLine(outcome), 'passed');
  for (const name of ['total', 'phase.resolve', 'phase.connect', 'phase.first_byte', 'phase.transfer'])
    assert.ok((measureOf(outcome, name) ?? -1) >= 0, name);
  assert.equal(measureOf(outcome, 'phase.tls'), undefined);
  assert.equal(measureOf(outcome, 'status_code'), 200);
  assert.equal(measureOf(outcome, 'body_bytes'), 25);
  assert.equal(outcome.observation.facts.addressFamily, 'IPv4');
});

test('phases do not overlap and add up to no more than the total', async () => {
  const { observation } = await against(page);
  const phases = observation.measures.filter(({ name }) => name.startsWith('phase.'));
  const total = observation.measures.find(({ name }) => name === 'total')?.value ?? 0;
  const sum = phases.reduce((all, { value }) => all + value, 0);
  assert.ok(sum <= total + 0.01, `${sum} > ${total}`);
});

test('a status that is not 2xx fails', async () => {
  const outcome = await against((_request, response) => {
    response.statusCode = 503;
    response.end('down');
  });
  assert.equal(verdictLine(outcome), 'failed: expected status is 2xx, got 503');
});

test('an expected status replaces the default instead of adding to it', async () => {
  const forbidden: RequestListener = (_request, response) => {
    response.statusCode = 403;
    response.end('no');
  };
  assert.equal(verdictLine(await against(forbidden, { expect: { status: 403 } })), 'passed');
  assert.equal(verdictLine(await against(forbidden, { expect: { status: [401, 403] } })), 'passed');
  assert.equal(verdictLine(await against(forbidden, { expect: { status: '4xx' } })), 'passed');
});

test('status 200 with an empty body is not a pass', async () => {
  const outcome = await against((_request, response) => response.end());
  assert.match(verdictLine(outcome), /^inconclusive: evidence-missing .*empty.*saw 0 content/);
});

test('an empty body passes where it is expected or has no meaning', async () => {
  const empty =
    (status: number): RequestListener =>
    (_request, response) => {
      response.statusCode = status;
      response.end();
    };
  assert.equal(verdictLine(await against(empty(200), { expect: { body: { empty: true } } })), 'passed');
  assert.equal(verdictLine(await against(empty(200), { method: 'HEAD' })), 'passed');
  assert.equal(verdictLine(await against(empty(204))), 'passed');
  assert.equal(verdictLine(await against(empty(304), { expect: { status: 304 } })), 'passed');
  assert.match(
    verdictLine(await against(page, { expect: { body: { empty: true } } })),
    /failed: expected body is empty, got 25/,
  );
});

test('text and patterns in the body', async () => {
  const body = {
    contains: 'Welcome',
    notContains: ['Fatal', 'Error'],
    matches: /build \d+/,
    notMatches: 'stack(trace)?',
  };
  const held = await against(page, { expect: { body } });
  assert.equal(verdictLine(held), 'passed');
  assert.equal(held.observation.evidence.assertions?.seen, 6);
  assert.match(
    verdictLine(await against(page, { expect: { body: { contains: 'Bye' } } })),
    /contains 'Bye', got 25 characters that begin/,
  );
  assert.match(verdictLine(await against(page, { expect: { body: { notContains: 'build' } } })), /at character 17/);
  assert.match(verdictLine(await against(page, { expect: { body: { matches: /^x+$/ } } })), /matches \/\^x\+\$\//);
  assert.match(
    verdictLine(await against(page, { expect: { body: { notMatches: [/\d+/] } } })),
    /does not match .* got it does/,
  );
  assert.match(
    verdictLine(await against(page, { expect: { body: { minBytes: 26 } } })),
    /at least 26 bytes, got 25 bytes/,
  );
});

test('values in a JSON body', async () => {
  const document = json({ status: 'ok', items: [{ price: 3 }, { price: 9 }], version: 'v12' });
  const held = await against(document, {
    expect: {
      body: {
        json: [
          { path: '$.status', equals: 'ok' },
          { path: '$.status', oneOf: ['ok', 'degraded'] },
          { path: '$.items[*].price', atLeast: 3, atMost: 9 },
          { path: '$.items[0]', equals: { price: 3 } },
          { path: '$.version', matches: /^v\d+$/ },
          { path: '$.error', exists: false },
          { path: '$.items[?@.price > 5]', exists: true },
        ],
      },
    },
  });
  assert.equal(verdictLine(held), 'passed');
  const broken = await against(document, {
    expect: {
      body: {
        json: [
          { path: '$.items[*].price', atMost: 5 },
          { path: '$.missing', equals: 1 },
          { path: '$.status', exists: false },
        ],
      },
    },
  });
  assert.match(
    verdictLine(broken),
    /\$\.items\[\*\]\.price is at most 5, got 3, 9 \| .*\$\.missing is 1, got nothing \| .*absent, got "ok"/,
  );
});

test('a body that is not JSON fails the JSON expectations', async () => {
  const outcome = await against(page, { expect: { body: { json: [{ path: '$.a', equals: 1 }] } } });
  assert.match(verdictLine(outcome), /expected body is JSON, got not JSON/);
});

test('headers are compared whole, in part, by pattern and by presence', async () => {
  const headers = {
    'Content-Type': { contains: 'html' },
    'x-missing': { exists: false },
    date: { matches: /GMT$/ },
    connection: 'close',
  };
  assert.equal(verdictLine(await against(page, { expect: { headers } })), 'passed');
  const broken = await against(page, {
    expect: { headers: { 'content-type': 'text/plain', 'x-a': { contains: 'b' } } },
  });
  assert.match(
    verdictLine(broken),
    /header content-type is 'text\/plain', got text\/html; charset=utf-8 \| .*x-a is containing 'b', got absent/,
  );
});

test('a header that is sent twice has both values, and only what was sent is there', async () => {
  const twice: RequestListener = (_request, response) => {
    response.writeHead(200, ['content-type', 'text/html', 'content-type', 'text/plain', 'etag', 'a']).end('ok');
  };
  const equals = (value: string): HttpInput => ({ expect: { headers: { 'content-type': value } } });
  assert.equal(
    verdictLine(await against(twice, equals('text/html'))),
    "failed: expected header content-type is 'text/html', got text/html, text/plain",
  );
  assert.equal(verdictLine(await against(twice, equals('text/html, text/plain'))), 'passed');
  assert.match(verdictLine(await against(twice, { expect: { headers: { etag: 'A' } } })), /^failed/);
  assert.equal(
    verdictLine(await against(twice, { expect: { headers: { constructor: { exists: false } } } })),
    'passed',
  );
});

test('address family and HTTP version can be asserted', async () => {
  assert.equal(verdictLine(await against(page, { expect: { family: 4, httpVersion: '1.1' } })), 'passed');
  assert.match(verdictLine(await against(page, { expect: { family: 6 } })), /address family is 6, got 4/);
});

test('text is decoded by its charset', async () => {
  const latin: RequestListener = (_request, response) => {
    response.setHeader('content-type', 'text/html; charset=iso-8859-1');
    response.end(Buffer.from('pièce détachée', 'latin1'));
  };
  assert.equal(verdictLine(await against(latin, { expect: { body: { contains: 'pièce' } } })), 'passed');
});

test('a pattern with catastrophic backtracking is stopped and leaves the check undecided', async () => {
  const outcome = await against((_request, response) => response.end(`${'a'.repeat(60)}!`), {
    expect: { body: { matches: /^(a+)+$/ } },
  });
  assert.match(verdictLine(outcome), /^inconclusive: config-invalid .*stopped after 200 ms/);
});

test('a secret that the target echoes does not reach the result', async () => {
  await using server = await serveHttp((request, response) =>
    response.end(`you sent ${request.headers.authorization}`),
  );
  const outcome = await runKind(
    httpKind,
    {
      auth: { type: 'bearer', token: { secret: 'TOKEN', from: 'environment' } },
      expect: { body: { contains: 'nothing like it' } },
    },
    { target: { baseUrl: `http://127.0.0.1:${server.port}` }, secrets: secretsOf({ TOKEN: 'hunter2-hunter2' }) },
  );
  assert.match(verdictLine(outcome), /you sent Bearer \[secret TOKEN\]/);
  assert.ok(!JSON.stringify(outcome).includes('hunter2'));
});
