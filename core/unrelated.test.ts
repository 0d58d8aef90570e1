import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLoopback, siteOf, unrelatedTo } from './unrelated.ts';

describe('what a host looks registered as', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['shop.example', 'shop.example'],
    ['api.shop.example', 'shop.example'],
    ['A.B.Shop.Example.', 'shop.example'],
    ['www.shop.co.uk', 'shop.co.uk'],
    ['shop.de', 'shop.de'],
    ['www.abc.de', 'www.abc.de'],
    ['intranet', 'intranet'],
    ['10.0.0.1', '10.0.0.1'],
    ['2001:db8::1', '2001:db8::1'],
  ];
  for (const [host, site] of rows) it(`${host}: ${site}`, () => assert.equal(siteOf(host), site));
});

it('finds endpoints that share neither a name nor an address, the first of each', () => {
  const at = (host: string) => ({ host, port: 443 });
  const all = [
    'api.shop.example',
    'a.other.example',
    'b.other.example',
    '10.0.0.1',
    '10.0.0.1',
    '10.0.0.2',
    'x.third.example',
  ];
  const found = unrelatedTo('www.shop.example', all.map(at), 3);
  assert.deepEqual(
    found.map(({ host }) => host),
    ['a.other.example', '10.0.0.1', '10.0.0.2'],
  );
});

describe('whether a host is this machine', () => {
  for (const host of [
    'localhost',
    'LOCALHOST.',
    'x.localhost',
    '127.0.0.1',
    '127.9.9.9',
    '::1',
    '[::1]',
    '::ffff:127.0.0.1',
  ])
    it(`${host}: yes`, () => assert.equal(isLoopback(host), true));
  for (const host of ['127.example', '10.0.0.1', '::2', 'localhost.example'])
    it(`${host}: no`, () => assert.equal(isLoopback(host), false));
});
