import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, AUTHENTIC_DATA, AUTHORITATIVE_ANSWER } from 'dns-packet';
import { judge } from '../../core/judge.ts';
import { type ContextInput, contextOf, measureOf, type Outcome, runKind, verdictLine } from '../net/testing/context.ts';
import { type Asked, a, RCODES, type Reply, serveDns } from '../net/testing/dns-server.ts';
import { closedPort } from '../net/testing/servers.ts';
import { type DnsInput, dnsSchema, nameOf } from './arguments.ts';
import { dnsKind } from './kind.ts';
import { textOf } from './message.ts';
import { runDns } from './run.ts';

type Script = (asked: Asked) => Reply;

/** Runs a check against one scripted server that it names. */
async function against(
  script: Script,
  input: DnsInput = {},
  context: ContextInput = {},
): Promise<Outcome & { readonly asked: readonly Asked[] }> {
  await using server = await serveDns(script);
  const outcome = await runKind(dnsKind, { query: 'site.example', servers: [server.address], ...input }, context);
  return { ...outcome, asked: server.asked };
}

/** The same with the server as the system's only resolver. */
async function bySystem(servers: readonly string[], input: DnsInput = {}): Promise<string> {
  const options = dnsSchema.parse({ query: 'site.example', answerTimeout: 1_000, ...input });
  const observation = await runDns(options, contextOf(), { systemServers: () => servers });
  return verdictLine({
    observation,
    judgement: judge(observation, { budgets: [], evidence: dnsKind.evidence(options) }),
  });
}

const two: Script = ({ question: { name } }) => ({
  answers: [
    { type: 'CNAME', name, ttl: 60, data: 'real.example' },
    { ...a('real.example', '192.0.2.2'), ttl: 30 },
    a('real.example', '192.0.2.1'),
  ].map((one) => ({ ...one, ttl: 'ttl' in one && one.ttl !== 0 ? one.ttl : 300 }) as Answer),
});

test('a reply with answers passes and is measured', async () => {
  const outcome = await against(two);
  assert.equal(verdictLine(outcome), 'passed');
  assert.equal(measureOf(outcome, 'answers'), 2);
  assert.equal(measureOf(outcome, 'ttl'), 30_000);
  assert.ok((measureOf(outcome, 'query') ?? 0) > 0);
  assert.equal(outcome.observation.facts.answers, '192.0.2.1, 192.0.2.2');
  assert.equal(outcome.observation.facts.transport, 'udp');
});

test('answers are compared in any order, in part, by number and by pattern', async () => {
  const held = { equals: ['192.0.2.1', '192.0.2.2'], contains: '192.0.2.2', count: 2, matches: /^192\.0\.2\.\d+$/ };
  assert.equal(verdictLine(await against(two, { expect: { answers: held } })), 'passed');
  const broken = await against(two, {
    expect: { answers: { equals: ['192.0.2.1'], contains: '192.0.2.9', count: 3, matches: /^10\./ } },
  });
  const line = verdictLine(broken);
  for (const part of [
    /contain 192\.0\.2\.9, got 192\.0\.2\.1, 192\.0\.2\.2/,
    /answers are 192\.0\.2\.1, got/,
    /3 answers, got 2: /,
    /matches \/\^10\\\./,
  ])
    assert.match(line, part);
});

test('no answers, and codes other than the expected one, fail', async () => {
  assert.match(verdictLine(await against(() => ({}))), /^failed: expected at least one answer, got none/);
  assert.equal(
    verdictLine(await against(() => ({ rcode: RCODES.NXDOMAIN }))),
    'failed: expected reply is NOERROR, got NXDOMAIN',
  );
  assert.equal(
    verdictLine(await against(() => ({ rcode: RCODES.SERVFAIL }))),
    'failed: expected reply is NOERROR, got SERVFAIL',
  );
});

test('a name that must not exist, or have no records, can be asserted', async () => {
  assert.equal(
    verdictLine(await against(() => ({ rcode: RCODES.NXDOMAIN }), { expect: { rcode: 'NXDOMAIN' } })),
    'passed',
  );
  assert.equal(verdictLine(await against(() => ({}), { expect: { answers: { count: 0 } } })), 'passed');
  assert.match(
    verdictLine(await against(two, { expect: { rcode: 'NXDOMAIN' } })),
    /^failed: expected reply is NXDOMAIN, got NOERROR/,
  );
});

test('every type of record reads as in a zone', () => {
  const records: readonly (readonly [Answer, string])[] = [
    [{ type: 'A', name: 'x', data: '192.0.2.1' }, '192.0.2.1'],
    [{ type: 'AAAA', name: 'x', data: '2001:DB8::1' }, '2001:db8::1'],
    [{ type: 'CNAME', name: 'x', data: 'Www.Example.org.' }, 'www.example.org'],
    [{ type: 'NS', name: 'x', data: 'ns.example.org' }, 'ns.example.org'],
    [{ type: 'PTR', name: 'x', data: 'host.example.org' }, 'host.example.org'],
    [{ type: 'MX', name: 'x', data: { preference: 10, exchange: 'Mail.example.org' } }, '10 mail.example.org'],
    [{ type: 'TXT', name: 'x', data: [Buffer.from('v=spf1 '), '-all'] }, 'v=spf1 -all'],
    [{ type: 'SRV', name: 'x', data: { priority: 0, weight: 5, port: 443, target: 'w.example' } }, '0 5 443 w.example'],
    [{ type: 'CAA', name: 'x', data: { flags: 0, tag: 'issue', value: 'ca.example' } }, '0 issue ca.example'],
    [
      {
        type: 'SOA',
        name: 'x',
        data: { mname: 'ns.example', rname: 'host.example', serial: 7, refresh: 1, retry: 2, expire: 3, minimum: 4 },
      },
      'ns.example host.example 7 1 2 3 4',
    ],
  ];
  for (const [record, text] of records) assert.equal(textOf(record), text);
});

test('types survive the way over the wire', async () => {
  const wire: Readonly<Record<string, readonly [Answer, string]>> = {
    MX: [{ type: 'MX', name: 'site.example', data: { preference: 10, exchange: 'mail.example' } }, '10 mail.example'],
    TXT: [{ type: 'TXT', name: 'site.example', data: ['a', 'b'] }, 'ab'],
    CAA: [
      { type: 'CAA', name: 'site.example', data: { flags: 0, tag: 'issue', value: 'ca.example' } },
      '0 issue ca.example',
    ],
    SRV: [
      { type: 'SRV', name: 'site.example', data: { priority: 1, weight: 2, port: 3, target: 't.example' } },
      '1 2 3 t.example',
    ],
  };
  for (const [type, [answer, text]] of Object.entries(wire)) {
    const input = { type, expect: { answers: { equals: text } } } as DnsInput;
    assert.equal(verdictLine(await against(() => ({ answers: [answer] }), input)), 'passed', type);
  }
});

test('a truncated reply is asked for again over TCP', async () => {
  const outcome = await against((asked) => ({ ...(two(asked) as object), truncated: true }));
  assert.equal(verdictLine(outcome), 'passed');
  assert.deepEqual(
    outcome.asked.map(({ over }) => over),
    ['udp', 'tcp'],
  );
  assert.equal(outcome.observation.facts.transport, 'tcp');
  const direct = await against(two, { transport: 'tcp' });
  assert.deepEqual(
    direct.asked.map(({ over }) => over),
    ['tcp'],
  );
});

test('flags are asked for and asserted', async () => {
  const signed = (asked: Asked): Reply => ({ ...(two(asked) as object), flags: AUTHENTIC_DATA | AUTHORITATIVE_ANSWER });
  const outcome = await against(signed, { dnssec: true, expect: { authenticated: true, authoritative: true } });
  assert.equal(verdictLine(outcome), 'passed');
  assert.equal(outcome.observation.facts.authenticated, 'true');
  assert.equal((outcome.asked[0]?.packet.flags ?? 0) & AUTHENTIC_DATA, AUTHENTIC_DATA);
  const unsigned = verdictLine(await against(two, { expect: { authenticated: true } }));
  assert.equal(unsigned, 'failed: expected the answer is proven by DNSSEC, got it is not said');
});

test('a server the check names is what is watched: its silence, refusal and garbage are failures', async () => {
  const silent = verdictLine(await against(() => 'silence', { answerTimeout: 100 }));
  assert.match(
    silent,
    /^failed: expected a reply, got exchange: the name server did not answer in time – after 100 ms/,
  );
  const late = verdictLine(await against(() => 'silence', {}, { timeoutMs: 100 }));
  assert.match(late, /^failed: .*the name server did not answer in time – after 100 ms \(DEADLINE\)/);
  const closed = `127.0.0.1:${await closedPort()}`;
  const refused = await runKind(dnsKind, { query: 'x.example', servers: [closed] });
  assert.match(verdictLine(refused), /^failed: .*the name server is not listening/);
  const tcp = await runKind(dnsKind, { query: 'x.example', servers: [closed], transport: 'tcp' });
  assert.match(verdictLine(tcp), /^failed: .*the name server is not listening/);
});

test('garbage is a malformed reply, a reply to somebody else is passed over', async () => {
  const garbage = await against(({ packet }) => ({
    raw: Buffer.from([(packet.id ?? 0) >> 8, (packet.id ?? 0) & 255, 0x80, 0, 0, 1, 0, 9, 0, 0, 0, 0, 0xc0, 0x0c]),
  }));
  assert.match(verdictLine(garbage), /^failed: .*the reply is not one to our question/);
  const short = await against(() => ({ raw: Buffer.from('hi') }));
  assert.match(verdictLine(short), /^failed: .*the reply is not one to our question/);
  const foreign = await against(
    ({ packet }) => ({
      raw: Buffer.from([
        (((packet.id ?? 0) + 1) >> 8) & 255,
        ((packet.id ?? 0) + 1) & 255,
        0x80,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
      ]),
    }),
    { answerTimeout: 100 },
  );
  assert.match(verdictLine(foreign), /^failed: .*did not answer in time/);
});

test('every named server must answer; the bad one is told by name and the others are still asked', async () => {
  await using good = await serveDns(two);
  await using bad = await serveDns(() => 'silence');
  const servers = [bad.address, good.address];
  const outcome = await runKind(dnsKind, { query: 'site.example', servers, answerTimeout: 1_000 });
  const { verdict } = outcome.judgement;
  assert.equal(verdict.status, 'failed');
  assert.ok(
    verdict.status === 'failed' && verdict.breaches[0].kind === 'assertion' && verdict.breaches[0].step === bad.address,
  );
  assert.equal(good.asked.length, 1);
  assert.equal(outcome.observation.evidence.replies?.seen, 1);
});

test("the system's resolvers are asked in order; when none serves, the target is not to blame", async () => {
  await using good = await serveDns(two);
  await using silent = await serveDns(() => 'silence');
  await using refusing = await serveDns(() => ({ rcode: RCODES.REFUSED }));
  assert.equal(await bySystem([silent.address, refusing.address, good.address]), 'passed');
  assert.match(await bySystem([silent.address]), /^inconclusive: resolver-down \(network\)/);
  assert.match(await bySystem([refusing.address]), /^inconclusive: resolver-down \(network\) .*says REFUSED/);
  assert.match(await bySystem([`127.0.0.1:${await closedPort()}`]), /^inconclusive: resolver-down \(network\)/);
  assert.match(await bySystem([]), /^inconclusive: resolver-down \(network\) This machine has no resolver/);
  await using failing = await serveDns(() => ({ rcode: RCODES.SERVFAIL }));
  assert.equal(await bySystem([failing.address]), 'failed: expected reply is NOERROR, got SERVFAIL');
});

test('names: addresses are reversed, the target is the default, underscores are allowed', () => {
  const name = (query: string): string | undefined => dnsSchema.parse({ query }).query;
  assert.equal(name('192.0.2.1'), '1.2.0.192.in-addr.arpa');
  assert.equal(name('2001:db8::1'), `1.${'0.'.repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`);
  assert.equal(name('_sip._tcp.Example.org.'), '_sip._tcp.example.org');
  assert.equal(name('münchen.example'), 'xn--mnchen-3ya.example');
  assert.equal(nameOf(dnsSchema.parse({}), 'https://shop.example:8443/'), 'shop.example');
  assert.equal(nameOf(dnsSchema.parse({}), 'http://127.0.0.1:3000/'), '1.0.0.127.in-addr.arpa');
});

test('bad options are refused', () => {
  for (const input of [
    { query: '' },
    { query: 'a..b' },
    { query: `${'x'.repeat(64)}.example` },
    { type: 'ANY' },
    { servers: ['ns.example'] },
    { expect: { rcode: 'OK' } },
    { name: 'x' },
  ])
    assert.equal(dnsSchema.safeParse(input).success, false, JSON.stringify(input));
});
