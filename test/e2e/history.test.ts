import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { KINDS } from '../../app/kinds.ts';
import { loadPlan } from '../../app/load-plan.ts';
import { circumstancesOf, decideBlame } from '../../core/blame.ts';
import { CHECK_KINDS, type Check } from '../../core/check.ts';
import { judge, judgeAttempts } from '../../core/judge.ts';
import type { Plan } from '../../core/plan.ts';
import type { Run } from '../../core/run.ts';
import { openReader } from '../../results/open-reader.ts';
import { serveDns } from '../../synthetic/net/testing/dns-server.ts';
import { makePki } from '../../synthetic/net/testing/pki.ts';
import { serveHttps } from '../../synthetic/net/testing/servers.ts';
import { openTarget } from './target.fixture.ts';
import { vigieHere } from './vigie-here.ts';
import { makeWorkspace } from './vigie-process.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const ENTRY = JSON.stringify(join(ROOT, 'app', 'index.ts'));

/** Tools that take part in a run of each kind besides Node. */
const TOOLS: Readonly<Record<string, readonly string[]>> = {
  journey: ['chromium', 'playwright', 'web-vitals'],
  spec: ['playwright'],
  audit: ['chromium', 'lhci', 'lighthouse'],
  load: ['k6'],
};
const HEAVY = Object.keys(TOOLS);

const JOURNEY = `import { journey } from ${ENTRY};
export default journey('home', async ({ page, expect, step }) => {
  await step('open', () => page.goto('/'));
  await expect(page.getByRole('heading')).toHaveText('hello');
});`;
const SPEC = `import { expect, test } from '@playwright/test';
test('adds', () => { expect(1 + 1).toBe(2); });`;
const LOAD = `import http from 'k6/http'; import { check } from 'k6';
export const options = { vus: 1, iterations: 3, thresholds: { checks: ['rate==1'] } };
export default function () { check(http.get(__ENV.VIGIE_TARGET), { ok: (r) => r.status === 200 }); }`;

/** One run of every kind with the real tools, and some that end otherwise; written, read back from the store. */
describe('a history of every kind', () => {
  const stack = new AsyncDisposableStack();
  let plan: Plan;
  let runs: readonly Run[];

  before(async () => {
    const target = stack.use(await openTarget());
    const pki = stack.use(await makePki());
    const secure = stack.use(await serveHttps({ cert: pki.valid.cert, key: pki.valid.key }));
    const dns = stack.use(
      await serveDns(() => ({ answers: [{ type: 'A', name: 'shop.test', data: '127.0.0.1', ttl: 60 }] })),
    );
    const workspace = stack.use(makeWorkspace());
    workspace.write('journey.ts', JOURNEY);
    workspace.write('load.js', LOAD);
    workspace.write('spec/simple.spec.ts', SPEC);
    mkdirSync(join(workspace.folder, 'spec'), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(workspace.folder, 'spec', 'node_modules'));
    const ca = JSON.stringify(join(pki.folder, 'root.pem'));
    workspace.config(`{
      target: { name: 'small', url: '${target.url}', environment: 'test' },
      defaults: { manual: true },
      checks: [
        v.httpCheck('http', { budgets: { total: { fail: '<= 20s' } } }),
        v.httpCheck('http-slow', { budgets: { total: { warn: '<= 0.000001ms' } } }),
        v.httpCheck('http-bad', { url: '/bad' }),
        v.httpCheck('http-unseen', { expect: { body: { json: [{ path: '$.a', equals: 1 }] } } }),
        v.tcpCheck('tcp', { host: '127.0.0.1', port: ${secure.port} }),
        v.dnsCheck('dns', { query: 'shop.test', servers: ['127.0.0.1:${dns.port}'], expect: { answers: { contains: '127.0.0.1' } } }),
        v.tlsCheck('tls', { host: 'localhost', port: ${secure.port}, ca: ${ca}, budgets: { certificate_time_left: { fail: '>= 3d' } } }),
        v.heartbeatCheck('heartbeat', { token: v.secret('PING_TOKEN'), period: '1h' }),
        v.journeyCheck('journey', { file: 'journey.ts', budgets: { lcp: { fail: '<= 60s' } } }),
        v.specCheck('spec', { folder: 'spec' }),
        v.loadCheck('load', { script: 'load.js', budgets: { 'http_req_duration.p95': { fail: '<= 20s' } } }),
        v.auditCheck('audit', { pages: ['/'], runs: 1, formFactors: ['mobile'], categories: ['seo'], budgets: { 'score.seo': { warn: '>= 1' } } }),
      ],
    }`);
    const env = { PING_TOKEN: 'a-token-of-a-test' };
    const config = join(workspace.folder, 'vigie.config.ts');
    plan = await loadPlan({ config }, process.env);
    await vigieHere(workspace.folder, ['run', ...plan.checks.map(({ id }) => id)], env);
    const reader = openReader({ folder: join(workspace.folder, 'data') });
    stack.defer(() => reader.close());
    runs = reader.runs({ limit: 100 }).flatMap(({ id }) => reader.run(id) ?? []);
  });
  after(() => stack.disposeAsync());

  const runOf = ({ id }: Check): Run => {
    const run = runs.find(({ check }) => check === id);
    assert.ok(run, `there is a run of ${id}`);
    return run;
  };

  it('holds passed, degraded, failed and inconclusive runs', () => {
    assert.deepEqual(
      CHECK_KINDS.filter((kind) => !runs.some((run) => run.kind === kind)),
      [],
    );
    const statuses = new Set(runs.map(({ verdict }) => verdict.status));
    assert.deepEqual([...statuses].sort(), ['degraded', 'failed', 'inconclusive', 'passed']);
    for (const kind of [...HEAVY, 'tcp', 'dns', 'tls']) {
      const run = runs.find((one) => one.kind === kind);
      assert.notEqual(run?.verdict.status, 'inconclusive', `${kind}: ${JSON.stringify(run?.verdict)}`);
    }
  });

  it('gives the same verdicts and budgets when it is judged again', () => {
    for (const check of plan.checks) {
      const run = runOf(check);
      const kind = KINDS.find(({ kind: name }) => name === check.kind);
      assert.ok(kind);
      const rules = { budgets: check.budgets, evidence: kind.evidence(check.options) };
      const again = run.attempts.map((attempt) => ({ ...attempt, ...judge(attempt.observation, rules) }));
      assert.deepEqual(
        again.map(({ verdict }) => verdict),
        run.attempts.map(({ verdict }) => verdict),
        check.id,
      );
      const [first, ...rest] = again;
      assert.ok(first, `${check.id} has an attempt`);
      assert.deepEqual(decideBlame(judgeAttempts([first, ...rest]), circumstancesOf(run)), run.verdict, check.id);
      assert.deepEqual(again.at(-1)?.budgets, run.budgets, check.id);
    }
  });

  it('gives other verdicts with other budgets, so that new ones can be tried on old runs', () => {
    const check = plan.checks.find(({ id }) => id === 'http');
    assert.ok(check);
    const [attempt] = runOf(check).attempts;
    const strict = check.budgets.map((budget) => ({
      ...budget,
      fail: { comparison: '<=', value: 0, unit: 'ms' } as const,
    }));
    assert.ok(attempt);
    assert.equal(judge(attempt.observation, { budgets: strict, evidence: [] }).verdict.status, 'failed');
  });

  it('says of every run by which version of vigie, Node and each tool it was measured, and on which host', () => {
    for (const { kind, check, producedBy } of runs) {
      const { vigie: version, tools, host } = producedBy;
      assert.match(version, /^\d+\.\d+\.\d+/, check);
      for (const tool of ['node', ...(TOOLS[kind] ?? [])])
        assert.match(tools[tool] ?? 'none', /^v?\d+\.\d+/, `${check}: ${tool}`);
      assert.ok(host.cores > 0 && host.memoryBytes > 0 && host.cpuModel !== '', check);
    }
  });

  it('has the CPU fitness of the host, and its age, on every heavy run', () => {
    for (const { kind, check, producedBy } of runs) {
      assert.equal(producedBy.cpuFitness !== undefined, HEAVY.includes(kind), check);
      if (producedBy.cpuFitness === undefined) continue;
      assert.ok(producedBy.cpuFitness > 0 && (producedBy.cpuFitnessAgeMs ?? -1) >= 0, check);
    }
  });
});
