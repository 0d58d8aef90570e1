import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { rulesOf } from './assertion-rules.ts';
import { type AssertionOutcome, describeDifference, evaluateRules, toAssertion } from './assertions.ts';
import type { Report } from './parse.ts';
import { assertions } from './rc-sections.ts';
import { type Changes, recorded, withChanges } from './testing/reports.ts';

function evaluate(written: Readonly<Record<string, unknown>>, runs: readonly Report[]): readonly AssertionOutcome[] {
  return evaluateRules(rulesOf(assertions.parse(written), undefined), runs);
}

/** `held 5`, `broken 5` or why nothing could be said. */
function tell(written: Readonly<Record<string, unknown>>, runs: readonly Report[]): string {
  const outcomes = evaluate(written, runs);
  return outcomes.map((one) => ('held' in one ? `${one.held ? 'held' : 'broken'} ${one.value}` : one.why)).join('; ');
}

function runsWith(...changes: readonly Changes[]): readonly Report[] {
  return changes.map((change) => withChanges(change));
}

const lcp = (numericValue: number): Changes => ({ audits: { 'largest-contentful-paint': { numericValue } } });
const performance = (score: number | null): Changes => ({ categories: { performance: score } });

describe('aggregation over the runs', () => {
  const runs = runsWith(lcp(1000), lcp(2000), lcp(4000));
  const limit = (aggregationMethod?: string): Readonly<Record<string, unknown>> => ({
    'largest-contentful-paint': [
      'error',
      { maxNumericValue: 1500, ...(aggregationMethod ? { aggregationMethod } : {}) },
    ],
  });

  it('is the median where none is named, and says that lhci assert would take the best', () => {
    assert.equal(tell(limit(), runs), 'broken 2000');
    const [outcome] = evaluate(limit(), runs);
    assert.ok(outcome !== undefined && 'held' in outcome);
    assert.match(describeDifference(outcome, '/ mobile') ?? '', /broken here, lhci assert passes it .*best run/);
  });

  it('is what the file names', () => {
    assert.equal(tell(limit('optimistic'), runs), 'held 1000');
    assert.equal(tell(limit('pessimistic'), runs), 'broken 4000');
    assert.equal(tell(limit('median'), runs), 'broken 2000');
  });

  it('by median-run takes the run nearest to the median of FCP and TTI', () => {
    const moments = (fcp: number, largest: number): Changes => ({
      audits: {
        'first-contentful-paint': { numericValue: fcp },
        interactive: { numericValue: fcp },
        'largest-contentful-paint': { numericValue: largest },
      },
    });
    assert.equal(
      tell(limit('median-run'), runsWith(moments(900, 1), moments(500, 2222), moments(100, 3))),
      'broken 2222',
    );
  });

  it('by median-run of a category is the score of that run, not the best as in lhci assert', () => {
    const written = { 'categories:performance': ['error', { minScore: 0.6, aggregationMethod: 'median-run' }] };
    const runs = [0.57, 0.69, 0.68].map((score) => withChanges(performance(score)));
    const [outcome] = evaluate(written, runs);
    assert.ok(outcome !== undefined && 'held' in outcome);
    assert.equal(outcome.value, 0.57);
    assert.match(describeDifference(outcome, '/ mobile') ?? '', /lhci assert passes it .*takes another run/);
  });
});

describe('what can be asserted', () => {
  it('is scores, numbers and lengths of audits', () => {
    const run = withChanges({ audits: { 'errors-in-console': { details: { items: [{}, {}] }, score: 0 } } });
    assert.equal(tell({ 'errors-in-console': ['error', { maxLength: 1 }] }, [run]), 'broken 2');
    assert.equal(tell({ 'errors-in-console': ['error', { minScore: 1 }] }, [run]), 'broken 0');
    assert.equal(tell({ 'total-byte-weight': ['error', { maxNumericValue: 2000 }] }, [run]), 'held 1728');
  });

  it('is a score of at least 0.9 when only a level is given', () => {
    assert.equal(tell({ 'categories:seo': 'error' }, runsWith({ categories: { seo: 0.89 } })), 'broken 0.89');
    assert.equal(tell({ 'categories:seo': ['error', {}] }, runsWith({ categories: { seo: 0.9 } })), 'held 0.9');
  });

  it('is bytes and requests by resource type', () => {
    assert.equal(
      tell({ 'resource-summary:script:size': ['error', { maxNumericValue: 200 }] }, [recorded()]),
      'broken 215',
    );
    assert.equal(tell({ 'resource-summary.total.count': ['error', { maxNumericValue: 4 }] }, [recorded()]), 'held 4');
    assert.equal(
      tell({ 'resource-summary:third-party:count': ['error', { maxNumericValue: 0 }] }, [recorded()]),
      'held 0',
    );
  });

  it('is user timings, measures by duration and marks by start', () => {
    assert.match(tell({ 'user-timings:boot': ['error', { maxNumericValue: 1 }] }, [recorded()]), /^held 0\.2/);
    assert.match(tell({ 'user-timings:ready': ['error', { maxNumericValue: 1 }] }, [recorded()]), /^broken 98/);
  });

  it('is off when it says off', () => {
    assert.deepEqual(evaluate({ 'largest-contentful-paint': 'off' }, [recorded()]), []);
  });

  it('may be written in camelCase, which lhci assert would ignore', () => {
    const [outcome] = evaluate({ largestContentfulPaint: ['warn', { maxNumericValue: 1 }] }, [recorded()]);
    assert.ok(outcome !== undefined && 'held' in outcome && !outcome.held);
    assert.match(describeDifference(outcome, '/') ?? '', /lhci assert ignores it \(it ignores keys in camelCase\)/);
    assert.equal(toAssertion(outcome, '/').level, 'warn');
  });

  it('counts an audit that does not apply as perfect and an informative one as nothing', () => {
    const mode = (scoreDisplayMode: string): Changes => ({
      audits: { 'user-timings': { scoreDisplayMode, score: null } },
    });
    assert.equal(tell({ 'user-timings': 'error' }, runsWith(mode('notApplicable'))), 'held 1');
    assert.equal(tell({ 'user-timings': 'error' }, runsWith(mode('informative'))), 'broken 0');
  });
});

describe('what cannot be decided is never silently green', () => {
  const cases: readonly (readonly [string, Readonly<Record<string, unknown>>, RegExp])[] = [
    [
      'a mistyped audit',
      { 'largest-contentfull-paint': 'error' },
      /no audit .*did you mean 'largest-contentful-paint'/,
    ],
    [
      'a removed audit',
      { 'render-blocking-resources': 'error' },
      /13\.5\.0 no longer has.*assert 'render-blocking-insight'/,
    ],
    ['a removed audit without successor', { 'font-size': 'error' }, /remove the assertion/],
    ['an unknown category', { 'categories:performence': 'error' }, /not audited – did you mean 'performance'/],
    [
      'a number of an audit without one',
      { 'is-on-https': ['error', { maxNumericValue: 1 }] },
      /nothing that maxNumericValue/,
    ],
    ['an unknown resource type', { 'resource-summary:scripts:size': 'error' }, /did you mean 'script'/],
    ['half a resource key', { 'resource-summary:script': 'error' }, /must end in ':size' or ':count'/],
    ['a part of an audit that has none', { 'speed-index:total': 'error' }, /has no parts/],
    [
      'a user timing that was not set',
      { 'user-timings:reddy': 'error' },
      /set no user timing 'reddy' – did you mean 'ready'/,
    ],
  ];
  for (const [name, written, why] of cases) {
    it(name, () => assert.match(tell(written, [recorded()]), why));
  }

  it('an audit that crashed inside Lighthouse, although its list is empty', () => {
    const crashed = { scoreDisplayMode: 'error', score: null, errorMessage: 'boom', details: { items: [] } };
    const outcomes = evaluate(
      { 'errors-in-console': ['error', { maxLength: 0 }] },
      runsWith({ audits: { 'errors-in-console': crashed } }),
    );
    assert.ok(outcomes[0] !== undefined && 'missing' in outcomes[0] && outcomes[0].missing === 'unmeasured');
  });

  it('the worst of the runs while one of them is missing', () => {
    const written = { 'categories:performance': ['error', { minScore: 0.1, aggregationMethod: 'pessimistic' }] };
    assert.match(tell(written, runsWith(performance(1), performance(1), performance(null))), /no score/);
  });

  it('a list of no runs', () => assert.match(tell({ 'speed-index': 'error' }, []), /no valid run/));
});

it('knows which run lhci assert takes as the median one of an even number', () => {
  const both = (moment: number, numericValue: number): Report =>
    withChanges({
      audits: {
        'first-contentful-paint': { numericValue: moment },
        interactive: { numericValue: moment },
        'largest-contentful-paint': { numericValue },
      },
    });
  const written = { 'largest-contentful-paint': ['error', { maxNumericValue: 5, aggregationMethod: 'median-run' }] };
  const runs = [both(100, 1), both(200, 9)];
  const [ours] = evaluate(written, runs);
  assert.ok(ours !== undefined && 'held' in ours);
  assert.deepEqual([ours.held, ours.lhci], [true, 'fails']);
  assert.deepEqual(askRealLhci(written, runs), false);
});

it('predicts lhci assert, asked with the same runs', () => {
  const value = fc.integer({ min: 1, max: 9 });
  const method = fc.constantFrom(undefined, 'median', 'optimistic', 'pessimistic', 'median-run');
  const run = fc.record({ lcp: value, fcp: value, tti: value, score: value });
  const drawn = fc.tuple(fc.array(run, { minLength: 1, maxLength: 5 }), value, method, fc.boolean());
  fc.assert(
    fc.property(drawn, ([values, bound, aggregationMethod, isCategory]) => {
      // Ties between runs at the same distance are broken by position there and by interactive here.
      fc.pre(aggregationMethod !== 'median-run' || new Set(values.map((one) => one.lcp)).size === 1 || isCategory);
      const runs = values.map(drawnRun);
      const limit = isCategory ? { minScore: bound / 10 } : { maxNumericValue: bound };
      const key = isCategory ? 'categories:performance' : 'largest-contentful-paint';
      const named = aggregationMethod === undefined ? {} : { aggregationMethod };
      const written = { [key]: ['error', { ...limit, ...named }] };
      const [ours] = evaluate(written, runs);
      assert.ok(ours !== undefined && 'lhci' in ours);
      assert.equal(ours.lhci === 'passes', askRealLhci(written, runs));
    }),
  );
});

type Drawn = Readonly<Record<'lcp' | 'fcp' | 'tti' | 'score', number>>;

function drawnRun({ lcp: largest, fcp, tti, score }: Drawn): Report {
  return withChanges({
    categories: { performance: score / 10 },
    audits: {
      'largest-contentful-paint': { numericValue: largest },
      'first-contentful-paint': { numericValue: fcp },
      interactive: { numericValue: tti },
    },
  });
}

const lhciModule = z.object({ getAllAssertionResults: z.custom<(options: unknown, lhrs: unknown) => unknown>() });
const lhciResults = z.array(z.object({ passed: z.boolean() }));

/** Whether the installed `lhci assert` passes one assertion over the runs. */
function askRealLhci(written: Readonly<Record<string, unknown>>, runs: readonly Report[]): boolean {
  const cli = createRequire(createRequire(import.meta.url).resolve('@lhci/cli/package.json'));
  const { getAllAssertionResults } = lhciModule.parse(cli('@lhci/utils/src/assertions.js'));
  const [result] = lhciResults.parse(
    getAllAssertionResults({ assertions: written, includePassedAssertions: true }, runs),
  );
  return result?.passed ?? false;
}
