import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { runKind, verdictLine } from '../net/testing/context.ts';
import { serveHttp } from '../net/testing/servers.ts';
import { httpSchema } from './arguments.ts';
import { compareDecimals, decimalOf, isKept } from './decimal.ts';
import { readJson } from './exact-json.ts';
import type { JsonExpectation } from './expectations.ts';
import { httpKind } from './kind.ts';

type Wish = Omit<JsonExpectation, 'path' | 'matches'> & { readonly path?: string; readonly matches?: RegExp };

async function lineOf(text: string, { path = '$.a', ...wish }: Wish): Promise<string> {
  await using server = await serveHttp((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(text);
  });
  const input = { expect: { body: { json: [{ path, ...wish }] } } };
  return verdictLine(await runKind(httpKind, input, { target: { baseUrl: `http://127.0.0.1:${server.port}` } }));
}

const LONG = '9007199254740993';
const ROUNDED = 9_007_199_254_740_992;

const ROWS: readonly (readonly [source: string, wish: Wish, ok: boolean])[] = [
  [LONG, { equals: ROUNDED }, false],
  [LONG, { oneOf: [1, ROUNDED] }, false],
  [String(ROUNDED), { equals: ROUNDED }, true],
  ['9007199254740992.0', { equals: ROUNDED }, true],
  ['9.007199254740992E+15', { equals: ROUNDED }, true],
  ['1.0', { equals: 1 }, true],
  ['1e0', { equals: 1 }, true],
  ['10e-1', { equals: 1 }, true],
  ['100000000000000000000000', { equals: 1e23 }, true],
  ['99999999999999999999999', { equals: 1e23 }, false],
  ['0.1', { equals: 0.1 }, true],
  ['0.1000000000000000055', { equals: 0.1 }, false],
  ['0.10000000000000000000000', { equals: 0.1 }, true],
  ['-0', { equals: 0 }, true],
  ['-0.0e5', { equals: 0 }, true],
  ['1e-400', { equals: 0 }, false],
  ['1e-400', { atMost: 0 }, false],
  ['-1e-400', { atLeast: 0 }, false],
  ['1e400', { atLeast: 1e308 }, true],
  ['1e400', { atMost: 1.7976931348623157e308 }, false],
  ['-1e400', { atLeast: -1.7976931348623157e308 }, false],
  [`1e${'9'.repeat(400)}`, { atMost: 1 }, false],
  [`1e-${'9'.repeat(400)}`, { atLeast: 1 }, false],
  [LONG, { atMost: ROUNDED }, false],
  [LONG, { atLeast: 9_007_199_254_740_994 }, false],
  [LONG, { atLeast: ROUNDED }, true],
  ['5.0000000000000000001', { atMost: 5 }, false],
  [`-${LONG}`, { atLeast: -ROUNDED }, false],
  [LONG, { matches: /^9007199254740993$/ }, true],
  [LONG, { matches: /2$/ }, false],
  [`{"id":${LONG}}`, { equals: { id: ROUNDED } }, false],
  [`[1,[${LONG}]]`, { equals: [1, [ROUNDED]] }, false],
  [`[${LONG},2]`, { path: '$.a[*]', atLeast: 1 }, true],
  [`[2,${LONG}]`, { path: '$.a[-1]', equals: ROUNDED }, false],
  [`{"":${LONG}}`, { path: "$.a['']", equals: ROUNDED }, false],
  ['{"x":1,"y":[true,null,"z"]}', { equals: { y: [true, null, 'z'], x: 1.0 } }, true],
  ['{"x":1}', { equals: { x: 1, y: 2 } }, false],
  ['{"x":1,"y":2}', { equals: { x: 1 } }, false],
  ['[1]', { equals: { 0: 1 } }, false],
  ['"1"', { equals: 1 }, false],
  ['null', { equals: 0 }, false],
  ['null', { atMost: 1 }, false],
  ['"1"', { atLeast: 1 }, false],
  ['{"__proto__":1}', { equals: {} }, false],
  ['"\\ud800"', { equals: '\ud800' }, true],
  ['"\\ud800"', { equals: '\ufffd' }, false],
  ['"\u00e9"', { equals: 'e\u0301' }, false],
  ['"\\u0061"', { equals: 'a' }, true],
];

for (const [source, wish, ok] of ROWS) {
  const { matches, ...rest } = wish;
  const shown = source.length > 60 ? `${source.slice(0, 60)}…` : source;
  test(`${shown} ${ok ? 'is' : 'is not'} ${JSON.stringify(rest)}${matches ?? ''}`, async () => {
    assert.match(await lineOf(`{"a":${source}}`, wish), ok ? /^passed$/ : /^failed/);
  });
}

test('the whole body may be one number, and the failure shows what is written', async () => {
  const line = await lineOf(LONG, { path: '$', equals: ROUNDED });
  assert.equal(line, `failed: expected $ is ${ROUNDED}, got ${LONG}`);
  const nested = await lineOf(`{"a":{"id":${LONG},"n":[1e400]}}`, { equals: { id: ROUNDED } });
  assert.match(nested, new RegExp(`got {"id":${LONG},"n":\\[1e400\\]}`));
});

test('a number of a megabyte takes no longer than it is long', async () => {
  const before = process.cpuUsage();
  const line = await lineOf(`{"a":${'9'.repeat(500_000)}.${'0'.repeat(500_000)}1}`, { atLeast: 1, atMost: 5 });
  const { user, system } = process.cpuUsage(before);
  assert.match(line, /^failed: .*got 9999/);
  assert.ok(user + system < 1_000_000, `${(user + system) / 1_000} ms of CPU`);
});

test('a filter compares with nothing that JavaScript rounds', async () => {
  const items = (id: string): string => `{"a":[{"id":${id}}]}`;
  const path = `$.a[?@.id == ${ROUNDED}]`;
  assert.match(await lineOf(items(LONG), { path, exists: true }), /^inconclusive: config-invalid .*more digits/);
  assert.equal(await lineOf(items(String(ROUNDED)), { path, exists: true }), 'passed');
  assert.equal(await lineOf(items('5.00000000000000000001'), { path: '$.a[?@.id < 6]', exists: true }), 'passed');
  const refused = httpSchema.safeParse({
    expect: { body: { json: [{ path: `$.a[?@.id == ${LONG}]`, exists: true }] } },
  });
  assert.match(refused.error?.message ?? '', /compares with 9007199254740993, which JavaScript rounds/);
  const names = `$['${LONG}'][?@.x${LONG} == '${LONG}']`;
  assert.equal(httpSchema.safeParse({ expect: { body: { json: [{ path: names, exists: true }] } } }).success, true);
});

test('a filter that compares two places is believed unless their numbers round to the same', async () => {
  const pair = (x: string, y: string): string => `{"a":[{"x":${x},"y":${y}}],"n":1}`;
  const undecided = /^inconclusive: config-invalid .*so many digits/;
  for (const path of [
    '$.a[?@.x == @.y]',
    '$.a[?!(@.x != @.y)]',
    '$[?@[?value(@.x) == @.y]]',
    '$.a[?@.x <= $.a[0].y]',
  ]) {
    assert.match(await lineOf(pair(LONG, String(ROUNDED)), { path, exists: true }), undecided, path);
    assert.match(await lineOf(pair(`[${LONG}]`, `[${ROUNDED}]`), { path, exists: true }), undecided, path);
    assert.equal(await lineOf(pair(LONG, LONG), { path, exists: true }), 'passed', path);
    assert.equal(await lineOf(pair('2', '2.0'), { path, exists: true }), 'passed', path);
  }
  const other = await lineOf(pair(LONG, String(ROUNDED)), { path: '$.a[?@.x > 5 && 1 == $.n]', exists: true });
  assert.equal(other, 'passed', 'compares with numbers of its own');
  assert.equal(await lineOf(pair('1', LONG), { path: '$.a[?@.x < @.y]', exists: true }), 'passed');
});

test('what holds for one of two values under the same name is not decided', async () => {
  const twice = '{"a":"error","b":1,"c":{"x":1,"x":1},"a":"ok"}';
  assert.match(await lineOf(twice, { equals: 'ok' }), /^inconclusive: config-invalid .*has 'x', 'a' twice/);
  assert.match(await lineOf(twice, { equals: 'error' }), /^failed/);
  assert.equal(await lineOf(twice, { path: '$.b', equals: 1 }), 'passed');
  assert.equal(await lineOf(twice, { path: '$.c', equals: { x: 1 } }), 'passed');
  assert.equal(await lineOf(twice, { path: '$.a', oneOf: ['ok', 'error'] }), 'passed');
  const nested = '{"a":{"ok":false,"more":[1]},"\\u0061":{"ok":true}}';
  assert.match(await lineOf(nested, { path: '$.a.ok', equals: true }), /^inconclusive/);
  assert.match(await lineOf(`{"a":${LONG},"a":1}`, { equals: 1 }), /^inconclusive/);
  assert.match(await lineOf(`{"a":1,"a":${LONG}}`, { equals: ROUNDED }), /^failed/);
  const text = '{"a":"\\"b\\": {\\\\","b":":","c":["a","b"]}';
  assert.equal(await lineOf(text, { equals: '"b": {\\' }), 'passed');
});

test('however it is read, a body is the same but for what gets lost', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, space) => {
      const text = JSON.stringify([value, { x: 1, y: value }], null, space);
      const plain: unknown = JSON.parse(text);
      assert.deepEqual(readJson(text).last.root[''], plain);
      assert.equal(readJson(text).twice, undefined);
      // A second name makes it look closely.
      const { last, twice } = readJson(`{"k":0,"v":${text},"k":${text}}`);
      assert.deepEqual(last.root[''], { k: plain, v: plain });
      assert.deepEqual(twice?.first.root[''], { k: 0, v: plain });
    }),
  );
});

test('no number that JavaScript rounds is overlooked', () => {
  const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 25 });
  const exponent = fc.option(fc.integer({ min: -450, max: 450 }), { nil: undefined });
  fc.assert(
    fc.property(digits, fc.option(digits, { nil: undefined }), exponent, (whole, fraction, power) => {
      const bare = whole.replace(/^0+(?=\d)/, '');
      const token = `${bare}${fraction === undefined ? '' : `.${fraction}`}${power === undefined ? '' : `e${power}`}`;
      for (const text of [token, `[${token} ]`, `{"a":${token},"b":"1e5"}`])
        assert.equal(readJson(text).last.rounded.size, isKept(token) ? 0 : 1, text);
    }),
    { numRuns: 2_000 },
  );
});

test('a bigint in the configuration is refused with what does it', () => {
  const json = [{ path: '$.a', equals: 9_007_199_254_740_993n }];
  const refused = httpSchema.safeParse({ expect: { body: { json } } });
  assert.match(refused.error?.message ?? '', /matches: \/\^9007199254740993\$\//);
});

test('decimals are ordered as numbers are', () => {
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      (one, other) => {
        const [a, b] = [decimalOf(String(one)), decimalOf(String(other))];
        assert.ok(a && b && isKept(String(one)));
        assert.equal(Math.sign(compareDecimals(a, b)), Math.sign(one - other));
      },
    ),
  );
});

test('deep nesting is followed as far as anybody asks', async () => {
  const deep = `${'['.repeat(20_000)}${LONG}${']'.repeat(20_000)}`;
  assert.equal(await lineOf(`{"b":${deep},"a":1}`, { equals: 1 }), 'passed');
});
