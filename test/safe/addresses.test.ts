import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { a, serveDns } from '../../synthetic/net/testing/dns-server.ts';
import { makeWorkspace, startVigie, until, vigie } from '../e2e/vigie-process.ts';
import { runChecks } from './run-checks.ts';

/** 169.254.169.254, where clouds hand out credentials, as it may be written. */
const METADATA: Readonly<Record<string, string>> = {
  plain: '169.254.169.254',
  decimal: '2852039166',
  hexadecimal: '0xa9fea9fe',
  octal: '0251.0376.0251.0376',
  mixed: '0xa9.254.0251.254',
  short: '169.254.43518',
  mapped: '[::ffff:169.254.169.254]',
  'mapped-in-hexadecimal': '[::ffff:a9fe:a9fe]',
  compatible: '[::a9fe:a9fe]',
  nat64: '[64:ff9b::a9fe:a9fe]',
  '6to4': '[2002:a9fe:a9fe::1]',
  'link-local': '[fe80::1]',
  fullwidth: '１６９.２５４.１６９.２５４',
};

describe('addresses that may not be reached', () => {
  it('are not reached in any way of writing them, neither at once nor by a redirect', async () => {
    await using target = await openRedirector();
    const direct = Object.entries(METADATA).map(
      ([name, host]) =>
        `v.httpCheck('direct-${name}', { every: '1m', url: 'http://${host}/latest/meta-data', confirm: false })`,
    );
    const redirected = Object.entries(METADATA).map(
      ([name, host]) =>
        `v.httpCheck('redirect-${name}', { every: '1m', url: '/to?${encodeURIComponent(`http://${host}/`)}', confirm: false })`,
    );
    const others = Object.entries(METADATA).flatMap(([name, host]) => [
      `v.tcpCheck('tcp-${name}', { every: '1m', host: '${host}', port: 80, confirm: false })`,
      `v.tlsCheck('tls-${name}', { every: '1m', host: '${host}', port: 443, confirm: false })`,
    ]);
    const ends = await runChecks(target.url, '{}', [...direct, ...redirected, ...others]);
    assert.equal(ends.size, 4 * Object.keys(METADATA).length);
    for (const [check, { ended, text }] of ends) assert.equal(ended, 'not-allowed', `${check} ${text}`);
  });

  it('are those of the settings and of the check, the nearer word outranking the farther', async () => {
    await using target = await openRedirector();
    const settings = `{ addresses: { deny: ['loopback'], allow: ['127.0.0.3'] } }`;
    const check = (id: string, more: string): string =>
      `v.httpCheck('${id}', { every: '1m', confirm: false, ${more} })`;
    const ends = await runChecks(target.url, settings, [
      check('denied-by-settings', ''),
      check('by-name', `url: 'http://localhost:${target.port}/'`),
      check('allowed-by-check', `addresses: { allow: ['127.0.0.1'] }`),
      check('allowed-by-settings', `url: 'http://127.0.0.3:${target.port}/'`),
      check('denied-by-check', `url: 'http://127.0.0.3:${target.port}/', addresses: { deny: ['127.0.0.3'] }`),
    ]);
    assert.deepEqual(Object.fromEntries([...ends].map(([id, { ended }]) => [id, ended])), {
      'denied-by-settings': 'not-allowed',
      'by-name': 'not-allowed',
      'allowed-by-check': 'passed',
      'allowed-by-settings': 'passed',
      'denied-by-check': 'not-allowed',
    });
  });

  it('stay out of reach when a name leads elsewhere from one moment to the next', async () => {
    await using target = await openRedirector();
    // Good at first, then metadata; and both at once.
    const asked = new Map<string, number>();
    await using names = await serveDns(({ question }) => {
      if (question.type !== 'A') return {};
      const times = (asked.get(question.name) ?? 0) + 1;
      asked.set(question.name, times);
      const good = a(question.name, '127.0.0.1');
      const bad = a(question.name, '169.254.169.254');
      if (question.name === 'both.example') return { answers: [bad, good] };
      return { answers: [times === 1 ? good : bad] };
    });
    const check = (id: string, url: string): string =>
      `v.httpCheck('${id}', { every: '1m', confirm: false, family: 4, resolver: ['${names.address}'], url: '${url}', phaseTimeouts: { connect: '5s' } })`;
    const ends = await runChecks(target.url, '{}', [
      check('once', `http://once.example:${target.port}/`),
      check(
        'again',
        `http://again.example:${target.port}/to?${encodeURIComponent(`http://again.example:${target.other.port}/`)}`,
      ),
      check('both', `http://both.example:${target.port}/`),
    ]);
    assert.deepEqual(Object.fromEntries([...ends].map(([id, { ended }]) => [id, ended])), {
      once: 'passed',
      again: 'not-allowed',
      both: 'passed',
    });
    assert.equal(asked.get('once.example'), 1, 'what was judged is what was connected to');
  });

  it('are not reached by notices, mails and pushed metrics either', async () => {
    await using target = await openRedirector();
    using workspace = makeWorkspace();
    workspace.config(`{
      target: { name: 'shop', url: '${target.url}', environment: 'test' },
      channels: [
        v.webhook('literal', { url: 'http://2852039166/hook' }),
        v.webhook('name', { url: 'http://localhost:${target.port}/hook' }),
        v.email('mail', { host: 'localhost', port: ${target.port}, from: 'a@example.org', to: ['b@example.org'] }),
      ],
      settings: { web: { port: 0 }, addresses: { deny: ['loopback'] }, metrics: { pushgatewayUrl: 'http://[::ffff:a9fe:a9fe]:9091' } },
      checks: [v.httpCheck('bad', { every: '1s', url: '/bad', confirm: false, addresses: { allow: ['127.0.0.1'] } })],
    }`);
    const pushed = await vigie(workspace.folder, ['run', '--push', '--no-record']);
    assert.match(pushed.stdout + pushed.stderr, /Pushgateway.*may not be reached: link-local and metadata/);
    await using daemon = await startVigie(workspace.folder);
    const told = await until('three channels to have been tried', async () => {
      const { stdout } = await vigie(workspace.folder, ['incidents', '--json']);
      return ['literal', 'name', 'mail'].every((channel) => stdout.includes(`"${channel}"`)) &&
        (stdout.match(/may not be reached/g)?.length ?? 0) >= 3
        ? stdout
        : undefined;
    });
    assert.match(told, /169\.254\.169\.254.*may not be reached: link-local/);
    assert.match(told, /localhost.*may not be reached: (?:127\.0\.0\.1|::1): denied by 'settings\.addresses\.deny'/);
    assert.deepEqual([...new Set(target.paths)], ['/bad'], 'only the check came through');
    assert.equal(await daemon.kill('SIGTERM'), 0);
  });
});

describe('credentials', () => {
  it('stay with their origin when a redirect leads away, and do not come back', async () => {
    await using target = await openRedirector();
    const away = `${target.other.url}/to?${encodeURIComponent(`${target.url}/end`)}`;
    const ends = await runChecks(
      target.url,
      '{}',
      [
        `v.httpCheck('bound', { every: '1m', confirm: false, url: '/to?${encodeURIComponent(away)}', auth: { type: 'bearer', token: v.secret('TOKEN') }, headers: { 'x-key': v.secret('KEY'), cookie: 'session=plain', 'x-plain': 'stays' }, expect: { endsOn: '/end' } })`,
      ],
      { TOKEN: 'the-bearer-token', KEY: 'the-key-of-a-header' },
    );
    assert.equal(ends.get('bound')?.ended, 'passed', ends.get('bound')?.text);
    const seen = (headers: IncomingHttpHeaders | undefined) => [
      headers?.authorization,
      headers?.['x-key'],
      headers?.cookie,
      headers?.['x-plain'],
    ];
    const [first, last] = target.headers;
    assert.deepEqual(seen(first), ['Bearer the-bearer-token', 'the-key-of-a-header', 'session=plain', 'stays']);
    assert.deepEqual(seen(target.other.headers[0]), [undefined, undefined, undefined, 'stays']);
    assert.deepEqual(seen(last), [undefined, undefined, undefined, 'stays']);
  });
});

type Listening = {
  readonly url: string;
  readonly port: number;
  readonly paths: readonly string[];
  readonly headers: readonly IncomingHttpHeaders[];
};
type Redirector = AsyncDisposable & Listening & { readonly other: Listening };

/** Two origins on every loopback address: `/to?<url>` redirects there, `/bad` answers 503, all else 200. */
async function openRedirector(): Promise<Redirector> {
  const [own, other] = [await listenOn(), await listenOn()];
  return {
    ...own,
    other,
    async [Symbol.asyncDispose]() {
      await own.close();
      await other.close();
    },
  };
}

async function listenOn(): Promise<Listening & { close(): Promise<void> }> {
  const paths: string[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    paths.push(path);
    headers.push(request.headers);
    const [, to] = /^\/to\?(.*)$/.exec(path) ?? [];
    if (to !== undefined)
      response.writeHead(302, { location: decodeURIComponent(to).replace(/[^\x20-\x7e]+/g, encodeURIComponent) }).end();
    else response.writeHead(path === '/bad' ? 503 : 200).end('here');
  });
  await once(server.listen(0), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    paths,
    headers,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
