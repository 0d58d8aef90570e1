import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FakeClock } from '../../core/fake-clock.ts';
import { Attempt } from './attempt.ts';
import { NameResolver, type Wanted } from './resolver.ts';
import { parseHosts, parseResolvConf, searchNames, WatchedFile } from './system-files.ts';
import { realClock } from './testing/context.ts';
import { type Asked, a, aaaa, RCODES, type Reply, serveDns } from './testing/dns-server.ts';
import { Trouble } from './trouble.ts';

type Ask = { readonly host: string; readonly hosts?: string; readonly search?: string } & Partial<Wanted>;

/** Resolves against a scripted server; addresses, or the code of the trouble. */
async function resolve({ host, hosts = '', search = '', ...wanted }: Ask): Promise<readonly string[] | string> {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-test-'));
  const files = { hosts: join(folder, 'hosts'), resolvConf: join(folder, 'resolv.conf') };
  writeFileSync(files.hosts, hosts);
  writeFileSync(files.resolvConf, search);
  const resolver = new NameResolver(realClock, files);
  const attempt = new Attempt({ signal: AbortSignal.timeout(20_000), clock: realClock, timeoutMs: 20_000 });
  try {
    const found = await resolver.resolve(attempt, host, { family: 'auto', phase: 'resolve', ...wanted });
    return found.map(({ address }) => address);
  } catch (error) {
    if (error instanceof Trouble) return error.code;
    throw error;
  } finally {
    attempt.end();
    resolver.close();
    rmSync(folder, { recursive: true });
  }
}

async function against(
  script: (asked: Asked) => Reply,
  ask: Partial<Ask> = {},
): Promise<{ readonly found: readonly string[] | string; readonly asked: readonly Asked[] }> {
  await using server = await serveDns(script);
  const found = await resolve({ host: 'site.example', servers: [server.address], ...ask });
  return { found, asked: server.asked };
}

const both = ({ question: { type, name } }: Asked): Reply => ({
  answers: type === 'A' ? [a(name, '192.0.2.1'), a(name, '192.0.2.2')] : [aaaa(name, '2001:db8::1')],
});

test('an alias without an address of one family is no answer: the other family is waited for', async () => {
  let first = true;
  const { found } = await against(({ question: { type, name } }) => {
    const alias = { type: 'CNAME', name, ttl: 0, data: 'cdn.example' } as const;
    if (type === 'AAAA') return { answers: [alias] };
    // Answered when it is asked again, long after the other family.
    if (first) {
      first = false;
      return 'silence';
    }
    return { answers: [alias, a('cdn.example', '192.0.2.1')] };
  });
  assert.deepEqual(found, ['192.0.2.1']);
});

test('addresses, hosts-file names and localhost need no server', async () => {
  assert.deepEqual(await resolve({ host: '127.0.0.1' }), ['127.0.0.1']);
  assert.deepEqual(await resolve({ host: '::1' }), ['::1']);
  assert.deepEqual(await resolve({ host: 'localhost' }), ['127.0.0.1', '::1']);
  assert.deepEqual(await resolve({ host: 'shop.localhost', family: 4 }), ['127.0.0.1']);
  const hosts = '192.0.2.9 Shop.example shop # mine\n2001:db8::9 shop.example\n';
  assert.deepEqual(await resolve({ host: 'shop.example', hosts }), ['192.0.2.9', '2001:db8::9']);
  assert.deepEqual(await resolve({ host: 'SHOP', hosts, family: 4 }), ['192.0.2.9']);
  assert.equal(await resolve({ host: 'shop', hosts, family: 6 }), 'ENODATA');
});

test('both families are asked at once and alternate, IPv6 first', async () => {
  const { found, asked } = await against(both);
  assert.deepEqual(found, ['2001:db8::1', '192.0.2.1', '192.0.2.2']);
  assert.equal(asked.length, 2);
});

test('one family asked for is the only one asked', async () => {
  const { found, asked } = await against(both, { family: 4 });
  assert.deepEqual(found, ['192.0.2.1', '192.0.2.2']);
  assert.deepEqual(
    asked.map(({ question }) => question.type),
    ['A'],
  );
});

test('nothing is remembered from one run to the next', async () => {
  await using server = await serveDns(both);
  const resolver = new NameResolver(realClock);
  for (let run = 0; run < 2; run += 1) {
    const attempt = new Attempt({ signal: AbortSignal.timeout(20_000), clock: realClock, timeoutMs: 20_000 });
    await resolver.resolve(attempt, 'site.example', { family: 4, phase: 'resolve', servers: [server.address] });
    attempt.end();
  }
  resolver.close();
  assert.equal(server.asked.length, 2);
});

test('a family that is never answered delays by 50 ms, not by the timeout', async () => {
  const startedAt = performance.now();
  const { found } = await against((asked) => (asked.question.type === 'A' ? both(asked) : 'silence'));
  assert.deepEqual(found, ['192.0.2.1', '192.0.2.2']);
  assert.ok(performance.now() - startedAt < 4_500);
});

const CODES: readonly (readonly [name: string, reply: Reply, code: string])[] = [
  ['a name that does not exist', { rcode: RCODES.NXDOMAIN }, 'ENOTFOUND'],
  ['a name without addresses', {}, 'ENODATA'],
  ['servers of the name that fail', { rcode: RCODES.SERVFAIL }, 'ESERVFAIL'],
  ['a resolver that refuses', { rcode: RCODES.REFUSED }, 'EREFUSED'],
  ['a resolver that says nothing', 'silence', 'PHASE_TIMEOUT'],
];
for (const [name, reply, code] of CODES) {
  test(`${name} is ${code}`, async () => {
    const { found } = await against(() => reply, { timeoutMs: reply === 'silence' ? 200 : 15_000 });
    assert.equal(found, code);
  });
}

test('a resolver that is not there is told', async () => {
  const server = await serveDns(both);
  await server[Symbol.asyncDispose]();
  assert.equal(await resolve({ host: 'site.example', servers: [server.address] }), 'ECONNREFUSED');
});

test('garbage about one name spoils no other name that is asked for at the same time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-test-'));
  const resolver = new NameResolver(realClock, { hosts: join(folder, 'none'), resolvConf: join(folder, 'none') });
  const waiting: string[] = [];
  await using server = await serveDns((asked) => {
    const { name } = asked.question;
    if (name === 'garbage.example') return { raw: Buffer.from('not a DNS message') };
    // Silent at first, so that it is still waiting whenever garbage comes.
    waiting.push(name);
    return waiting.length <= 3 ? 'silence' : both(asked);
  });
  const ask = async (host: string): Promise<readonly string[] | string> => {
    const attempt = new Attempt({ signal: AbortSignal.timeout(20_000), clock: realClock, timeoutMs: 20_000 });
    try {
      const found = await resolver.resolve(attempt, host, { family: 4, phase: 'resolve', servers: [server.address] });
      return found.map(({ address }) => address);
    } catch (error) {
      return error instanceof Trouble ? error.code : String(error);
    } finally {
      attempt.end();
    }
  };
  try {
    const [well, garbage] = await Promise.all([ask('well.example'), ask('garbage.example')]);
    assert.deepEqual([well, garbage], [['192.0.2.1', '192.0.2.2'], 'EBADRESP']);
  } finally {
    resolver.close();
    rmSync(folder, { recursive: true });
  }
});

test('a truncated answer is asked for again over TCP', async () => {
  const { found, asked } = await against((one) => ({ ...(both(one) as object), truncated: true }), { family: 4 });
  assert.deepEqual(found, ['192.0.2.1', '192.0.2.2']);
  assert.deepEqual(
    asked.map(({ over }) => over),
    ['udp', 'tcp'],
  );
});

test('a long chain of aliases is followed, one to nowhere is no address', async () => {
  const chain = ({ question: { name } }: Asked): Reply => ({
    answers: [
      ...Array.from({ length: 20 }, (_, index) => ({
        type: 'CNAME' as const,
        name: index === 0 ? name : `hop${index}.example`,
        data: `hop${index + 1}.example`,
      })),
      a('hop20.example', '192.0.2.7'),
    ],
  });
  assert.deepEqual((await against(chain, { family: 4 })).found, ['192.0.2.7']);
  const nowhere = ({ question: { name } }: Asked): Reply => ({
    answers: [{ type: 'CNAME', name, data: 'gone.example' }],
  });
  assert.equal((await against(nowhere, { family: 4 })).found, 'ENODATA');
});

test('names are searched as the system would', () => {
  const rules = parseResolvConf(
    '# x\nnameserver 10.0.0.1\nsearch ns.svc.cluster.local svc.cluster.local\noptions ndots:5 timeout:2\n',
  );
  assert.deepEqual(rules, { domains: ['ns.svc.cluster.local', 'svc.cluster.local'], dots: 5 });
  assert.deepEqual(searchNames('api', rules), ['api.ns.svc.cluster.local', 'api.svc.cluster.local', 'api']);
  assert.deepEqual(searchNames('a.b.c.d.e.f', rules)[0], 'a.b.c.d.e.f');
  const eight = Array.from({ length: 8 }, (_, index) => `d${index}.example`);
  assert.deepEqual(parseResolvConf(`search ${eight.join(' ')}\n`).domains, eight);
  assert.deepEqual(searchNames('example.org.', rules), ['example.org']);
  assert.deepEqual(searchNames('example.org', parseResolvConf('')), ['example.org']);
});

test('a system file is read again when it was changed, five seconds later at the latest', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-test-'));
  const file = join(folder, 'hosts');
  writeFileSync(file, '192.0.2.1 a\n');
  const clock = new FakeClock();
  const watched = new WatchedFile(file, clock, parseHosts);
  assert.deepEqual(watched.value.get('a'), ['192.0.2.1']);
  writeFileSync(file, '192.0.2.22 a\n');
  utimesSync(file, 1, 1);
  assert.deepEqual(watched.value.get('a'), ['192.0.2.1']);
  await clock.advance(5_000);
  assert.deepEqual(watched.value.get('a'), ['192.0.2.22']);
  rmSync(folder, { recursive: true });
  await clock.advance(5_000);
  assert.equal(watched.value.get('a'), undefined);
});
