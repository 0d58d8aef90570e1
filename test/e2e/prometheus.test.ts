// suite: waits

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { locatePrometheus, locatePushgateway } from '../../process/locate-tools.ts';
import { startPrometheusTool } from '../../reporters/testing/prometheus-tool.ts';
import { vigieHere } from './vigie-here.ts';
import { makeWorkspace, startVigie, until } from './vigie-process.ts';

const [prometheus, pushgateway] = await Promise.all([locatePrometheus(), locatePushgateway()]);
const answer = z.object({
  status: z.literal('success'),
  data: z.object({
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
});
const TOKEN = 'a-token-for-scrapers';

/** A target that says what it is told to, and is always broken for a location that it is told. */
async function openTarget(brokenFor?: string): Promise<AsyncDisposable & { readonly url: string; status: number }> {
  const server = createServer(({ headers }, response) =>
    response
      .writeHead(brokenFor !== undefined && headers['x-location'] === brokenFor ? 500 : target.status)
      .end('hello'),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const target = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    status: 200,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return target;
}

/** The configuration that docs/metrics.md shows, every second. */
function writeConfiguration(folder: string, targets: readonly string[], token?: string): void {
  const job = {
    job_name: 'scraped',
    honor_labels: true,
    ...(token === undefined ? {} : { authorization: { credentials: token } }),
    static_configs: [{ targets }],
  };
  const text = JSON.stringify({ global: { scrape_interval: '1s' }, scrape_configs: [job] });
  writeFileSync(join(folder, 'prometheus.yml'), text);
}

async function askPrometheus(url: string, query: string): Promise<string | undefined> {
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`);
  // It says 503 until it is ready.
  if (!response.ok) return undefined;
  const { data } = answer.parse(await response.json());
  assert.ok(data.result.length <= 1, JSON.stringify(data.result));
  return data.result[0]?.value[1];
}

/** Uptime of each check at each location, and over all locations, as docs/metrics.md gives them. */
function documentedFormulas(): readonly string[] {
  const text = readFileSync(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8');
  const formulas = /```promql\n([^`]+)```/
    .exec(text)?.[1]
    ?.split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  assert.equal(formulas?.length, 2);
  return formulas;
}

describe('what Prometheus gets', () => {
  it('is scraped by a real one from a listener of its own, with a token, the target being the instance', {
    skip: prometheus.found ? false : `prometheus is missing: ${prometheus.mend}`,
  }, async () => {
    await using target = await openTarget();
    using workspace = makeWorkspace();
    workspace.config(`{
      target: { name: 'shop', url: '${target.url}', environment: 'test' },
      settings: { web: { port: 0 }, metrics: { port: 0 }, apiTokens: [{ name: 'prometheus', scopes: ['metrics'], token: v.secret('SCRAPE_TOKEN') }] },
      checks: [v.httpCheck('home', { every: '1s' }), v.httpCheck('health', { every: '1s', url: '/health?deep=1', confirm: false })],
    }`);
    await using daemon = await startVigie(workspace.folder, { SCRAPE_TOKEN: TOKEN });
    const metricsUrl = new URL(/^metrics +(\S+)$/m.exec(daemon.output())?.[1] ?? '');
    assert.notEqual(metricsUrl.origin, daemon.url, 'a listener of its own');
    for (const [headers, expected] of [
      [{}, 401],
      [{ authorization: 'Bearer wrong' }, 401],
      [{ authorization: `Bearer ${TOKEN}` }, 200],
    ] as const)
      for (const url of [metricsUrl, `${daemon.url}/metrics`])
        assert.equal((await fetch(url, { headers })).status, expected);
    assert.equal((await fetch(metricsUrl.origin)).status, 404, 'nothing but metrics there');

    await using server = await startPrometheusTool(prometheus.found ? prometheus.path : '', (folder) => {
      writeConfiguration(folder, [metricsUrl.host], TOKEN);
      return ['--config.file=prometheus.yml', '--storage.tsdb.path=data'];
    });
    const ask = (query: string) => askPrometheus(server.url, query);
    const becomes = (query: string, wanted: string): Promise<unknown> =>
      until(`${query} to be ${wanted}`, async () => ((await ask(query)) === wanted ? true : undefined), daemon.output);

    await becomes(`probe_success{instance="${target.url}",job="scraped"}`, '1');
    await becomes(`probe_http_status_code{instance="${target.url}/health"}`, '200');
    assert.equal(await ask('count({exported_job=~".+"})'), undefined, 'no label was renamed');
    target.status = 503;
    await becomes(`probe_success{instance="${target.url}/health"}`, '0');
    await becomes('vigie_check_state{check="health",state="failed"}', '1');
    await becomes('vigie_incident_open{check="health",track="target"}', '1');
    await until(
      'a failure to be counted',
      async () => Number(await ask('vigie_run_total{check="health",verdict="failed"}')) >= 1 || undefined,
    );
  });

  it('is told apart by location where one Prometheus scrapes two of them: the documented uptime is that of each', {
    skip: prometheus.found ? false : `prometheus is missing: ${prometheus.mend}`,
  }, async () => {
    await using target = await openTarget('lyon');
    using paris = makeWorkspace();
    using lyon = makeWorkspace();
    const at = async (workspace: typeof paris, location: string) => {
      workspace.config(`{
        target: { name: 'shop', url: '${target.url}', environment: 'test' },
        settings: { location: '${location}', web: { port: 0 } },
        checks: [v.httpCheck('home', { every: '1s', headers: { 'x-location': '${location}' }, confirm: false })],
      }`);
      return startVigie(workspace.folder, {});
    };
    await using good = await at(paris, 'paris');
    await using bad = await at(lyon, 'lyon');
    await using server = await startPrometheusTool(prometheus.found ? prometheus.path : '', (folder) => {
      writeConfiguration(
        folder,
        [good, bad].map(({ url }) => new URL(url).host),
      );
      return ['--config.file=prometheus.yml', '--storage.tsdb.path=data'];
    });
    const [uptime = '', overall = ''] = documentedFormulas().map((formula) => formula.replaceAll('7d', '1m'));
    const value = (query: string) => askPrometheus(server.url, query);
    const becomes = (query: string, wanted: string): Promise<unknown> =>
      until(`${query} to be ${wanted}`, async () => ((await value(query)) === wanted ? true : undefined), bad.output);
    await becomes(`(${uptime}) and on(location) probe_success{location="paris"}`, '1');
    await becomes(`(${uptime}) and on(location) probe_success{location="lyon"}`, '0');
    const both = Number(await value(overall));
    assert.ok(both > 0.2 && both < 0.8, `${both} of both together`);
    assert.equal(await value('count(probe_success)'), '2');
    for (const labels of ['location="paris"', 'location="lyon"'])
      assert.equal(await value(`count(vigie_run_total{check="home",verdict="passed",${labels}})`), '1');
  });

  it('is pushed to a real Pushgateway by a command, check by check, and by a running vigie', {
    skip: pushgateway.found ? false : `pushgateway is missing: ${pushgateway.mend}`,
  }, async () => {
    await using target = await openTarget();
    await using gateway = await startPrometheusTool(pushgateway.found ? pushgateway.path : '', () => []);
    using workspace = makeWorkspace();
    workspace.config(`{
      target: { name: 'shop', url: '${target.url}', environment: 'test' },
      settings: { web: { port: 0 }, metrics: { pushgatewayUrl: process.env.GATEWAY, pushEvery: '1s' } },
      checks: [v.httpCheck('home', { every: '1s' }), v.httpCheck('other', { every: '1h', url: '/other' })],
    }`);
    const held = async (): Promise<string> => (await fetch(`${gateway.url}/metrics`)).text();
    const env = { GATEWAY: gateway.url };
    for (const check of ['home', 'other']) {
      const ended = await vigieHere(workspace.folder, ['run', check, '--push'], env);
      assert.equal(ended.code, 0, ended.stdout + ended.stderr);
    }
    const both = await held();
    for (const [check, instance] of [
      ['home', target.url],
      ['other', `${target.url}/other`],
    ])
      assert.match(both, new RegExp(`^probe_success\\{.*check="${check}".*instance="${instance}".*\\} 1$`, 'm'));

    await using daemon = await startVigie(workspace.folder, env);
    const counted = /^vigie_run_total\{.*check="home".*verdict="passed".*} [1-9]/m;
    await until(
      'a push of the running vigie',
      async () => (counted.test(await held()) ? true : undefined),
      daemon.output,
    );
    assert.equal(await daemon.kill('SIGTERM'), 0);

    const gone = await vigieHere(workspace.folder, ['run', 'home', '--push', '--json'], {
      GATEWAY: daemon.url,
    });
    assert.equal(gone.code, 2, 'what was asked for was not done');
    assert.match(gone.stdout, /could not be reached: connect ECONNREFUSED/);
    const nowhere = await vigieHere(workspace.folder, ['run', 'home', '--push']);
    assert.equal(nowhere.code, 2);
    assert.match(nowhere.stdout, /pushgatewayUrl is not set/);
  });
});
