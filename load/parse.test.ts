import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { declarationOf } from '../core/measure.ts';
import { LOAD_MEASURES } from './catalogue.ts';
import { toMeasures } from './measures.ts';
import { isCrossed, type Metric, parseSummary, readSummary, type Summary } from './parse.ts';
import { judgeThresholds } from './thresholds.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-load-parse-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const TREND = { avg: 1, min: 1, med: 1, max: 1, 'p(90)': 1, 'p(95)': 2, 'p(99)': 3, count: 4 };

function summaryOf(
  metrics: Readonly<Record<string, unknown>>,
  checks: Readonly<Record<string, unknown>> = {},
): Summary {
  const result = parseSummary(JSON.stringify({ root_group: { groups: {}, checks }, metrics }));
  assert.ok(result.read);
  return result.summary;
}

function metricOf(name: string, value: unknown): Metric {
  const [metric] = summaryOf({ [name]: value }).metrics;
  assert.ok(metric);
  return metric;
}

describe('the summary of k6', () => {
  it('has its thresholds inverted: true in the export is crossed', () => {
    assert.equal(isCrossed(true), true);
    assert.equal(isCrossed(false), false);
    const { thresholds } = metricOf('http_req_duration', {
      ...TREND,
      thresholds: { 'p(95)<1': true, 'p(95)<9': false },
    });
    assert.deepEqual(thresholds, [
      { expression: 'p(95)<1', crossed: true },
      { expression: 'p(95)<9', crossed: false },
    ]);
  });

  it('tells the four types apart', () => {
    assert.equal(metricOf('a', TREND).type, 'trend');
    assert.equal(metricOf('a', { passes: 1, fails: 0, value: 1 }).type, 'rate');
    assert.equal(metricOf('a', { count: 1, rate: 2 }).type, 'counter');
    assert.equal(metricOf('a', { value: 1, min: 1, max: 1 }).type, 'gauge');
  });

  it('splits names with tags as k6 does', () => {
    const tagsOf = (name: string) => metricOf(name, TREND).tags;
    assert.equal(tagsOf('m'), undefined);
    assert.deepEqual(tagsOf('m{page:home, group:::cart::pay}'), { page: 'home', group: '::cart::pay' });
    assert.deepEqual(tagsOf('m{url:"http://x/?a=1"}'), { url: 'http://x/?a=1' });
    assert.deepEqual(tagsOf('m{empty}'), { empty: '' });
  });

  it('says nothing about a metric whose values are not numbers', () => {
    const { metrics, unreadable } = summaryOf({
      good: TREND,
      text: { ...TREND, 'p(95)': 'NaN' },
      none: { ...TREND, avg: null },
      odd: { x: 1 },
      'a b': TREND,
    });
    assert.deepEqual(
      metrics.map(({ name }) => name),
      ['good'],
    );
    assert.deepEqual(unreadable, ['a b', 'none', 'odd', 'text']);
    assert.equal(judgeThresholds(summaryOf({ none: { ...TREND, avg: null } }), {}).withoutSamples.length, 1);
  });

  it('finds checks in nested groups', () => {
    const check = (name: string) => ({ [name]: { name, path: `::${name}`, id: 'x', passes: 1, fails: 2 } });
    const root_group = {
      groups: { a: { groups: { b: { groups: {}, checks: check('deep') } }, checks: {} } },
      checks: check('top'),
    };
    const result = parseSummary(JSON.stringify({ root_group, metrics: {} }));
    assert.ok(result.read);
    assert.deepEqual(
      result.summary.checks.map(({ name }) => name),
      ['top', 'deep'],
    );
  });

  it('never throws and never reads what is no summary, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const result = parseSummary(text);
        assert.ok(result.read || result.problem.length > 0);
      }),
    );
    for (const text of ['', 'null', '[]', '{}', '{"metrics":null}', '{"metrics":{"a":{"thresholds":{"x":"yes"}}}}'])
      assert.equal(parseSummary(text).read, false, text);
  });

  it('leaves prototypes alone', () => {
    parseSummary('{"root_group":{},"metrics":{"__proto__":{"value":1,"min":1,"max":1}}}');
    assert.equal(Object.hasOwn(Object.prototype, 'value'), false);
  });

  it('is not read when it is missing or too large; the beginning is kept', async () => {
    assert.deepEqual(await readSummary(join(folder, 'absent.json')), {
      read: false,
      why: 'missing',
      problem: 'k6 wrote no summary',
    });
    const file = join(folder, 'large.json');
    writeFileSync(file, '{"begin":1');
    truncateSync(file, 16 * 1024 * 1024 + 1);
    const result = await readSummary(file);
    assert.ok(!result.read && result.why === 'broken' && result.head?.startsWith('{"begin":1'));
    assert.match(result.problem, /16777217 bytes; at most 16777216/);
    assert.equal(result.head?.length, 65_536);
  });
});

describe('measures of a summary', () => {
  it('have declared names and units', () => {
    const summary = summaryOf(
      {
        http_req_duration: TREND,
        'http_req_duration{page:home}': TREND,
        data_received: { count: 5, rate: 1 },
        checks: { passes: 3, fails: 1, value: 0.75 },
        vus: { value: 1, min: 1, max: 9 },
        checkout_time: TREND,
        browser_web_vital_cls: TREND,
      },
      { 'is 200': { name: 'is 200', passes: 3, fails: 1 } },
    );
    const measures = toMeasures(summary, { checkout_time: 'ms' });
    for (const { name, unit } of measures) {
      const declared = declarationOf(LOAD_MEASURES, name);
      assert.ok(declared?.unit === unit || declared?.unit === 'any', `${name} in ${unit}, declared ${declared?.unit}`);
    }
    const find = (name: string) => measures.find((measure) => measure.name === name);
    assert.deepEqual(find('http_req_duration.p99'), {
      name: 'http_req_duration.p99',
      value: 3,
      unit: 'ms',
      samples: 4,
    });
    assert.deepEqual(find('tagged.http_req_duration.p95'), {
      name: 'tagged.http_req_duration.p95',
      value: 2,
      unit: 'ms',
      samples: 4,
      labels: { page: 'home' },
    });
    assert.deepEqual(find('custom.checkout_time.med'), {
      name: 'custom.checkout_time.med',
      value: 1,
      unit: 'ms',
      samples: 4,
    });
    assert.deepEqual(find('data_received.rate'), {
      name: 'data_received.rate',
      value: 1,
      unit: 'per_second',
      samples: 1,
    });
    assert.deepEqual(find('check'), {
      name: 'check',
      value: 0.75,
      unit: 'ratio',
      samples: 4,
      labels: { check: 'is 200' },
    });
    assert.equal(find('vus')?.value, 9);
    assert.equal(find('dropped_iterations')?.value, 0);
  });

  it('take a check that stands in several groups for one, as k6 does: a median over the groups would hide the one that fails', () => {
    const group = (passes: number, fails: number) => ({
      groups: {},
      checks: { 'is 200': { name: 'is 200', passes, fails } },
    });
    const summary = parseSummary(
      JSON.stringify({
        metrics: {},
        root_group: { groups: { a: group(10, 0), b: group(0, 10), c: group(20, 0) }, checks: {} },
      }),
    );
    assert.ok(summary.read);
    assert.deepEqual(
      toMeasures(summary.summary, {}).filter(({ name }) => name === 'check'),
      [{ name: 'check', value: 0.75, unit: 'ratio', samples: 40, labels: { check: 'is 200' } }],
    );
  });

  it('leave out what has no samples instead of calling it 0', () => {
    const empty = Object.fromEntries(Object.keys(TREND).map((key) => [key, 0]));
    const summary = summaryOf({
      never: empty,
      unset: { value: 0, min: 0, max: 0 },
      none: { passes: 0, fails: 0, value: 0 },
      orders: { count: 0, rate: 0 },
    });
    assert.deepEqual(
      toMeasures(summary, {}).map(({ name }) => name),
      ['custom.orders', 'custom.orders.rate', 'dropped_iterations', 'dropped_iterations.rate'],
    );
  });

  it('are all there, however many: a budget may stand on the last of them', () => {
    const many = Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`m${index}`, TREND]));
    assert.equal(toMeasures(summaryOf(many), {}).length, 400 * 7 + 2);
    const long = 'x'.repeat(300);
    const [value] = toMeasures(summaryOf({ [`m{page:${long}}`]: TREND }), {});
    assert.deepEqual(value?.labels, { page: long });
  });
});

describe('checks', () => {
  const named = (name: string, passes: number, fails: number) => ({ [name]: { name, passes, fails } });
  const nested = (depth: number, checks: object): object =>
    depth === 0 ? { groups: {}, checks } : { groups: { inner: nested(depth - 1, checks) }, checks: {} };

  it('are read to the last one and in the deepest group', () => {
    const many = Object.assign({}, ...Array.from({ length: 500 }, (_, index) => named(`check ${index}`, 1, 0)));
    assert.equal(summaryOf({}, many).checks.length, 500);
    const deep = parseSummary(JSON.stringify({ root_group: nested(500, named('deep', 0, 7)), metrics: {} }));
    assert.deepEqual(deep.read && deep.summary.checks, [{ name: 'deep', passes: 0, fails: 7 }]);
  });

  it('of another shape make the summary unreadable: what is not read is not judged', () => {
    const roots: readonly unknown[] = [
      { groups: {}, checks: [] },
      nested(2, { odd: { name: 'odd' } }),
      null,
      undefined,
    ];
    for (const root_group of roots) {
      const result = parseSummary(JSON.stringify({ root_group, metrics: {} }));
      assert.equal(!result.read && result.why, 'broken', JSON.stringify(root_group));
    }
  });
});

describe('thresholds', () => {
  const actualOf = (name: string, value: object, expression: string, crossed = false) =>
    judgeThresholds(summaryOf({ [name]: { ...value, thresholds: { [expression]: crossed } } }), {}).assertions[0]
      ?.actual;

  it('say the value they were judged by, in its unit', () => {
    assert.equal(actualOf('http_req_duration', TREND, 'p(95)<500'), 'p(95) is 2 ms over 4 samples');
    assert.equal(actualOf('http_req_duration', TREND, ' p( 99 ) < 500'), 'p(99) is 3 ms over 4 samples');
    assert.equal(
      actualOf('http_req_failed', { passes: 1, fails: 3, value: 0.25 }, 'rate<0.1', true),
      'rate is 25 % over 4 samples',
    );
    assert.equal(actualOf('http_reqs', { count: 7, rate: 3 }, 'rate>20', true), 'rate is 3/s');
    assert.equal(actualOf('data_sent', { count: 7_000, rate: 3 }, 'count<9'), 'count is 7 kB');
    assert.equal(actualOf('http_req_duration', TREND, 'p(99.9)<500', true), 'crossed over 4 samples');
  });

  it('name the checks that failed', () => {
    const checks = { a: { name: 'is 200', passes: 1, fails: 2 }, b: { name: 'has body', passes: 3, fails: 0 } };
    const summary = summaryOf(
      { checks: { passes: 4, fails: 2, value: 0.66, thresholds: { 'rate>0.9': true } } },
      checks,
    );
    assert.match(judgeThresholds(summary, {}).assertions[0]?.actual ?? '', /over 6 samples; failing: 'is 200' 2 of 3$/);
  });

  it('without samples are not assertions; a counter at 0 is a fact', () => {
    const held = { thresholds: { 'x<1': false } };
    const summary = summaryOf({
      rate_metric: { passes: 0, fails: 0, value: 0, ...held },
      gauge_metric: { value: 0, min: 0, max: 0, ...held },
      counter_metric: { count: 0, rate: 0, ...held },
    });
    const judged = judgeThresholds(summary, {});
    assert.deepEqual(judged.withoutSamples, ['gauge_metric x<1', 'rate_metric x<1']);
    assert.deepEqual(
      judged.assertions.map(({ expected }) => expected),
      ['k6 threshold counter_metric x<1'],
    );
  });
});
