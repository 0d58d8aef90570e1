import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { measureOf, type Outcome, runKind, secretsOf, verdictLine } from '../net/testing/context.ts';
import { makePki } from '../net/testing/pki.ts';
import { serveProxy } from '../net/testing/proxy.ts';
import { closedPort, serveHttp, serveHttps, serveTcp } from '../net/testing/servers.ts';
import type { HttpInput } from './arguments.ts';
import { httpKind } from './kind.ts';

const pki = await makePki();
after(() => pki[Symbol.dispose]());

const PASSWORD = { secret: 'PROXY', from: 'environment' } as const;
const CONTEXT = { baseFolder: pki.folder, secrets: secretsOf({ PROXY: 'open sesame' }) };
const AUTHORIZATION = `Basic ${Buffer.from('me:open sesame').toString('base64')}`;

function probe(baseUrl: string, proxyPort: number, input: HttpInput = {}): Promise<Outcome> {
  const proxy = { url: `http://127.0.0.1:${proxyPort}`, user: 'me', password: PASSWORD };
  return runKind(httpKind, { tls: { ca: 'root.pem' }, proxy, ...input }, { target: { baseUrl }, ...CONTEXT });
}

test('http goes through a proxy as a whole URL, with the login for the proxy only', async () => {
  let login: string | undefined = 'not asked';
  await using server = await serveHttp((request, response) => {
    login = request.headers['proxy-authorization'];
    response.end('ok');
  });
  await using proxy = await serveProxy({ authorization: AUTHORIZATION });
  const outcome = await probe(`http://127.0.0.1:${server.port}`, proxy.port, { url: '/a?b' });
  assert.equal(verdictLine(outcome), 'passed');
  assert.deepEqual(proxy.heard, [`GET http://127.0.0.1:${server.port}/a?b`]);
  assert.equal(login, undefined);
  assert.ok((measureOf(outcome, 'phase.proxy') ?? 0) > 0);
  assert.equal(measureOf(outcome, 'phase.connect'), undefined);
});

test('https goes through a tunnel that shows the proxy nothing but the host', async () => {
  let login: string | undefined = 'not asked';
  await using server = await serveHttps(pki.valid, (request, response) => {
    login = request.headers['proxy-authorization'];
    response.end('ok');
  });
  await using proxy = await serveProxy({ authorization: AUTHORIZATION });
  const outcome = await probe(`https://localhost:${server.port}`, proxy.port);
  assert.equal(verdictLine(outcome), 'passed');
  assert.deepEqual(proxy.heard, [`CONNECT localhost:${server.port}`]);
  assert.equal(login, undefined);
  assert.ok((measureOf(outcome, 'phase.tls') ?? 0) > 0);
});

test("trouble of the proxy is never the target's", async () => {
  await using server = await serveHttps(pki.valid);
  await using locked = await serveProxy({ authorization: 'something else' });
  await using broken = await serveProxy({ connectStatus: 503 });
  await using closing = await serveTcp((socket) => socket.once('data', () => socket.end()));
  const https = `https://localhost:${server.port}`;
  const cases: readonly (readonly [baseUrl: string, port: number, line: RegExp])[] = [
    [https, locked.port, /answered with 407/],
    [`http://127.0.0.1:${server.port}`, locked.port, /answered with 407/],
    [https, broken.port, /answered with 503/],
    [https, closing.port, /before the answer began/],
    [https, await closedPort(), /ECONNREFUSED/],
  ];
  for (const [baseUrl, port, line] of cases) {
    const got = verdictLine(await probe(baseUrl, port));
    assert.match(got, /^inconclusive: proxy-failed \(network\) proxy: /);
    assert.match(got, line);
  }
});

test('a proxy is not asked for an address that may not be reached', async () => {
  await using proxy = await serveProxy();
  const line = verdictLine(await probe('http://169.254.169.254/', proxy.port));
  assert.match(line, /^inconclusive: not-allowed/);
  assert.deepEqual(proxy.heard, []);
});
