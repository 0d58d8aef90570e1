import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { parseCsv } from './csv.ts';
import { between, pick, randomText, seededRandom } from './random.ts';
import { durationSetting, numberSetting, textSetting, urlSetting } from './settings.ts';
import { textSummary } from './summary.ts';
import { named, namedWith } from './tags.ts';
import { segment, url } from './url.ts';

describe('the random numbers of the kit', () => {
  it('are the same for the same seed, and others for others', () => {
    const draw = (seed: number) => Array.from({ length: 20 }, seededRandom(seed));
    assert.deepEqual(draw(7), draw(7));
    assert.notDeepEqual(draw(7), draw(8));
  });

  it('lie in [0, 1) and spread evenly', () => {
    const random = seededRandom(42);
    const bins = Array<number>(10).fill(0);
    for (let index = 0; index < 20_000; index += 1) {
      const value = random();
      assert.ok(value >= 0 && value < 1);
      const bin = Math.floor(value * 10);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    for (const count of bins) assert.ok(Math.abs(count - 2_000) < 200, `${bins}`);
  });

  it('pick, range and spell', () => {
    const random = seededRandom(1);
    for (let index = 0; index < 100; index += 1) {
      assert.ok(['a', 'b'].includes(pick(random, ['a', 'b'])));
      const value = between(random, 2, 3);
      assert.ok(value >= 2 && value < 3);
    }
    assert.match(randomText(random, 12), /^[a-z0-9]{12}$/);
    assert.throws(() => pick(random, []), /nothing to pick/);
  });
});

describe('parseCsv', () => {
  it('reads quotes, line breaks within them, CRLF and a byte order mark', () => {
    assert.deepEqual(parseCsv('\uFEFFname,note\r\n"a ""b""","x,\ny"\r\n\r\nc,\r\n'), [
      { name: 'a "b"', note: 'x,\ny' },
      { name: 'c', note: '' },
    ]);
    assert.deepEqual(parseCsv('a;b\n1;2', ';'), [{ a: '1', b: '2' }]);
    assert.deepEqual(parseCsv(''), []);
  });

  it('gives back whatever was written by the rules', () => {
    const cell = fc.string({ maxLength: 8, unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', 'é') });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { maxLength: 6 }), (rows) => {
        const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        const text = ['x,y', ...rows.map((row) => row.map(quote).join(','))].join('\n');
        assert.deepEqual(
          parseCsv(text),
          rows.map(([x, y]) => ({ x, y })),
        );
      }),
    );
  });

  it('says where a file is broken', () => {
    assert.throws(() => parseCsv('a,b\n1,2\n"x\ny",2\n3'), /CSV line 5 has 1 fields, the header has 2/);
    assert.throws(() => parseCsv('a\n"x'), /never closed/);
    assert.throws(() => parseCsv('a\n"x"y'), /after a closing quote/);
  });
});

describe('url', () => {
  it('joins and encodes', () => {
    assert.equal(
      url('http://x/', '/a', { q: 'é & b', page: 2, none: undefined, all: true }),
      'http://x/a?q=%C3%A9%20%26%20b&page=2&all=true',
    );
    assert.equal(url('http://x', 'a?b=1', { c: 2 }), 'http://x/a?b=1&c=2');
    assert.equal(url('http://x//', '//a'), 'http://x/a');
    assert.equal(segment('a/b?c'), 'a%2Fb%3Fc');
  });
});

describe('settings', () => {
  const environment = (values: Readonly<Record<string, string>>) => Object.assign(globalThis, { __ENV: values });
  afterEach(() => environment({}));

  it('come from the environment, or are the default', () => {
    environment({ VUS: '7', EMPTY: '', DURATION: '1m30s', B: 'https://b.example/' });
    assert.equal(numberSetting('VUS', 1), 7);
    assert.equal(numberSetting('EMPTY', 1), 1);
    assert.equal(textSetting('PLAN', 'confort'), 'confort');
    assert.equal(durationSetting('DURATION', '5m'), '1m30s');
    assert.equal(urlSetting(['A', 'B'], 'http://fallback'), 'https://b.example');
    assert.equal(urlSetting(['A'], 'http://fallback/'), 'http://fallback');
  });

  it('stop the script when they are wrong, saying what was got', () => {
    environment({ VUS: 'many', DURATION: '5 min', URL: 'localhost' });
    assert.throws(() => numberSetting('VUS', 1), /VUS is 'many'; give a number/);
    assert.throws(() => durationSetting('DURATION', '5m'), /DURATION is '5 min'/);
    assert.throws(() => urlSetting(['URL'], 'http://x'), /URL is 'localhost'/);
    environment({ VUS: '0' });
    assert.throws(() => numberSetting('VUS', 1, { least: 1, most: 9 }), /from 1 to 9/);
  });
});

describe('tags', () => {
  it('name a request and keep its headers', () => {
    assert.deepEqual(named('part', { page: 'part' }), { tags: { page: 'part', name: 'part' } });
    assert.deepEqual(namedWith('pay', { a: 'b' }), { tags: { name: 'pay' }, headers: { a: 'b' } });
  });
});

describe('textSummary', () => {
  it('puts thresholds first and every type in words', () => {
    const text = textSummary({
      state: { testRunDurationMs: 2_500 },
      metrics: {
        http_req_duration: {
          type: 'trend',
          contains: 'time',
          values: { avg: 12.345, max: 2_000, count: 3 },
          thresholds: { 'p(95)<1': { ok: false } },
        },
        checks: {
          type: 'rate',
          contains: 'default',
          values: { rate: 0.75, passes: 3, fails: 1 },
          thresholds: { 'rate>0.5': { ok: true } },
        },
        data_sent: { type: 'counter', contains: 'data', values: { count: 2_500_000, rate: 1_500 } },
        vus: { type: 'gauge', contains: 'default', values: { value: 2, min: 1, max: 3 } },
      },
    });
    assert.deepEqual(text.split('\n'), [
      '',
      'Thresholds',
      '  ok      checks: rate>0.5',
      '  CROSSED http_req_duration: p(95)<1',
      'Numbers over 2.5 s',
      '  checks             75.00 % (3 of 4)',
      '  data_sent          2.50MB (1.50kB/s)',
      '  http_req_duration  avg=12.35ms max=2.00s count=3',
      '  vus                2 (1 to 3)',
      '',
    ]);
  });
});
