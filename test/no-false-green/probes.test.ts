import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { dnsCheck, heartbeatCheck, secret, tcpCheck, tlsCheck } from '../../app/index.ts';
import { a, type DnsServer, RCODES, serveDns } from '../../synthetic/net/testing/dns-server.ts';
import { makePki, type Pki } from '../../synthetic/net/testing/pki.ts';
import { serveTcp, serveTls, type TestServer } from '../../synthetic/net/testing/servers.ts';
import { openTrials, passesByItsEvidence, type Row, type Trials, testRows } from './trials.ts';

/** What a variable that is not set gives; the types refuse it, but configurations are often plain JavaScript. */
const UNSET = process.env.VIGIE_TEST_IS_NOT_SET as string;

describe('a tcp check does not pass without the answer it expects', () => {
  let echo: TestServer;
  let mute: TestServer;
  let trials: Trials;
  before(async () => {
    echo = await serveTcp((socket) => socket.on('data', () => socket.write('PONG\r\n')));
    mute = await serveTcp(() => {});
    trials = await openTrials({ url: 'http://127.0.0.1:1' });
  });
  after(async () => {
    await trials[Symbol.asyncDispose]();
    await Promise.all([echo, mute].map((server) => server[Symbol.asyncDispose]()));
  });
  const ping = (port: number, expect: string | RegExp): Row['check'] =>
    tcpCheck('port', { port, exchange: [{ send: 'PING\r\n', expect }], phaseTimeouts: { answer: '200ms' } });

  it('fails on a port that accepts everything and says nothing', async () => {
    const { how, says } = await trials.end(ping(mute.port, 'PONG'));
    assert.equal(how, 'failed', says);
    assert.match(says, /an answer with 'PONG'.*nothing more arrived/);
  });
  const rows: readonly Row[] = [
    {
      name: 'an answer that may be nothing',
      check: ping(1, /PONG|/),
      ends: 'config',
      at: 'checks[0] (port).exchange[0].expect',
      names: ["'PONG|'"],
    },
    {
      name: 'an answer that is undefined',
      check: tcpCheck('port', { port: 1, exchange: [{ send: 'PING', expect: UNSET }] }),
      ends: 'config',
      at: 'checks[0] (port).exchange[0].expect',
      names: ['undefined'],
    },
    {
      name: 'an empty exchange',
      check: tcpCheck('port', { port: 1, exchange: [] }),
      ends: 'config',
      at: 'checks[0] (port).exchange',
      names: ['>=1'],
    },
  ];
  testRows(rows, () => trials);
  it('passes when it came, by each item of its evidence', async () => {
    await passesByItsEvidence(ping(echo.port, 'PONG'), trials);
    await passesByItsEvidence(tcpCheck('port', { port: mute.port }), trials);
  });
});

describe('a dns check does not pass without an answer', () => {
  let empty: DnsServer;
  let full: DnsServer;
  let unknown: DnsServer;
  let trials: Trials;
  before(async () => {
    empty = await serveDns(() => ({ answers: [] }));
    full = await serveDns(({ question }) => ({ answers: [a(question.name, '192.0.2.1')] }));
    unknown = await serveDns(() => ({ rcode: RCODES.NXDOMAIN }));
    trials = await openTrials({ url: 'http://127.0.0.1:1' });
  });
  after(async () => {
    await trials[Symbol.asyncDispose]();
    await Promise.all([empty, full, unknown].map((server) => server[Symbol.asyncDispose]()));
  });
  type Expect = NonNullable<Parameters<typeof dnsCheck>[1]['expect']>;
  const zone = (server: DnsServer, expect: Expect = {}): Row['check'] =>
    dnsCheck('zone', { query: 'shop.test', servers: [server.address], expect });

  for (const [name, expect, says] of [
    ['NOERROR without a record', {}, /at least one answer.*none/],
    ['an empty list of wishes', { answers: {} }, /at least one answer.*none/],
    ['a pattern over no records', { answers: { count: 0, matches: /^10\./ } }, /every answer matches.*none/],
  ] as const)
    it(`fails: ${name}`, async () => {
      const { how, says: said } = await trials.end(zone(empty, expect));
      assert.equal(how, 'failed', said);
      assert.match(said, says);
    });
  it('fails: a token that differs in case, and the address of another name', async () => {
    await using server = await serveDns(({ question: { name, type } }) => ({
      answers: type === 'TXT' ? [{ type, name, ttl: 60, data: 'token=AbCdEf' }] : [a('other.test', '192.0.2.1')],
    }));
    const ask = (type: 'TXT' | 'A', expect: Expect): Row['check'] =>
      dnsCheck('zone', { query: 'shop.test', type, servers: [server.address], expect });
    for (const answers of [{ equals: 'token=abcdef' }, { contains: 'token=AbCdEf.' }] as const)
      assert.equal((await trials.end(ask('TXT', { answers }))).how, 'failed');
    assert.equal((await trials.end(ask('A', {}))).how, 'failed');
    await passesByItsEvidence(ask('TXT', { answers: { equals: 'token=AbCdEf' } }), trials);
  });
  it('fails: a pattern over the records of a name that there is not', async () => {
    const { how } = await trials.end(zone(unknown, { rcode: 'NXDOMAIN', answers: { matches: /^10\./ } }));
    assert.equal(how, 'failed');
  });
  testRows(
    [
      {
        name: 'answers that are undefined',
        check: dnsCheck('zone', { query: 'shop.test', expect: { answers: { equals: UNSET } } }),
        ends: 'config',
        at: 'checks[0] (zone).expect.answers.equals',
        names: ['undefined'],
      },
      {
        name: 'a pattern that matches everything',
        check: dnsCheck('zone', { query: 'shop.test', expect: { answers: { matches: /10|/ } } }),
        ends: 'config',
        at: 'checks[0] (zone).expect.answers.matches',
        names: ["'10|'"],
      },
      {
        name: 'an empty list of servers',
        check: dnsCheck('zone', { query: 'shop.test', servers: [] }),
        ends: 'config',
        at: 'checks[0] (zone).servers',
        names: ['>=1'],
      },
    ],
    () => trials,
  );
  it('passes with one, by each item of its evidence', async () => {
    await passesByItsEvidence(zone(full), trials);
    await passesByItsEvidence(zone(unknown, { rcode: 'NXDOMAIN' }), trials);
  });
});

describe('a tls check does not pass without a certificate that was looked at', () => {
  let pki: Pki;
  let valid: TestServer;
  let expired: TestServer;
  let trials: Trials;
  before(async () => {
    pki = await makePki();
    valid = await serveTls(pki.valid);
    expired = await serveTls(pki.expired);
    trials = await openTrials({ url: 'https://localhost', folder: pki.folder });
  });
  after(async () => {
    await trials[Symbol.asyncDispose]();
    await Promise.all([valid, expired].map((server) => server[Symbol.asyncDispose]()));
    pki[Symbol.dispose]();
  });
  it('fails with verification off and nothing expected, when the certificate has ended', async () => {
    const { how, says } = await trials.end(tlsCheck('tls', { port: expired.port, insecure: true }));
    assert.equal(how, 'failed', says);
    assert.match(says, /certificate has at least 14 days left.*-\d/);
  });
  testRows(
    [
      {
        name: 'a name that is undefined',
        check: tlsCheck('tls', { expect: { names: UNSET } }),
        ends: 'config',
        at: 'checks[0] (tls).expect.names',
        names: ['undefined'],
      },
      {
        name: 'an empty list of names',
        check: tlsCheck('tls', { expect: { names: [] } }),
        ends: 'config',
        at: 'checks[0] (tls).expect.names',
        names: ['>=1'],
      },
      {
        name: 'an issuer that may be anyone',
        check: tlsCheck('tls', { expect: { issuer: /R\d|/ } }),
        ends: 'config',
        at: 'checks[0] (tls).expect.issuer',
        names: ["'R\\d|'"],
      },
    ],
    () => trials,
  );
  it('passes with one, by each item of its evidence, and says when nobody was asked who the server is', async () => {
    await passesByItsEvidence(tlsCheck('tls', { port: valid.port, ca: 'root.pem' }), trials);
    const { run } = await trials.end(tlsCheck('tls', { port: valid.port, insecure: true }));
    assert.equal(run?.attempts[0]?.observation.facts.insecure, 'true');
  });
});

describe('a heartbeat check does not pass without a ping', () => {
  const HOUR_MS = 3_600_000;
  const backup = heartbeatCheck('backup', { token: secret('TOKEN'), period: '1h' });
  const pulse = (more: object): Promise<Trials> =>
    openTrials({
      url: 'http://127.0.0.1:1',
      heartbeats: { lastPingAt: () => undefined, watchedSince: () => 0, listenerWasDown: () => false, ...more },
    });
  const cases = [
    [
      'never watched',
      { watchedSince: () => Number.POSITIVE_INFINITY },
      'evidence-missing',
      /none can come: only `vigie start` hears them/,
    ],
    ['watched only now', { watchedSince: () => Date.now() }, 'evidence-missing', /No ping came yet; the first is due/],
    ['deaf ourselves', { listenerWasDown: () => true }, 'listener-down', /our own listener was down/],
    ['silent', { lastPingAt: () => Date.now() - 2 * HOUR_MS }, 'failed', /a ping within .*the last came/],
    ['never pinged', {}, 'failed', /none ever came/],
  ] as const;
  for (const [name, more, ends, says] of cases)
    it(`is ${ends}: ${name}`, async () => {
      await using trials = await pulse(more);
      const ended = await trials.end(backup);
      assert.equal(ended.how, ends, ended.says);
      assert.match(ended.says, says);
    });
  it('passes with one, by each item of its evidence', async () => {
    await using trials = await pulse({ lastPingAt: () => Date.now() });
    await passesByItsEvidence(backup, trials);
  });
});
