// suite: waits

import assert from 'node:assert/strict';
import { type CheckInput, httpCheck, secret } from '../../app/index.ts';
import { decisive } from '../../core/run.ts';
import { makePki } from '../../synthetic/net/testing/pki.ts';
import { serveHttp, serveHttps, serveRaw } from '../../synthetic/net/testing/servers.ts';
import { serveBombs, serveEndlessBody, serveHeaderFlood } from '../network/hostile-servers.ts';
import { describeFamily, type Row } from './family.ts';

type World = {
  /** Ports of servers that answer with these bytes. */
  readonly raw: ReadonlyMap<string, number>;
  readonly flood: number;
  readonly endless: number;
  readonly bombs: number;
  readonly redirects: number;
  readonly secure: number;
  readonly authority: string;
  /** What other hosts were sent besides their path. */
  readonly leaked: string[];
};

/** 10 GB each but for brotli, of which a part cannot be repeated. */
const BOMB_MEBIBYTES = { gzip: 10_240, br: 1_024, zstd: 10_240 };
/** On a slow machine; reading all of one takes tens of seconds on any. */
const CPU_MS = 3_000;
const at = (port: number, path = ''): string => `http://127.0.0.1:${port}/${path}`;

const rawAnswers: string[] = [];
function raw(fault: number, name: string, bytes: string, failed: RegExp, phase = 'first_byte'): Row<World> {
  rawAnswers.push(bytes);
  return {
    fault,
    name,
    check: (id, world) => httpCheck(id, { url: at(world.raw.get(bytes) ?? 0) }),
    expected: { failed, phase },
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    also: (run) => assert.doesNotMatch(JSON.stringify(run), /[\u0000-\u001f\u007f-\u009f]|\\u00[01]/),
  };
}

function redirected(fault: number, name: string, path: string, expected: Row<World>['expected']): Row<World> {
  return {
    fault,
    name,
    check: (id, { redirects }): CheckInput => httpCheck(id, { url: at(redirects, path) }),
    expected,
  };
}

function denied(name: string, host: string): Row<World> {
  const addresses = { deny: ['private', 'loopback'] };
  return {
    fault: 34,
    name: `a literal address that is denied, ${name}`,
    check: (id) => httpCheck(id, { url: `http://${host}/`, addresses }),
    expected: { inconclusive: 'not-allowed', blame: 'config', says: /may not be reached/ },
  };
}

const rows: readonly Row<World>[] = [
  raw(30, 'bytes that are no protocol', '\u0000\u0001\u0002\u001b[31mgarbage\r\n\r\n', /the answer is not HTTP/),
  raw(30, 'HTTP/0.9', '<html>an answer</html>', /the answer is not HTTP/),
  raw(30, 'NUL in a header', 'HTTP/1.1 200 OK\r\nx: a\u0000b\r\n\r\n', /the answer is not HTTP/),
  raw(
    30,
    'a bare CR that would begin a line of its own',
    'HTTP/1.1 200 OK\r\nx: a\rset-cookie: b=c\r\n\r\n',
    /the answer is not HTTP/,
  ),
  raw(
    30,
    'bad chunks',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nhello',
    /the answer is not HTTP/,
    '(?:transfer|first_byte)',
  ),
  {
    fault: 30,
    name: 'a flood of headers, 10 MB',
    check: (id, { flood }) => httpCheck(id, { url: at(flood) }),
    expected: { failed: /the head of the answer is too large/, phase: 'first_byte' },
  },
  {
    fault: 31,
    name: 'an endless body is cut and marked',
    check: (id, { endless }) => httpCheck(id, { url: at(endless) }),
    expected: { passed: true, taint: 'output-truncated' },
  },
  {
    fault: 31,
    name: 'text looked for beyond the cut',
    check: (id, { endless }) => httpCheck(id, { url: at(endless), expect: { body: { contains: 'needle' } } }),
    expected: { inconclusive: 'config-invalid', blame: 'config', says: /'bodyLimit'/ },
  },
  ...(['gzip', 'br', 'zstd'] as const).map(
    (kind): Row<World> => ({
      fault: 32,
      name: `a bomb of ${kind}`,
      check: (id, { bombs }) => httpCheck(id, { url: at(bombs, kind) }),
      run: async (id, monitor) => {
        const before = process.cpuUsage();
        const run = await monitor.run(id);
        const { user, system } = process.cpuUsage(before);
        assert.ok((user + system) / 1_000 < CPU_MS, `${(user + system) / 1_000} ms of CPU`);
        return run;
      },
      expected: { passed: true, taint: 'output-truncated' },
      also: (run) => {
        const bytes = decisive(run)?.measures.find(({ name }) => name === 'body_bytes')?.value;
        assert.equal(bytes, 1_048_576);
      },
    }),
  ),
  redirected(33, 'a loop of redirects', 'loop', { failed: /too many redirects/ }),
  redirected(33, '100 redirects', 'count/100', { failed: /too many redirects – more than 5/ }),
  redirected(33, 'a redirect to a file', 'file', { failed: /leaves http and https/ }),
  {
    fault: 33,
    name: 'a redirect from https to http',
    check: (id, { secure, authority }) =>
      httpCheck(id, { url: `https://localhost:${secure}/down`, tls: { ca: authority } }),
    expected: { failed: /from https to http/ },
  },
  {
    fault: 33,
    name: 'a redirect to another host gets no credentials',
    check: (id, { redirects }) =>
      httpCheck(id, {
        url: at(redirects, 'elsewhere'),
        auth: { type: 'bearer', token: secret('FAULTS_TOKEN') },
        headers: { 'x-api-key': secret('FAULTS_TOKEN') },
        expect: { body: { contains: 'there' } },
      }),
    expected: { passed: true },
    also: (_run, { leaked }) => assert.deepEqual(leaked, ['elsewhere: Bearer, key', 'there: nothing']),
  },
  redirected(34, 'a redirect to the metadata service', 'to/169.254.169.254', {
    inconclusive: 'not-allowed',
    blame: 'config',
    says: /metadata/,
  }),
  redirected(34, 'a redirect to the metadata service, mapped into IPv6', 'to/[::ffff:169.254.169.254]', {
    inconclusive: 'not-allowed',
    blame: 'config',
  }),
  denied('private', '10.0.0.1'),
  denied('loopback, decimal', '2130706433'),
  denied('loopback, mapped into IPv6', '[::ffff:127.0.0.1]'),
  denied('metadata', '169.254.169.254'),
];

process.env.FAULTS_TOKEN = 'hunter2-canary-of-faults';

describeFamily<World>('answers that are hostile', {
  rows,
  async open(stack) {
    const leaked: string[] = [];
    const pki = await makePki();
    stack.defer(() => pki[Symbol.dispose]());
    const heard = (name: string, { authorization, 'x-api-key': key }: Readonly<Record<string, unknown>>): void => {
      const words = [...(authorization === undefined ? [] : ['Bearer']), ...(key === undefined ? [] : ['key'])];
      leaked.push(`${name}: ${words.join(', ') || 'nothing'}`);
    };
    const there = stack.use(
      await serveHttp(({ headers }, response) => {
        heard('there', headers);
        response.end('there');
      }),
    );
    const redirects = stack.use(
      await serveHttp(({ url = '', headers }, response) => {
        if (url === '/elsewhere') heard('elsewhere', headers);
        response.writeHead(302, { location: locationAfter(url, there.port) }).end();
      }),
    );
    const down = stack.use(
      await serveHttps(pki.valid, (_request, response) => response.writeHead(302, { location: at(there.port) }).end()),
    );
    const answers = new Map<string, number>();
    for (const bytes of rawAnswers) answers.set(bytes, stack.use(await serveRaw(bytes)).port);
    return {
      raw: answers,
      flood: stack.use(await serveHeaderFlood(10_000_000)).port,
      endless: stack.use(await serveEndlessBody()).port,
      bombs: stack.use(await serveBombs(BOMB_MEBIBYTES)).port,
      redirects: redirects.port,
      secure: down.port,
      authority: `${pki.folder}/root.pem`,
      leaked,
    };
  },
});

function locationAfter(url: string, other: number): string {
  const [, word, rest = ''] = url.split('/');
  switch (word) {
    case 'loop':
      return '/loop';
    case 'count':
      return `/count/${Number(rest) - 1}`;
    case 'file':
      return 'file:///etc/passwd';
    case 'elsewhere':
      return at(other);
    default:
      return `http://${rest}/latest/meta-data`;
  }
}
