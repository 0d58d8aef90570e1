// suite: waits

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadCheck } from '../../app/index.ts';
import { NO_K6 } from '../../load/fixtures/context.ts';
import { closedPort, serveHttp, type TestServer } from '../../synthetic/net/testing/servers.ts';
import { assertTold, openTrials, passesByItsEvidence, type Row, type Told, type Trials, testRows } from './trials.ts';

const FAKE_K6 = join(import.meta.dirname, '../../load/fixtures/fake-k6.mjs');
const script = (MODE: string, env: Readonly<Record<string, string>> = {}): Row['check'] =>
  loadCheck('load', { script: 'k6/vacuous.ts', env: { MODE, ...env } });

/** By mode of the script. */
const ROWS: readonly (readonly [mode: string, ends: Exclude<Row['ends'], 'config'>, told: Told])[] = [
  ['throw', 'script-exception', { says: /threw exceptions.*saw 2 script_exceptions.*boom/ }],
  ['late-throw', 'script-exception', { names: ['saw 2 script_exceptions'] }],
  ['fail', 'script-exception', { says: /no way on/ }],
  ['checks', 'no-samples', { names: ['checks rate>0.9'] }],
  ['checks-of-group', 'no-samples', { names: ['checks{group:::nowhere}'] }],
  ['trend', 'no-samples', { names: ['never p(95)<500'] }],
  ['rate', 'no-samples', { names: ['good_answers rate>0.9'] }],
  ['sub', 'no-samples', { names: ['http_req_duration{page:nowhere}'] }],
  ['sub-rate', 'no-samples', { names: ['http_req_failed{page:nowhere}'] }],
  ['scenario-gone', 'no-samples', { names: ['http_req_duration{scenario:nowhere}'] }],
  ['mistyped', 'script-invalid', { says: /'threshold'; did you mean 'thresholds'\?/ }],
  ['zero', 'evidence-missing', { lacks: 'iterations' }],
  ['broken-off', 'evidence-missing', { lacks: 'iterations' }],
  ['idle', 'evidence-missing', { lacks: 'requests' }],
  ['constant-check', 'evidence-missing', { lacks: 'requests' }],
  ['unjudged', 'no-assertion', { says: /Nothing judged what the target answered/ }],
  ['abort', 'script-exception', { says: /aborted the test.*enough seen/ }],
  ['abort-on-fail', 'failed', { names: ['http_reqs count<1'] }],
  ['mark', 'failed', { says: /does not mark the test as failed.*not good enough/ }],
  ['summary-kept', 'script-exception', { names: ['boom in handleSummary'] }],
  ['summary-crossed', 'failed', { names: ['http_reqs count>1000', 'count is 2'] }],
];

describe('a load run does not pass without load that something judged', { skip: NO_K6, concurrency: 4 }, () => {
  let site: TestServer;
  let trials: Trials;
  before(async () => {
    site = await serveHttp((_request, response) => response.end('ok'));
    trials = await openTrials({ url: `http://127.0.0.1:${site.port}` });
  });
  after(async () => {
    await trials[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
  });
  testRows(
    // What k6 lets pass without samples is a threshold of the script.
    ROWS.map(([mode, ends, told]) => ({ name: mode, check: script(mode), ends, blame: 'script', ...told })),
    () => trials,
  );
  for (const mode of ['unjudged', 'unjudged-check', 'all-expected'])
    it(`fails: nothing answers, and the script does not mind (${mode})`, async () => {
      const { how, says } = await trials.end(script(mode, { URL: `http://127.0.0.1:${await closedPort()}/` }));
      assert.equal(how, 'failed', says);
      assert.match(says, /at least one request is answered.*0 of 2.*connection refused/);
    });
  it('is no-samples: a budget on a metric that the script does not have', async () => {
    const check = loadCheck('load', { script: 'k6/vacuous.ts', budgets: { 'custom.lookup.p95': { fail: '<= 1' } } });
    const ended = await trials.end(check);
    assert.equal(ended.how, 'no-samples', ended.says);
    assertTold(ended, { unseen: 'custom.lookup.p95' });
  });
  it('passes when it has, by each item of its evidence', () => passesByItsEvidence(script('add'), trials));
});

/** Endings that a real k6 cannot be made to take, and later versions of it. */
describe('a load run does not pass on what a k6 leaves behind', { concurrency: 2 }, () => {
  let trials: Trials;
  before(async () => {
    const k6 = { found: true, path: FAKE_K6, version: '2.2.0', from: 'test' } as const;
    trials = await openTrials({ url: 'http://127.0.0.1:1', tools: { k6 } });
  });
  after(() => trials[Symbol.asyncDispose]());
  const budgets = { 'http_req_duration.p95': { fail: '<= 500ms' } } as const;
  const faked = (env: Readonly<Record<string, string>>): Row['check'] =>
    loadCheck('load', { script: 'k6/vacuous.ts', env, budgets });

  testRows(
    [
      {
        name: 'killed for memory after its thresholds',
        check: faked({ FAKE_EXIT: '137' }),
        ends: 'host-memory',
        says: /killed from outside/,
      },
      { name: 'killed by a signal', check: faked({ FAKE_SIGNAL: 'SIGKILL' }), ends: 'host-memory', says: /killed/ },
      { name: 'no summary', check: faked({ FAKE_SUMMARY: 'none' }), ends: 'tool-output', says: /wrote no summary/ },
      { name: 'half a summary', check: faked({ FAKE_SUMMARY: 'half' }), ends: 'tool-output', says: /not JSON/ },
      { name: 'another summary', check: faked({ FAKE_SUMMARY: 'shape' }), ends: 'tool-output', says: /another shape/ },
      {
        name: 'exit 0 over a crossed threshold',
        check: faked({ FAKE_CROSSED: 'yes' }),
        ends: 'tool-output',
        says: /ended with 0 but its summary reads as 1 crossed/,
      },
      {
        name: 'exit 99 over thresholds that held',
        check: faked({ FAKE_EXIT: '99' }),
        ends: 'tool-output',
        says: /ended with 99 but its summary names no crossed threshold/,
      },
      {
        name: 'the metric of a budget renamed by an upgrade',
        check: faked({ FAKE_RENAME: 'http_req_duration=http_request_time' }),
        ends: 'no-samples',
        unseen: 'http_req_duration.p95',
      },
      {
        name: 'the metric of requests renamed by an upgrade',
        check: faked({ FAKE_RENAME: 'http_reqs=http_requests' }),
        ends: 'evidence-missing',
        lacks: 'requests',
      },
      {
        name: 'the metric of iterations renamed by an upgrade',
        check: faked({ FAKE_RENAME: 'iterations=rounds' }),
        ends: 'evidence-missing',
        lacks: 'iterations',
      },
    ],
    () => trials,
  );
  it('passes on a summary that has all of it', () => passesByItsEvidence(faked({}), trials));
  it('is tool-missing without k6', async () => {
    const k6 = { found: false, looked: ['PATH'], mend: 'install k6' } as const;
    await using without = await openTrials({ url: 'http://127.0.0.1:1', tools: { k6 } });
    const ended = await without.end(faked({}));
    assert.deepEqual([ended.how, ended.blame, ended.exit], ['tool-missing', 'tool', 2]);
    assertTold(ended, { names: ['k6', 'PATH', 'install k6'] });
  });
});
