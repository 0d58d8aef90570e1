import assert from 'node:assert/strict';
import { isIPv6 } from 'node:net';
import { test } from 'node:test';
import { guardAddresses, isAddressRule, normaliseHost } from './addresses.ts';

const refusal = (
  address: string,
  rules: { allow?: readonly string[]; deny?: readonly string[] } = {},
): string | undefined =>
  guardAddresses({ allow: [], deny: [], ...rules }).refusal({ address, family: isIPv6(address) ? 6 : 4 });

test('link-local and metadata addresses are denied without being asked, in every form', () => {
  const denied = [
    '169.254.169.254',
    '169.254.0.1',
    'fe80::1',
    'fe80::1%eth0',
    'fd00:ec2::254',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '::169.254.169.254',
    '64:ff9b::169.254.169.254',
    '2002:a9fe:a9fe::1',
  ];
  for (const address of denied) assert.match(refusal(address) ?? '', /link-local and metadata/, address);
});

test('loopback, private and public addresses may be reached by default', () => {
  for (const address of [
    '127.0.0.1',
    '::1',
    '10.1.2.3',
    '192.168.0.1',
    'fd00::1',
    '93.184.215.14',
    '2606:2800::1',
    '::ffff:10.0.0.1',
  ])
    assert.equal(refusal(address), undefined, address);
});

test('denied blocks and groups are refused, mapped forms included', () => {
  assert.match(refusal('10.1.2.3', { deny: ['10.0.0.0/8'] }) ?? '', /addresses\.deny/);
  assert.match(refusal('::ffff:10.1.2.3', { deny: ['private'] }) ?? '', /addresses\.deny/);
  for (const address of ['127.0.0.1', '::1', '0.0.0.0', '::', '::ffff:127.0.0.1'])
    assert.match(refusal(address, { deny: ['loopback'] }) ?? '', /addresses\.deny/, address);
  assert.equal(refusal('11.0.0.1', { deny: ['private', 'loopback'] }), undefined);
});

test('allow outranks deny and what is always denied', () => {
  assert.equal(refusal('169.254.169.254', { allow: ['169.254.169.254'] }), undefined);
  assert.equal(refusal('10.0.0.5', { allow: ['10.0.0.5'], deny: ['private'] }), undefined);
  assert.match(refusal('10.0.0.6', { allow: ['10.0.0.5'], deny: ['private'] }) ?? '', /deny/);
});

test('hosts are normalised to what will be connected to', () => {
  const forms: Readonly<Record<string, string | undefined>> = {
    '2130706433': '127.0.0.1',
    '0x7f000001': '127.0.0.1',
    '0177.0.0.1': '127.0.0.1',
    '127.1': '127.0.0.1',
    '[::1]': '::1',
    'EXAMPLE.org': 'example.org',
    'münchen.example': 'xn--mnchen-3ya.example',
    'http://example.org': undefined,
    'example.org:80': undefined,
    'a b': undefined,
    '': undefined,
  };
  for (const [text, host] of Object.entries(forms)) assert.equal(normaliseHost(text), host, text);
});

test('rules are addresses, blocks or groups', () => {
  for (const rule of ['10.0.0.0/8', '::1', '1.2.3.4', 'fc00::/7', 'private', 'loopback'])
    assert.ok(isAddressRule(rule), rule);
  for (const rule of ['10.0.0.0/33', '::/129', 'example.org', '10.0.0.0/8/9', '', 'constructor', '10.0.0.0/x'])
    assert.ok(!isAddressRule(rule), rule);
});
