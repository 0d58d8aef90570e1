import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer, CaaData } from 'dns-packet';
import { runKind, verdictLine } from '../net/testing/context.ts';
import { a, aaaa, type Reply, serveDns } from '../net/testing/dns-server.ts';
import type { DnsInput, QueryType } from './arguments.ts';
import { dnsKind } from './kind.ts';

const NAME = 'site.example';
type Expected = NonNullable<NonNullable<DnsInput['expect']>['answers']>;

/** `passed`, or how it ended, of a check of these records. */
async function judged(type: QueryType, answers: readonly Answer[], wanted: Expected): Promise<string> {
  await using server = await serveDns((): Reply => ({ answers }));
  const input = { query: NAME, servers: [server.address], type, expect: { answers: wanted } };
  return verdictLine(await runKind(dnsKind, input)).split(':')[0] ?? '';
}

const txt = (...data: (string | Buffer)[]): Answer => ({ type: 'TXT', name: NAME, ttl: 60, data });
const caa = (tag: string, value: string, flags = 0): Answer => ({
  type: 'CAA',
  name: NAME,
  ttl: 60,
  data: { flags, tag: tag as CaaData['tag'], value },
});
const named = (type: 'CNAME' | 'NS' | 'PTR', data: string): Answer => ({ type, name: NAME, ttl: 60, data });
const mx = (exchange: string): Answer => ({ type: 'MX', name: NAME, ttl: 60, data: { preference: 10, exchange } });
const srv = (target: string): Answer => ({
  type: 'SRV',
  name: NAME,
  ttl: 60,
  data: { priority: 0, weight: 5, port: 443, target },
});
const soa = (mname: string, rname: string): Answer => ({
  type: 'SOA',
  name: NAME,
  ttl: 60,
  data: { mname, rname, serial: 7, refresh: 1, retry: 2, expire: 3, minimum: 4 },
});

type Row = readonly [answer: Answer | readonly Answer[], wanted: string | readonly string[], verdict: string];

const ROWS: Readonly<Partial<Record<QueryType, readonly Row[]>>> = {
  TXT: [
    [txt('token=AbCdEf'), 'token=AbCdEf', 'passed'],
    [txt('token=AbCdEf'), 'token=abcdef', 'failed'],
    [txt('token=AbCdEf'), 'token=AbCdEf.', 'failed'],
    [txt('v=spf1 -all.'), 'v=spf1 -all', 'failed'],
    [txt('v=spf1 -all.'), 'v=spf1 -all.', 'passed'],
    [txt('v=DKIM1; p=AB', 'CD"\\;'), 'v=DKIM1; p=ABCD"\\;', 'passed'],
    [txt(Buffer.from([0xc3]), Buffer.from([0xa9])), 'é', 'passed'],
    [txt(Buffer.from([0x61, 0xff])), 'a\ufffd', 'failed'],
    [txt(Buffer.from([0x61, 0xff])), 'a\\255', 'passed'],
    [txt('é'), 'e\u0301', 'failed'],
    [txt(' a'), 'a', 'failed'],
    [[txt('a'), txt('A')], ['a', 'A'], 'passed'],
    // As `dig` prints them and a zone holds them.
    [txt('v=spf1 -all'), '"v=spf1 -all"', 'passed'],
    [txt('v=spf1 -all'), '"v=spf1 -ALL"', 'failed'],
    [txt('v=spf1 -all'), ' "v=spf1 -all"', 'failed'],
    [txt('v=DKIM1; p=AB', 'CD'), '"v=DKIM1; p=AB" "CD"', 'passed'],
    [txt('v=DKIM1; p=AB', 'CD'), '"v=DKIM1; p=AB" CD', 'failed'],
    [txt('a"b\\c;'), '"a\\"b\\\\c\\;"', 'passed'],
    [txt('é'), '"\\195\\169"', 'passed'],
    [txt(Buffer.from([0x61, 0xff])), '"a\\255"', 'passed'],
    // Quotes that belong to the text make an SPF record void.
    [txt('"v=spf1 -all"'), '"v=spf1 -all"', 'failed'],
    [txt('"v=spf1 -all"'), '"\\"v=spf1 -all\\""', 'passed'],
    [txt(''), '""', 'passed'],
    [[txt('a'), txt('A')], ['a', 'a'], 'failed'],
  ],
  CAA: [
    [caa('issue', 'ca.example'), '0 issue ca.example', 'passed'],
    [caa('Issue', 'ca.example'), '0 ISSUE ca.example', 'passed'],
    [caa('issue', 'CA.example'), '0 issue ca.example', 'failed'],
    [caa('issue', 'ca.example; account=Ab'), '0 issue ca.example; account=ab', 'failed'],
    [caa('issue', 'ca.example'), '0 issue ca.example.', 'failed'],
    [caa('issue', 'ca.example; account=Ab'), '0 issue "ca.example; account=Ab"', 'passed'],
    [caa('issue', 'ca.example'), '0\tissue  "CA.example"', 'failed'],
    [caa('issue', ';'), '0 issue ";"', 'passed'],
    [caa('issue', '"ca.example"'), '0 issue "ca.example"', 'failed'],
    [caa('issue', 'ca.example', 128), '0 issue ca.example', 'failed'],
    [caa('iodef', 'mailto:Sec@x.example'), '0 iodef mailto:sec@x.example', 'failed'],
  ],
  CNAME: [
    [named('CNAME', 'WWW.Example.org'), 'www.example.ORG.', 'passed'],
    [named('CNAME', 'xn--bcher-kva.example'), 'Bücher.example', 'passed'],
    [named('CNAME', 'bücher.example'), 'xn--bcher-kva.example', 'failed'],
  ],
  NS: [
    [named('NS', 'ns1.Example.org'), 'NS1.example.org', 'passed'],
    [[named('NS', 'ns1.example'), named('NS', 'ns2.example')], ['NS2.example.', 'ns1.example'], 'passed'],
    [[named('NS', 'ns1.example'), named('NS', 'ns2.example')], 'ns1.example', 'failed'],
  ],
  PTR: [[named('PTR', '_sip._tcp.xn--bcher-kva.example'), '_SIP._tcp.bücher.example', 'passed']],
  MX: [
    [mx('Mail.example'), '10 mail.EXAMPLE.', 'passed'],
    [mx('mail.example'), '10. mail.example', 'failed'],
    [mx('mail.example'), ' 10\t mail.example. ', 'passed'],
    [mx('mail.example'), '10mail.example', 'failed'],
    [mx('.'), '10 .', 'passed'],
  ],
  SRV: [
    [srv('W.example'), '0 5 443 w.example.', 'passed'],
    [srv('w.example'), '0 5 443. w.example', 'failed'],
  ],
  SOA: [
    [soa('Ns.example', 'Host.example'), 'ns.example. host.EXAMPLE. 7 1 2 3 4', 'passed'],
    [soa('ns.example', 'host.example'), 'ns.example host.example 7 1 2 3 4.', 'failed'],
  ],
  A: [
    [a(NAME, '192.0.2.1'), '192.0.2.1', 'passed'],
    [a(NAME, '192.0.2.1'), '192.0.2.1.', 'failed'],
    [a(NAME, '192.0.2.1'), ['192.0.2.1', '192.0.2.1'], 'failed'],
    [[a(NAME, '192.0.2.1'), a(NAME, '192.0.2.1')], '192.0.2.1', 'failed'],
    [[a(NAME, '192.0.2.1'), a(NAME, '192.0.2.2')], ['192.0.2.2', '192.0.2.2'], 'failed'],
  ],
  AAAA: [
    [aaaa(NAME, '2001:db8::1'), '2001:DB8:0::1', 'passed'],
    [aaaa(NAME, '2001:db8::1'), '2001:0db8:0000:0000:0000:0000:0000:0001', 'passed'],
    [aaaa(NAME, '::ffff:102:304'), '::ffff:1.2.3.4', 'passed'],
    [aaaa(NAME, '2001:db8::1'), '2001:db8::10', 'failed'],
    [aaaa(NAME, '2001:db8::1'), '2001:db8::1.', 'failed'],
    [aaaa(NAME, 'fe80::1'), 'fe80::1%eth0', 'failed'],
  ],
};

for (const [type, rows] of Object.entries(ROWS))
  test(`answers of type ${type} are compared as what they are`, async () => {
    for (const [answer, equals, verdict] of rows) {
      const records = [answer].flat();
      const said = `${JSON.stringify(records)} against ${equals}`;
      assert.equal(await judged(type as QueryType, records, { equals }), verdict, said);
      const one = [equals].flat();
      if (records.length === 1 && one.length === 1)
        assert.equal(await judged(type as QueryType, records, { contains: one }), verdict, `${said}, contains`);
    }
  });

test('a record of another name answers nothing; aliases of the name are followed, in any order', async () => {
  const alias = (name: string, data: string): Answer => ({ type: 'CNAME', name, ttl: 60, data });
  const equals = '192.0.2.1';
  assert.equal(await judged('A', [a('other.example', '192.0.2.1')], { equals }), 'failed');
  assert.equal(await judged('A', [a('other.example', '192.0.2.1')], {}), 'failed');
  assert.equal(
    await judged('A', [a('Site.Example', '192.0.2.1'), a('other.example', '192.0.2.9')], { equals }),
    'passed',
  );
  const chain = [a('c.example', '192.0.2.1'), alias('B.example', 'c.example'), alias(NAME, 'b.Example')];
  assert.equal(await judged('A', chain, { equals }), 'passed');
  const circle = [alias(NAME, 'b.example'), alias('b.example', NAME)];
  assert.equal(await judged('A', circle, {}), 'failed');
  assert.equal(await judged('CNAME', circle, { equals: 'b.example' }), 'passed');
});
