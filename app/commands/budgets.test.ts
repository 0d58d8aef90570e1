import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { parseBudgets } from '../../config/budgets.ts';
import type { Budget } from '../../core/budget.ts';
import { writeLimit } from '../../core/budget-draft.ts';
import { ConfigError, EXIT, VigieError } from '../../core/errors.ts';
import { assertNames } from '../../core/testing/assert-names.ts';
import { START, sampleCheck, sampleRun } from '../../reporters/testing/sample-runs.ts';
import { realClock } from '../adapters/real-clock.ts';
import { KINDS } from '../kinds.ts';
import { importBudgets } from './budgets-import.ts';
import { proposeBudgets } from './budgets-propose.ts';
import { listen, type StoredRuns, storeRuns } from './testing/stored-runs.ts';

const budgets = z.record(z.string(), z.unknown());
const said = z.array(z.object({ from: z.string(), why: z.string() }));
const imported = z.object({
  kind: z.string(),
  format: z.string(),
  snippet: z.string(),
  budgets,
  notes: said,
  left: said,
});

/** A snippet as the configuration would read it: pasted, run, and validated for its kind. */
async function paste(snippet: string, kind: string): Promise<readonly Budget[]> {
  const { default: pasted } = await import(
    `data:text/javascript,${encodeURIComponent(`export default { ${snippet} }`)}`
  );
  const catalogue = KINDS.find((known) => known.kind === kind)?.measures ?? {};
  const parsed = parseBudgets(budgets.parse(pasted.budgets), catalogue, 'checks[0]');
  assert.deepEqual(parsed.problems, []);
  return parsed.budgets;
}

function shown(all: readonly Budget[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    all.map(({ name, warn, fail }) => [
      name,
      [warn && `warn ${writeLimit(warn)}`, fail && `fail ${writeLimit(fail)}`].filter(Boolean).join(', '),
    ]),
  );
}

describe('vigie budgets propose', () => {
  let stored: StoredRuns;
  before(async () => {
    const now = Math.floor((realClock.now() - START) / 1_000);
    const [home, news] = [sampleCheck('home'), sampleCheck('news')];
    const timed = (check: typeof home, ms: number, hoursAgo: number) =>
      sampleRun(check, { measures: [{ name: 'total', value: ms, unit: 'ms' }] }, now - hoursAgo * 3_600);
    const runs = [
      ...Array.from({ length: 30 }, (_, index) => timed(home, 100 + ((index * 7) % 10), index + 1)),
      ...Array.from({ length: 5 }, (_, index) => timed(news, 100, index + 1.5)),
    ];
    const limits = { total: { fail: '<= 5s', noWorseThan: { by: '10%' } } };
    stored = await storeRuns(
      [
        { id: 'home', kind: 'http', options: { every: '1h', budgets: limits } },
        { id: 'news', kind: 'http', options: { every: '1h' } },
      ],
      runs,
    );
  });
  after(() => stored.remove());

  async function asked(ids: readonly string[], since = '14d') {
    const terminal = listen(true);
    const exitCode = await proposeBudgets({ ids, since, config: stored.config }, terminal);
    return { exitCode, json: JSON.parse(terminal.printed[0] ?? '{}') };
  }

  it('says what it proposes, why, and what never binds', async () => {
    const { exitCode, json } = await asked([]);
    assert.equal(exitCode, EXIT.passed);
    const [home, news] = json.checks;
    assert.deepEqual([home.check, home.kind, home.runs], ['home', 'http', 30]);
    const [total] = home.proposals;
    assert.deepEqual([total.name, total.worst, total.runs], ['total', 109, 30]);
    assert.ok(total.median >= 100 && total.median < 110 && total.margin >= 5 && total.margin < 6, home.snippet);
    const most = (value: number) => ({ comparison: '<=', value, unit: 'ms' });
    assert.deepEqual(total.proposed, { warn: most(120), fail: most(130) });
    assert.deepEqual(total.current, { fail: most(5_000) });
    const [remark] = home.remarks;
    assert.deepEqual(
      [remark.type, remark.name, remark.level, remark.limit],
      ['never-binds', 'total', 'fail', most(5_000)],
    );
    assert.deepEqual([remark.runs, remark.worst], [30, 109]);
    assert.deepEqual(news, { check: 'news', kind: 'http', runs: 5, found: 5 }, 'too few');
  });

  it('prints a snippet that can be pasted, and keeps what a gate is asked', async () => {
    const { json } = await asked(['home']);
    const { snippet } = json.checks[0];
    assertNames(snippet, ["noWorseThan: { by: '10%' }"]);
    assert.deepEqual(shown(await paste(snippet, 'http')), { total: 'warn <= 120ms, fail <= 130ms' });
  });

  it('is inconclusive for a check that was named and has too few, and for none at all', async () => {
    assert.equal((await asked(['home', 'news'])).exitCode, EXIT.inconclusive);
    assert.equal((await asked(['home'], '2h')).exitCode, EXIT.inconclusive);
    assertNames((await asked(['hom'])).json.problems.join(), ["'hom'", "'home'"]);
    await assert.rejects(asked([], 'soon'), ConfigError);
  });
});

/** Whether an error is the configuration's or a file's, and names all of these. */
function naming(...names: readonly string[]): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof ConfigError, String(error));
    assertNames(error.message, names);
    return true;
  };
}

describe('vigie budgets import', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-import-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function importing(name: string, content: unknown) {
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
    const terminal = listen(true);
    const exitCode = await importBudgets(join(folder, name), terminal);
    const document = imported.parse(JSON.parse(terminal.printed[0] ?? ''));
    return {
      exitCode,
      ...document,
      taken: shown(await paste(document.snippet, document.kind)),
    };
  }

  it('takes a Lighthouse budget.json, whose kB are KiB', async () => {
    const { format, taken, notes, left } = await importing('budget.json', [
      {
        path: '/',
        timings: [
          { metric: 'interactive', budget: 5000 },
          { metric: 'largest-contentful-paint', budget: 2500 },
        ],
        resourceSizes: [
          { resourceType: 'script', budget: 150 },
          { resourceType: 'total', budget: 1000 },
        ],
        resourceCounts: [
          { resourceType: 'third-party', budget: 10 },
          { resourceType: 'total', budget: 60 },
        ],
      },
      { path: '/parts', timings: [{ metric: 'cumulative-layout-shift', budget: 0.1 }] },
      {
        path: '/blog/*',
        timings: [
          { metric: 'speed-index', budget: 4000 },
          { metric: 'first-meaningful-paint', budget: 2000 },
        ],
      },
    ]);
    assert.equal(format, 'lighthouse-budget');
    assert.deepEqual(taken, {
      tti: 'fail <= 5s',
      lcp: 'fail <= 2.5s',
      'requests.third-party': 'fail <= 10',
      requests: 'fail <= 60',
      'bytes.script': 'fail <= 150KiB',
      'bytes.total': 'fail <= 1000KiB',
      'cls {page=/parts}': 'fail <= 0.1',
    });
    assert.deepEqual(
      left.map(({ from }) => from),
      ['speed-index', 'first-meaningful-paint'],
    );
    assert.deepEqual(
      notes.map(({ from }) => from),
      ['/parts', 'budget.json'],
    );
  });

  it('takes a budget of every page for one of the whole audit, however it is written', async () => {
    for (const path of ['/', '/*', undefined]) {
      const { taken } = await importing('budget.json', [
        { path, timings: [{ metric: 'largest-contentful-paint', budget: 2500 }] },
      ]);
      assert.deepEqual(taken, { lcp: 'fail <= 2.5s' }, path);
    }
  });

  it('takes the assertions of a lighthouserc.json: levels, scores, values, aggregation; the rest is listed', async () => {
    const { format, taken, notes, left } = await importing('lighthouserc.json', {
      ci: {
        collect: {
          url: ['http://127.0.0.1:3000/', 'http://127.0.0.1:3000/parts?q=a'],
          settings: { preset: 'desktop' },
        },
        assert: {
          assertMatrix: [
            {
              matchingUrlPattern: '/parts',
              preset: 'lighthouse:no-pwa',
              aggregationMethod: 'pessimistic',
              assertions: {
                'categories:performance': ['warn', { minScore: 0.9 }],
                'resource-summary:script:size': ['error', { maxNumericValue: 150000 }],
                'server-response-time': ['error', { maxNumericValue: 600, aggregationMethod: 'median' }],
                'errors-in-console': ['error', { maxLength: 0 }],
                'uses-http2': 'off',
                'color-contrast': 'error',
                'user-timings:hero': ['error', { maxNumericValue: 100 }],
                largestContentfulPaint: ['error', { maxNumericValue: 2500 }],
              },
            },
            { matchingUrlPattern: '.*', assertions: { 'total-blocking-time': ['error', { maxNumericValue: 300 }] } },
            { matchingUrlPattern: '/nowhere', assertions: { interactive: ['error', { maxNumericValue: 1 }] } },
          ],
        },
      },
    });
    assert.equal(format, 'lighthouserc');
    const [parts, home] = ['{page=/parts?q=a, form_factor=desktop}', '{page=/, form_factor=desktop}'];
    assert.deepEqual(taken, {
      [`score.performance min ${parts}`]: 'warn >= 0.9',
      [`bytes.script max ${parts}`]: 'fail <= 150kB',
      [`audit.server-response-time ${parts}`]: 'fail <= 600ms',
      [`lcp max ${parts}`]: 'fail <= 2.5s',
      [`tbt ${home}`]: 'fail <= 300ms',
      [`tbt ${parts}`]: 'fail <= 300ms',
    });
    assert.deepEqual(left.map(({ from }) => from).toSorted(), [
      'color-contrast minScore 0.9',
      'errors-in-console maxLength 0',
      'interactive',
      'preset lighthouse:no-pwa',
      'user-timings:hero maxNumericValue 100',
      'uses-http2',
    ]);
    assert.match(
      notes.map(({ from, why }) => `${from}: ${why}`).join('\n'),
      /total-blocking-time .*: lhci takes the best run/,
    );
    assert.match(left.find(({ from }) => from === 'preset lighthouse:no-pwa')?.why ?? '', /^presets are not taken/);
  });

  it('takes thresholds of k6 options; what is no limit is listed', async () => {
    const { format, taken, notes, left } = await importing('options.json', {
      thresholds: {
        http_req_duration: ['p(95)<500', 'avg < 200', 'p(99.9)<2000', 'p(95) < 400'],
        'http_req_duration{page:home,kind:html}': ['med<=250'],
        http_req_failed: [{ threshold: 'rate<0.01', abortOnFail: true, delayAbortEval: '10s' }],
        checks: ['rate==1.0'],
        http_reqs: ['count>1000', 'rate>20'],
        vus: ['value<100'],
        errors: ['rate<0.1'],
        checkout_time: ['p(90)<1500'],
        dropped_iterations: ['count==0', 'count!=5'],
      },
    });
    assert.equal(format, 'k6');
    assert.deepEqual(taken, {
      'http_req_duration.p95': 'fail < 400ms',
      'http_req_duration.avg': 'fail < 200ms',
      'tagged.http_req_duration.med {page=home, kind=html}': 'fail <= 250ms',
      http_req_failed: 'fail < 1%',
      checks: 'fail >= 100%',
      http_reqs: 'fail > 1000',
      'http_reqs.rate': 'fail > 20/s',
      vus: 'fail < 100',
      'custom.errors': 'fail < 10%',
      'custom.checkout_time.p90': 'fail < 1500',
      dropped_iterations: 'fail <= 0',
    });
    assert.deepEqual(
      left.map(({ from }) => from),
      ['http_req_duration: p(99.9)<2000', 'dropped_iterations: count!=5'],
    );
    const noted = notes.map(({ from }) => from.split(':')[0]);
    assert.deepEqual(noted.toSorted(), [
      'checkout_time',
      'errors',
      'http_req_duration.p95 < 400ms',
      'http_req_duration{page',
      'http_req_failed',
      'vus',
    ]);
  });

  it('lets k6 itself read a script', async () => {
    const script =
      "const most = 300;\nexport const options = { thresholds: { http_req_duration: ['p(95)<' + most] } };\nexport default function () {}\n";
    assert.deepEqual((await importing('script.js', script)).taken, { 'http_req_duration.p95': 'fail < 300ms' });
    await assert.rejects(importing('broken.js', 'export default function ('), VigieError);
  });

  it('says what it knows when a file is something else, and takes nothing from one without limits', async () => {
    for (const [name, content] of [
      ['package.json', { name: 'shop' }],
      ['torn.json', '{'],
      ['notes.txt', ''],
    ] as const)
      await assert.rejects(importing(name, content), naming(name, 'budget.json', 'lighthouserc', 'k6'));
    const wrong = [{ timings: [{ metric: 'interactive', budget: 'fast' }] }];
    await assert.rejects(importing('wrong.json', wrong), naming('wrong.json', 'timings'));
    const { exitCode, taken } = await importing('none.json', { thresholds: {} });
    assert.equal(exitCode, EXIT.inconclusive);
    assert.deepEqual(taken, {});
  });
});
