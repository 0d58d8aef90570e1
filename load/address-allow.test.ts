import assert from 'node:assert/strict';
import { BlockList } from 'node:net';
import { describe, it } from 'node:test';
import { allowProblem, complementOf, isAllowed, resolveAllowed } from './address-allow.ts';
import { formatBlock, parseBlock } from './addresses.ts';

const noNames = (name: string): Promise<readonly string[]> => Promise.reject(new Error(`no address for ${name}`));

async function allow(...entries: readonly string[]) {
  return resolveAllowed(entries, noNames);
}

/**
 * Node's own matcher, so that our arithmetic is not checked by itself. One list per family: like Go, and unlike one
 * shared list of Node, an IPv6 block then says nothing about IPv4 addresses.
 */
function blockerOf(blocks: readonly string[]): (address: string) => boolean {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const block of blocks) {
    const [address = '', prefix] = block.split('/');
    lists[familyOf(address)].addSubnet(address, Number(prefix), familyOf(address));
  }
  return (address) => lists[familyOf(address)].check(address, familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}

/** Every address of a /16 and the edges around it would be too many for IPv6; this takes edges, neighbours and a stride. */
function samples(version: 4 | 6): readonly string[] {
  const bits = version === 4 ? 32n : 128n;
  const numbers = new Set<bigint>([0n, (1n << bits) - 1n]);
  for (let bit = 0n; bit < bits; bit += 1n) {
    for (const near of [-1n, 0n, 1n]) numbers.add(((1n << bit) + near) & ((1n << bits) - 1n));
  }
  const stride = (1n << bits) / 997n;
  for (let value = 0n; value < 1n << bits; value += stride) numbers.add(value);
  return [...numbers].map((start) => formatBlock({ version, start, prefix: Number(bits) }).split('/')[0] ?? '');
}

function neighbours(address: string): readonly string[] {
  const block = parseBlock(address);
  assert.ok(block);
  return [-2n, -1n, 0n, 1n, 2n]
    .map((delta) => block.start + delta)
    .filter((start) => start >= 0n)
    .map((start) => formatBlock({ ...block, start, prefix: block.version === 4 ? 32 : 128 }).split('/')[0] ?? '');
}

const LISTS: readonly (readonly string[])[] = [
  [],
  ['127.0.0.1'],
  ['127.0.0.0/8', '::1'],
  ['10.0.0.0/8', '10.1.2.3', '192.0.2.128/25', '192.0.2.0/25'],
  ['0.0.0.0/0'],
  ['::/0'],
  ['2001:db8::/32', '2001:db8:1::7', 'fe80::1'],
  ['255.255.255.255', '0.0.0.0', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '::'],
];

describe('complementOf', () => {
  for (const entries of LISTS) {
    it(`blocks exactly what [${entries.join(', ')}] does not allow`, async () => {
      const allowed = await allow(...entries);
      const isBlocked = blockerOf(complementOf(allowed));
      const single = entries.map((entry) => entry.split('/')[0] ?? '').flatMap(neighbours);
      for (const address of [...samples(4), ...samples(6), ...single]) {
        if (/^0:0:0:0:0:ffff:/.test(address)) continue;
        assert.equal(isBlocked(address), !isAllowed(address, allowed), address);
      }
    });
  }

  it('is exact for every address of a /16 around a small block', async () => {
    const allowed = await allow('192.168.7.8/30');
    const isBlocked = blockerOf(complementOf(allowed));
    for (let low = 0; low < 65_536; low += 1) {
      const address = `192.168.${low >> 8}.${low & 255}`;
      const inside = low >= 7 * 256 + 8 && low <= 7 * 256 + 11;
      if (isBlocked(address) === inside) assert.fail(`${address} is ${inside ? 'blocked' : 'allowed'}`);
    }
  });

  it('needs 32 blocks for one IPv4 address and one for the whole of IPv6', async () => {
    const blocks = complementOf(await allow('127.0.0.1'));
    assert.equal(blocks.filter((block) => !block.includes(':')).length, 32);
    assert.deepEqual(
      blocks.filter((block) => block.includes(':')),
      ['0:0:0:0:0:0:0:0/0'],
    );
  });

  it('never names a mapped block, which Go would read as IPv4', async () => {
    const blocks = complementOf(await allow('::fffe:0:0/96', '127.0.0.1'));
    assert.ok(!blocks.some((block) => block.startsWith('0:0:0:0:0:ffff:')));
  });
});

describe('resolveAllowed', () => {
  it('takes localhost for the whole loopback without asking a resolver', async () => {
    const allowed = await allow('localhost');
    for (const address of ['127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1'])
      assert.ok(isAllowed(address, allowed), address);
    for (const address of ['128.0.0.1', '::2', '0.0.0.0', 'nonsense']) assert.ok(!isAllowed(address, allowed), address);
  });

  it('takes every address of a name, and says which names have none', async () => {
    const resolve = (name: string): Promise<readonly string[]> =>
      name === 'two.example' ? Promise.resolve(['192.0.2.1', '2001:db8::1']) : Promise.reject(new Error('ENOTFOUND'));
    const allowed = await resolveAllowed(['two.example', 'gone.example'], resolve);
    assert.deepEqual(allowed.blocks.map(formatBlock), ['192.0.2.1/32', '2001:db8:0:0:0:0:0:1/128']);
    assert.deepEqual(allowed.unresolved, ['gone.example: ENOTFOUND']);
  });

  it('reads an IPv4 address written as IPv6 as what it is', () => {
    assert.deepEqual(parseBlock('::ffff:192.0.2.1'), parseBlock('192.0.2.1'));
    assert.deepEqual(parseBlock('::ffff:192.0.2.0/120'), parseBlock('192.0.2.0/24'));
  });
});

describe('allowProblem', () => {
  it('accepts addresses, blocks and names', () => {
    for (const entry of ['localhost', '10.0.0.0/8', '::1', 'fe80::/10', 'staging.example.com', 'db_1', '7seas.example'])
      assert.equal(allowProblem(entry), undefined, entry);
  });

  it('refuses what is neither, naming it', () => {
    const wrong = [
      '',
      '*',
      '*.example.com',
      'http://x',
      'x:80',
      '10.0.0.0/33',
      '10.0.0',
      '::1/129',
      '1.2.3.4/',
      '1.2.3.4/8/8',
      'fe80::1%eth0',
      '300.1.1.1',
      'a..b',
      '::/x',
    ];
    for (const entry of wrong) assert.match(allowProblem(entry) ?? '', /is not a host name/, entry);
  });
});
