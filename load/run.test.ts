// suite: waits

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Fault, fault } from '../core/fault.ts';
import { judge } from '../core/judge.ts';
import type { RunContext } from '../core/kind.ts';
import { declarationOf } from '../core/measure.ts';
import type { Observation } from '../core/observation.ts';
import type { Verdict } from '../core/run.ts';
import { blindMachine, NO_K6, REAL_K6, SECRET_VALUE, targetAt, testContext, toolsWith } from './fixtures/context.ts';
import { loadKind } from './kind.ts';
import { type LoadInput, loadSchema } from './options.ts';
import { type Machine, runLoad } from './run.ts';

let server: Server;
let url = '';
/** By test: each has a path of its own, because tests run side by side. */
const requests = new Map<string, string[]>();
let tests = 0;

before(async () => {
  server = createServer((request, response) => {
    const [, test = '', rest] = (request.url ?? '').split('/');
    requests.set(test, [...(requests.get(test) ?? []), request.headers['user-agent'] ?? '']);
    response.statusCode = rest === 'broken' ? 503 : 200;
    if (rest === 'slow') setTimeout(() => response.end(), 320);
    else response.end('{"ok":true}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => server.close());

type Given = { readonly machine?: Machine; readonly context?: Partial<RunContext> & { readonly timeoutMs?: number } };

async function load(input: LoadInput, { machine = blindMachine, context = {} }: Given = {}) {
  tests += 1;
  const own = `test-${tests}`;
  const given = testContext({ target: targetAt(`${url}/${own}`), tools: toolsWith(REAL_K6 ?? ''), ...context });
  const options = loadSchema.parse({ allow: ['127.0.0.1'], ...input });
  const observation = await runLoad(options, given, machine);
  return { observation, context: given, verdict: verdictOf(observation, input), agents: requests.get(own) ?? [] };
}

function verdictOf(observation: Observation, input: LoadInput): Verdict {
  return judge(observation, { budgets: [], evidence: loadKind.evidence(loadSchema.parse(input)) }).verdict;
}

const mode = (MODE: string, more: Readonly<Record<string, string>> = {}): LoadInput => ({
  script: 'modes.ts',
  env: { MODE, ...more },
});

function faultOf(verdict: Verdict): Fault {
  assert.equal(verdict.status, 'inconclusive');
  return verdict.fault;
}

function measured({ measures }: Observation, name: string): number | undefined {
  return measures.find((measure) => measure.name === name)?.value;
}

describe('a load run with the real k6', { skip: NO_K6, concurrency: 4 }, () => {
  it('reads the summary of k6 and never a file that the script writes', async () => {
    const { observation } = await load(mode('slow-summary'));
    assert.equal(observation.fault, undefined);
    const slowest = measured(observation, 'http_req_duration.max') ?? 0;
    assert.ok(slowest >= 300, `${slowest} ms`);
  });

  it('passes on a healthy target, with measures under their catalogued names and units', async () => {
    const { observation, verdict, context, agents } = await load({
      script: 'healthy.ts',
      units: { lookup_time: 'ms' },
    });
    assert.deepEqual(verdict, { status: 'passed' });
    for (const { name, unit } of observation.measures) {
      const declared = declarationOf(loadKind.measures, name)?.unit;
      assert.ok(declared === 'any' || declared === unit, `${name} in ${unit} is declared as ${declared}`);
    }
    assert.equal(measured(observation, 'custom.lookup_time.p95'), 12);
    assert.equal(measured(observation, 'checks'), 0.5);
    assert.equal(measured(observation, 'http_req_failed'), 0);
    assert.equal(measured(observation, 'dropped_iterations'), 0);
    assert.equal(measured(observation, 'http_reqs'), agents.length);
    const tagged = observation.measures.find(
      ({ name, labels }) => name === 'tagged.http_req_duration.p90' && labels?.page === 'home',
    );
    assert.equal(tagged?.samples, agents.length);
    assert.equal(observation.assertions.filter(({ expected }) => expected.startsWith('k6 threshold')).length, 6);
    assert.deepEqual(observation.tools, { k6: '2.2.0' });
    assert.deepEqual(
      observation.artefacts.map(({ file }) => file),
      ['k6-summary.json', 'k6-output.txt'],
    );
    assert.match(readFileSync(join(context.folder, 'k6-output.txt'), 'utf8'), /TOTAL RESULTS/);
    assert.match(agents[0] ?? '', /Vigie/);
  });

  it('tells progress while k6 runs', async () => {
    const { context } = await load({ script: 'healthy.ts' });
    assert.ok(context.told.length >= 2);
    // The first line of a run on a busy machine may come a second late.
    assert.match(context.told[0]?.text ?? '', /^\d\d\.\ds, 2\/2 VUs, \d+ iterations$/);
    assert.ok(context.told.some(({ done }) => done !== undefined && done > 0.3 && done <= 1));
  });

  it('fails on a crossed threshold, saying by how much, and only on that one', async () => {
    const { verdict } = await load({ script: 'healthy.ts', env: { AVG: '0.000001' } });
    assert.equal(verdict.status, 'failed');
    assert.equal(verdict.breaches.length, 1);
    const [breach] = verdict.breaches;
    assert.ok(breach.kind === 'assertion');
    assert.equal(breach.expected, 'k6 threshold http_req_duration avg<0.000001');
    assert.match(breach.actual, /^avg is [\d.]+ ms over \d+ samples$/);
  });

  it("keeps the script's own tags when the run has tags", async () => {
    const { verdict } = await load({ script: 'healthy.ts', runTags: { release: '1' } });
    assert.deepEqual(verdict, { status: 'passed' });
  });

  it('passes where handleSummary returns a file for a folder that stands beside the script alone', async () => {
    const { verdict, observation } = await load(mode('summary-folder'));
    assert.deepEqual(verdict, { status: 'passed' });
    assert.match(observation.facts.k6Errors ?? '', /results\/summary\.json/);
  });

  const exceptions = ['throw', 'fail', 'reject', 'summary', 'summary-file'];
  for (const name of exceptions) {
    it(`does not pass when the script fails by '${name}' although k6 ends with 0`, async () => {
      const { code, message } = faultOf((await load(mode(name))).verdict);
      assert.equal(code, 'script-exception');
      assert.match(message, /boom|no way on|\/nonexistent\/summary\.txt/);
    });
  }

  const broken = {
    init: ['script-invalid', /boom in init/],
    setup: ['script-exception', /boom in setup/],
    'setup-hangs': ['script-hung', /setup\(\) execution timed out/],
    teardown: ['script-exception', /boom in teardown/],
    abort: ['script-exception', /enough seen/],
    'bad-threshold': ['config-invalid', /no metric name "nonsense"/],
    'no-samples': ['no-samples', /http_req_duration\{page:nowhere\} p\(95\)<500, never avg<1/],
    idle: ['evidence-missing', /asked nothing of the target/],
  } as const;
  for (const [name, [code, text]] of Object.entries(broken)) {
    it(`is inconclusive with ${code} for '${name}'`, async () => {
      const found = faultOf((await load(mode(name))).verdict);
      assert.equal(found.code, code);
      assert.match(found.message, text);
    });
  }

  it('fails when the script marks the test as failed, and then still sees the crossed threshold that k6 hides', async () => {
    const { verdict } = await load(mode('crossed-and-failed'));
    assert.equal(verdict.status, 'failed');
    const expected = verdict.breaches.map((breach) => (breach.kind === 'assertion' ? breach.expected : ''));
    assert.deepEqual(expected, ['the script does not mark the test as failed', 'k6 threshold http_reqs count>1000']);
  });

  it('fails when no request is answered as expected, even without a threshold', async () => {
    for (const URL of ['http://127.0.0.1:1/', `${url}/x/broken`]) {
      const { verdict } = await load(mode('', { URL }));
      assert.equal(verdict.status, 'failed');
      assert.ok(verdict.breaches[0].kind === 'assertion');
      assert.match(verdict.breaches[0].expected, /at least one request is answered as expected/);
      assert.match(verdict.breaches[0].actual, /^0 of 2/);
    }
  });

  it('reports what was dropped, and blames nobody for it', async () => {
    const { observation, verdict } = await load({ script: 'scenarios.ts' });
    assert.deepEqual(verdict, { status: 'passed' });
    assert.ok((measured(observation, 'dropped_iterations') ?? 0) > 0);
  });

  it('stops inside k6 what is not on the allow-list', async () => {
    for (const URL of ['http://127.0.0.2:9/', 'http://[::1]:9/']) {
      const found = faultOf((await load(mode('', { URL }))).verdict);
      assert.equal(found.code, 'not-allowed');
      assert.match(found.message, /is in a blacklisted range/);
    }
  });

  it('lets one address through among all others', async () => {
    const { verdict } = await load({ ...mode(''), allow: ['10.1.2.3', '127.0.0.1', '2001:db8::/32'] });
    assert.deepEqual(verdict, { status: 'passed' });
  });

  it('refuses to replace scenarios by overrides, and overrides what has none', async () => {
    const found = faultOf((await load({ script: 'scenarios.ts', vus: 3 })).verdict);
    assert.equal(found.code, 'config-invalid');
    assert.match(found.message, /late, steady/);
    const { verdict } = await load({ script: 'endless.ts', vus: 2, duration: '1s' });
    assert.deepEqual(verdict, { status: 'passed' });
    const iterations = await load({ ...mode(''), iterations: 3 });
    assert.equal(measured(iterations.observation, 'iterations'), 3);
  });

  it('gives a secret to the script and to nobody else', async () => {
    const { observation, context } = await load({
      script: 'modes.ts',
      env: { MODE: 'echo', TOKEN: { secret: 'TOKEN', from: 'environment' } },
    });
    const log = readFileSync(join(context.folder, 'k6.log'), 'utf8');
    assert.match(log, /token \[secret TOKEN\]/);
    assert.ok(!(log + JSON.stringify(observation)).includes(SECRET_VALUE));
    const names = /env ([\w,]+)/.exec(log)?.[1]?.split(',') ?? [];
    const known = [
      'HOME',
      'K6_AUTO_EXTENSION_RESOLUTION',
      'K6_NO_USAGE_REPORT',
      'LANG',
      'LC_ALL',
      'MODE',
      'PATH',
      'SSL_CERT_DIR',
      'SSL_CERT_FILE',
      'TMPDIR',
      'TOKEN',
      'TZ',
      'VIGIE_RUN_MARK',
      'VIGIE_TARGET',
      'XDG_CONFIG_HOME',
    ];
    assert.deepEqual(
      names.filter((name) => !known.includes(name)),
      [],
    );
    assert.ok(names.includes('VIGIE_TARGET'));
  });

  it('tells no secret that an exception quotes', async () => {
    const { observation, verdict } = await load({
      script: 'modes.ts',
      env: { MODE: 'throw-token', TOKEN: { secret: 'TOKEN', from: 'environment' } },
    });
    assert.match(faultOf(verdict).message, /refused \[secret TOKEN\]/);
    assert.ok(!JSON.stringify([observation, verdict]).includes(SECRET_VALUE));
  });

  it('does not pass when every iteration was broken off', async () => {
    const found = faultOf((await load({ script: 'broken-off.ts' })).verdict);
    assert.equal(found.code, 'evidence-missing');
    assert.match(found.message, /No iteration of the script was completed/);
  });

  it('stops k6 at the deadline, keeps what was measured and says how long the script may take', async () => {
    const { observation, verdict } = await load({ script: 'endless.ts' }, { context: { timeoutMs: 3_000 } });
    const found = faultOf(verdict);
    assert.equal(found.code, 'script-hung');
    assert.match(found.message, /deadline of 2\.\d+ s; by its own reckoning the script may take 1\.01 h/);
    assert.ok((measured(observation, 'iterations') ?? 0) > 0);
  });

  it('ends with the reason when it is called off', async () => {
    const stop = new AbortController();
    const running = load(
      { script: 'endless.ts' },
      { context: { signal: stop.signal, progress: () => stop.abort(fault('shutdown', 'the daemon stops')) } },
    );
    const { observation, verdict } = await running;
    assert.deepEqual(faultOf(verdict), fault('shutdown', 'the daemon stops'));
    assert.ok((measured(observation, 'http_reqs') ?? 0) > 0);
  });
});
