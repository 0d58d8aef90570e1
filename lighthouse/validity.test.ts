import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AUDIT_MEASURES, measuresOf } from './measures.ts';
import { medianRun } from './median-run.ts';
import { measuresOfPage } from './observe.ts';
import { auditOptions, CATEGORIES, leastValidRuns } from './options.ts';
import { isUnreadable, parseReport } from './parse.ts';
import { recorded, withChanges } from './testing/reports.ts';
import { invalidity, isSamePage } from './validity.ts';

const EXPECTED = { finalUrl: 'http://127.0.0.1:3000/', formFactor: 'mobile', categories: CATEGORIES };

describe('the page that was audited', () => {
  const same: readonly (readonly [string, string])[] = [
    ['http://a/parts', 'http://a/parts/'],
    ['http://a/parts#top', 'http://a/parts'],
    ['http://a:80/', 'http://a'],
    ['http://a/s?q=1&page=1', 'http://a/s?q=1'],
  ];
  const other: readonly (readonly [string, string])[] = [
    ['http://a/login', 'http://a/parts'],
    ['https://a/parts', 'http://a/parts'],
    ['http://b/parts', 'http://a/parts'],
    ['http://a/s', 'http://a/s?q=1'],
    ['chrome-error://chromewebdata/', 'http://a/'],
  ];
  for (const [actual, expected] of same) it(`${actual} is ${expected}`, () => assert.ok(isSamePage(actual, expected)));
  for (const [actual, expected] of other)
    it(`${actual} is not ${expected}`, () => assert.ok(!isSamePage(actual, expected)));
});

describe('an audit counts', () => {
  for (const version of ['12.6.1', '13.5.0'] as const)
    it(`as recorded from ${version}`, () => assert.equal(invalidity(recorded(version), EXPECTED), undefined));

  it('only without a runtime error', () => {
    const report = { ...recorded(), runtimeError: { code: 'NO_FCP', message: 'nothing painted' } };
    assert.match(invalidity(report, EXPECTED)?.why ?? '', /NO_FCP: nothing painted/);
  });

  it('only on the page asked for, also when the page changed its own address', () => {
    const moved = { ...recorded(), finalDisplayedUrl: 'http://127.0.0.1:3000/login' };
    assert.equal(invalidity(moved, EXPECTED)?.code, 'wrong-page');
  });

  it('only with a 2xx main document', () => {
    const items = [{ url: 'http://127.0.0.1:3000/', statusCode: 404, resourceType: 'Document' }];
    const report = withChanges({ audits: { 'network-requests': { details: { items } } } });
    assert.match(invalidity(report, EXPECTED)?.why ?? '', /answered 404/);
  });

  it('only with a score for every category asked', () => {
    assert.match(invalidity(withChanges({ categories: { seo: null } }), EXPECTED)?.why ?? '', /no score for seo/);
    assert.match(invalidity(recorded(), { ...EXPECTED, categories: ['pwa'] })?.why ?? '', /no score for pwa/);
  });

  it('only with a value for the paints', () => {
    const report = withChanges({ audits: { 'largest-contentful-paint': { scoreDisplayMode: 'error', score: null } } });
    assert.match(invalidity(report, EXPECTED)?.why ?? '', /no value for largest-contentful-paint/);
  });
});

describe('a result that cannot be read', () => {
  const garbage: readonly (readonly [string, string, RegExp])[] = [
    ['is empty', '', /not JSON/],
    ['is half', '{"lighthouseVersion":"13', /not JSON/],
    ['holds NaN', '{"a": NaN}', /not JSON/],
    ['is something else', '[1]', /not a Lighthouse result/],
    ['lacks the audits', JSON.stringify({ ...recorded(), audits: undefined }), /audits/],
    [
      'has text for a number',
      JSON.stringify(withChanges({})).replace('"numericValue":1728', '"numericValue":"1728"'),
      /numericValue/,
    ],
  ];
  for (const [name, text, problem] of garbage) {
    it(`because it ${name}`, () => {
      const parsed = parseReport(text);
      assert.ok(isUnreadable(parsed));
      assert.match(parsed.problem, problem);
    });
  }
});

describe('measures', () => {
  const measures = measuresOf(recorded(), { page: '/' });
  const find = (name: string) => measures.find((measure) => measure.name === name);

  it('have the units of the catalogue and of Lighthouse', () => {
    assert.deepEqual([find('lcp')?.unit, find('cls')?.unit, find('bytes.script')?.unit], ['ms', 'score', 'bytes']);
    assert.deepEqual([find('audit.bootup-time')?.unit, find('audit.total-byte-weight')?.unit], ['ms', 'bytes']);
    assert.deepEqual([find('audit.dom-size-insight')?.unit, find('requests')?.unit], ['count', 'count']);
    assert.equal(find('bytes.script')?.value, 215);
    assert.equal(find('ttfb')?.value, 453);
    assert.deepEqual([find('lcp.observed')?.value, find('fcp.observed')?.value], [95, 95]);
  });

  it('are all in the catalogue', () => {
    const families = Object.keys(AUDIT_MEASURES).map((key) => key.replace('*', ''));
    assert.deepEqual(
      measures.filter(({ name }) => !families.some((family) => name.startsWith(family))),
      [],
    );
  });

  it('are absent, not 0, when Lighthouse could not compute them', () => {
    const broken = withChanges({
      audits: { 'speed-index': { scoreDisplayMode: 'error', numericValue: 0 } },
      categories: { seo: null },
    });
    const names = measuresOf(broken, {}).map(({ name }) => name);
    assert.ok(!names.includes('si') && !names.includes('score.seo') && !names.includes('audit.speed-index'));
  });
});

describe('measures of a page', () => {
  const page = { path: '/', url: 'http://127.0.0.1:3000/', finalUrl: 'http://127.0.0.1:3000/' };
  const seen = { name: '/ mobile', labels: { page: '/' }, wrong: [], rejected: [], isEnough: true };
  const without = withChanges({ audits: { interactive: { scoreDisplayMode: 'error', score: null } } });
  const counted = (valid: Parameters<typeof medianRun>[0]): readonly number[] => {
    const result = { page, formFactor: 'mobile' as const, reports: [] };
    const names = measuresOfPage({ ...seen, result, valid }, { leastValid: 2 }).map(({ name }) => name);
    return ['tti', 'lcp'].map((wanted) => names.filter((name) => name === wanted).length);
  };

  it('are judged when as many audits have them as must be valid, not on the one that has', () => {
    assert.deepEqual(counted([recorded(), recorded(), without]), [2, 3]);
    assert.deepEqual(counted([recorded(), without, without]), [0, 3]);
  });
});

describe('the median run', () => {
  const run = (fcp: number, interactive: number) =>
    withChanges({
      audits: { 'first-contentful-paint': { numericValue: fcp }, interactive: { numericValue: interactive } },
    });

  it('is the one nearest to the medians of FCP and TTI', () => {
    const runs = [run(100, 900), run(500, 510), run(480, 1000)];
    assert.equal(medianRun(runs), runs[2]);
  });

  it('is the earlier interactive among equals, and the first without these metrics', () => {
    const runs = [run(100, 200), run(100, 100)];
    assert.equal(medianRun(runs), runs[1]);
    const bare = [
      { ...recorded(), audits: {} },
      { ...recorded(), audits: {} },
    ];
    assert.equal(medianRun(bare), bare[0]);
    assert.equal(medianRun([]), undefined);
  });
});

describe('options', () => {
  it('need more than half of the audits to be valid unless told otherwise', () => {
    const least = [1, 2, 3, 4, 5].map((runs) => leastValidRuns({}, runs));
    assert.deepEqual(least, [1, 2, 2, 3, 3]);
    assert.equal(leastValidRuns({ validRuns: 4 }, 5), 4);
  });

  const bad: readonly (readonly [string, unknown])[] = [
    ['a page that is a URL', { pages: ['http://a/'] }],
    ['a page on another host', { pages: ['//evil.example/'] }],
    ['a page with a fragment', { pages: ['/a#b'] }],
    ['no page', { pages: [] }],
    ['a page twice', { pages: ['/', '/'] }],
    ['no runs', { runs: 0 }],
    ['half a run', { runs: 1.5 }],
    ['more valid audits than audits', { runs: 2, validRuns: 3 }],
    ['assertions on what is not audited', { formFactors: ['mobile'], assertOn: ['desktop'] }],
    ['a header with a line break in its name', { headers: { 'a\r\nb': 'c' } }],
    ['an unknown key', { page: '/' }],
    ['an unknown category', { categories: ['agentic-browsing'] }],
  ];
  for (const [name, input] of bad) it(`refuse ${name}`, () => assert.ok(!auditOptions.safeParse(input).success));
});
