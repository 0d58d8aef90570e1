import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { httpCheck } from '../../app/index.ts';
import { makePki, type Pki } from '../../synthetic/net/testing/pki.ts';
import { serveHttp, serveHttps, type TestServer } from '../../synthetic/net/testing/servers.ts';
import { openTrials, passesByItsEvidence, type Row, type Trials, testRows } from './trials.ts';

const PAGES: Readonly<Record<string, readonly [number, Readonly<Record<string, string>>, string | Buffer]>> = {
  '/': [200, {}, '<h1>Welcome</h1>'],
  '/empty': [200, {}, ''],
  '/nothing': [204, {}, ''],
  '/unchanged': [304, {}, ''],
  '/missing': [404, {}, ''],
  '/account': [302, { location: '/login?next=/account' }, ''],
  '/login': [200, {}, '<h1>Log in</h1>'],
  '/away': [302, { location: 'http://localhost/' }, ''],
  '/gbk': [
    200,
    { 'content-type': 'text/html' },
    Buffer.from('<meta charset="gbk"><p>\xcf\xb5\xcd\xb3\xb4\xed\xce\xf3', 'latin1'),
  ],
  '/unsaid': [200, { 'content-type': 'text/html' }, Buffer.from('<p>\xcf\xb5\xcd\xb3\xb4\xed\xce\xf3', 'latin1')],
  '/json': [200, {}, '{"ok":true}'],
  '/numbers': [200, {}, '{"id":9007199254740993,"state":"error","state":"ok"}'],
};

const answer: RequestListener = ({ url = '' }, response) => {
  const [status, headers, body] = PAGES[new URL(url, 'http://site').pathname] ?? [404, {}, 'no such page'];
  response.writeHead(status, headers).end(body);
};

/** What a variable that is not set gives; the types refuse it, but configurations are often plain JavaScript. */
const UNSET = process.env.VIGIE_TEST_IS_NOT_SET as string;

const ROWS: readonly Row[] = [
  {
    name: 'status 200 with an empty body',
    check: httpCheck('page', { url: '/empty' }),
    ends: 'evidence-missing',
    lacks: 'content',
  },
  {
    name: 'nothing forbidden in the body of a 204',
    check: httpCheck('page', { url: '/nothing', expect: { body: { notContains: 'error' } } }),
    ends: 'evidence-missing',
    lacks: 'content',
  },
  {
    name: 'nothing forbidden in the body of a 304, which a cache answers',
    check: httpCheck('page', { url: '/unchanged', expect: { status: 304, body: { notMatches: /error/ } } }),
    ends: 'evidence-missing',
    lacks: 'content',
  },
  {
    name: 'nothing forbidden in the empty body of an expected 404',
    check: httpCheck('page', { url: '/missing', expect: { status: 404, body: { notContains: 'trace' } } }),
    ends: 'evidence-missing',
    lacks: 'content',
  },
  {
    name: 'nothing forbidden in the body of OPTIONS',
    check: httpCheck('page', { url: '/nothing', method: 'OPTIONS', expect: { body: { notContains: 'error' } } }),
    ends: 'evidence-missing',
    lacks: 'content',
  },
  {
    name: 'HEAD with an expectation of its body',
    check: httpCheck('page', { method: 'HEAD', expect: { body: { notContains: 'error' } } }),
    ends: 'config',
    at: 'checks[0] (page).expect.body.notContains',
    names: ['HEAD', 'GET'],
  },
  {
    name: 'a redirect that ends on a login page',
    check: httpCheck('page', { url: '/account' }),
    ends: 'wrong-page',
    says: /endsOn.*\/account led to http:\/\/\S+\/login/,
  },
  {
    name: 'a redirect that ends on a login page, with nothing but forbidden text expected',
    check: httpCheck('page', { url: '/account', expect: { body: { notContains: 'Error' } } }),
    ends: 'wrong-page',
    says: /what the body should hold/,
  },
  {
    name: 'a redirect that ends elsewhere than it should',
    check: httpCheck('page', { url: '/account', expect: { endsOn: '/account' } }),
    ends: 'failed',
    says: /answer comes from \/account.*\/login/,
  },
  {
    name: 'a pattern with an empty alternative',
    check: httpCheck('page', { expect: { body: { matches: /Willkommen|/ } } }),
    ends: 'config',
    at: 'checks[0] (page).expect.body.matches',
    names: ["'Willkommen|'"],
  },
  {
    name: 'a pattern that matches everything',
    check: httpCheck('page', { expect: { headers: { 'content-type': { matches: '.*' } } } }),
    ends: 'config',
    at: 'checks[0] (page).expect.headers.content-type.matches',
    names: ["'.*'"],
  },
  {
    name: 'a text to find that is undefined',
    check: httpCheck('page', { expect: { body: { contains: UNSET } } }),
    ends: 'config',
    at: 'checks[0] (page).expect.body.contains',
    names: ['undefined'],
  },
  {
    name: 'a value to equal that is undefined',
    check: httpCheck('page', { url: '/json', expect: { body: { json: [{ path: '$.ok', equals: UNSET }] } } }),
    ends: 'config',
    at: 'checks[0] (page).expect.body.json[0].equals',
    names: ['undefined'],
  },
  {
    name: 'a header to equal that is undefined',
    check: httpCheck('page', { expect: { headers: { server: { equals: UNSET } } } }),
    ends: 'config',
    at: 'checks[0] (page).expect.headers.server.equals',
    names: ['undefined'],
  },
  {
    name: 'an empty list of texts',
    check: httpCheck('page', { expect: { body: { contains: [] } } }),
    ends: 'config',
    at: 'checks[0] (page).expect.body.contains',
    names: ['>=1'],
  },
  {
    name: 'an empty list of JSON expectations',
    check: httpCheck('page', { expect: { body: { json: [] } } }),
    ends: 'config',
    at: 'checks[0] (page).expect.body.json',
    names: ['>=1'],
  },
  {
    name: 'an empty list of statuses',
    check: httpCheck('page', { expect: { status: [] } }),
    ends: 'config',
    at: 'checks[0] (page).expect.status',
    names: ['>=1'],
  },
  {
    name: 'a value that must be absent from something that is absent itself',
    check: httpCheck('page', {
      url: '/json',
      expect: { body: { json: [{ path: '$.data.error', exists: false }] } },
    }),
    ends: 'config-invalid',
    says: /\$\.data\.error is absent: there is no \$\['data'\]|there is no \$\.data in this body/,
  },
  {
    name: 'a word that must be absent from a page in another charset, which has it',
    check: httpCheck('page', { url: '/gbk', expect: { body: { notContains: '系统错误' } } }),
    ends: 'failed',
    says: /does not contain '系统错误'.*it does/,
  },
  {
    name: 'a word that must be absent from a page whose charset nobody says',
    check: httpCheck('page', { url: '/unsaid', expect: { body: { notContains: '系统错误' } } }),
    ends: 'config-invalid',
    says: /cannot be read as UTF-8/,
  },
  {
    name: 'a number that differs in its last digit',
    check: httpCheck('page', {
      url: '/numbers',
      expect: { body: { json: [{ path: '$.id', equals: 9_007_199_254_740_992 }] } },
    }),
    ends: 'failed',
    says: /\$\.id is 9007199254740992.*9007199254740993/,
  },
  {
    name: 'one of two values under the same name',
    check: httpCheck('page', { url: '/numbers', expect: { body: { json: [{ path: '$.state', equals: 'ok' }] } } }),
    ends: 'config-invalid',
    says: /'state' twice/,
  },
  {
    name: 'a path that selects no value to hold a limit against',
    check: httpCheck('page', {
      url: '/json',
      expect: { body: { json: [{ path: '$.items[*].price', atLeast: 1 }] } },
    }),
    ends: 'failed',
    says: /\$\.items\[\*\]\.price is at least 1.*nothing/,
  },
  {
    name: 'a budget on a phase that there was not',
    check: httpCheck('page', { budgets: { 'phase.tls': { fail: '<= 3s' } } }),
    ends: 'no-samples',
    unseen: 'phase.tls',
  },
  {
    name: 'a budget that counts samples, of which there are none',
    check: httpCheck('page', { budgets: { 'phase.tls': { fail: '<= 3ms', aggregate: 'count' } } }),
    ends: 'no-samples',
    unseen: 'phase.tls count',
  },
  {
    name: 'a budget without a limit',
    check: httpCheck('page', { budgets: { total: { aggregate: 'p95' } } }),
    ends: 'config',
    at: "checks[0] (page).budgets['total']",
  },
];

describe('an http check does not pass without having seen the page', () => {
  let site: TestServer;
  let trials: Trials;
  before(async () => {
    site = await serveHttp(answer);
    trials = await openTrials({ url: `http://127.0.0.1:${site.port}` });
  });
  after(async () => {
    await trials[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
  });
  testRows(ROWS, () => trials);
  it('passes when it has, by each item of its evidence', async () => {
    await passesByItsEvidence(httpCheck('page', { expect: { body: { contains: 'Welcome' } } }), trials);
    await passesByItsEvidence(httpCheck('page', { url: '/gbk', expect: { body: { contains: '系统错误' } } }), trials);
    await passesByItsEvidence(httpCheck('page', { url: '/account', expect: { endsOn: '/login/' } }), trials);
    await passesByItsEvidence(httpCheck('page', { url: '/account', expect: { body: { contains: 'Log in' } } }), trials);
    await passesByItsEvidence(httpCheck('page', { url: '/empty', expect: { body: { empty: true } } }), trials);
    await passesByItsEvidence(
      httpCheck('page', { url: '/json', expect: { body: { json: [{ path: '$.error', exists: false }] } } }),
      trials,
    );
    await passesByItsEvidence(
      httpCheck('page', {
        url: '/numbers',
        expect: { body: { json: [{ path: '$.id', matches: /^9007199254740993$/ }] } },
      }),
      trials,
    );
  });
});

describe('an http check does not pass with a certificate on its way that is about to end', () => {
  let pki: Pki;
  let first: TestServer;
  let last: TestServer;
  let trials: Trials;
  before(async () => {
    pki = await makePki();
    last = await serveHttps(pki.valid);
    first = await serveHttps(pki.shortChain, (_request, response) =>
      response.writeHead(302, { location: `https://localhost:${last.port}/` }).end(),
    );
    trials = await openTrials({ url: `https://localhost:${first.port}`, folder: pki.folder });
  });
  after(async () => {
    await trials[Symbol.asyncDispose]();
    await Promise.all([first, last].map((server) => server[Symbol.asyncDispose]()));
    pki[Symbol.dispose]();
  });
  const page = (certificateDaysLeft: number, days: number): Row['check'] =>
    httpCheck('page', {
      tls: { ca: 'root.pem' },
      expect: { certificateDaysLeft, endsOn: `https://localhost:${last.port}/` },
      budgets: { certificate_time_left: { fail: `>= ${days}d` } },
    });

  it('fails: by its expectation, and by a budget', async () => {
    const expected = await trials.end(page(14, 1));
    assert.equal(expected.how, 'failed', expected.says);
    assert.match(expected.says, new RegExp(`5\\.0 days, that of localhost:${first.port}`));
    const budgeted = await trials.end(page(1, 14));
    assert.equal(budgeted.how, 'failed', budgeted.says);
    assert.match(budgeted.says, /certificate_time_left/);
  });
  it('passes when all last long enough, by each item of its evidence', async () => {
    await passesByItsEvidence(page(4, 4), trials);
  });
});
