import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { strFromU8, unzipSync } from 'fflate';
import type { Measure } from '../../core/measure.ts';
import { readAttributions } from './attribution.ts';
import { type Bench, openBench } from './fixtures/harness.ts';
import { type Site, startSite } from './fixtures/site.ts';

const EVERYTHING = ['console', 'har', 'requests', 'screenshot', 'trace'];
const PASSWORD = 'Zürich/42+é "quoted" & more';

describe('a journey check', { concurrency: 2 }, () => {
  let bench: Bench;
  let site: Site;
  before(async () => {
    bench = await openBench();
    site = await startSite();
  });
  after(async () => {
    await bench.close();
    await site.close();
  });

  it('passes on its assertions and measures steps, vitals and what the journey measures itself', async () => {
    const { observation, judgement } = await bench.run(site.url, { file: 'simple.ts' });
    assert.deepEqual(judgement.verdict, { status: 'passed' });
    const named = (name: string): readonly Measure[] => observation.measures.filter((measure) => measure.name === name);
    for (const name of ['duration', 'step.open', 'step.look', 'step.click', 'lcp', 'fcp', 'ttfb']) {
      assert.ok((named(name)[0]?.value ?? 0) > 0, name);
    }
    assert.deepEqual(named('step.heading')[0]?.labels, { in: 'look' });
    assert.deepEqual(named('custom.search.recall'), [
      { name: 'custom.search.recall', value: 0.5, unit: 'ratio', labels: { query: 'frein' } },
    ]);
    assert.equal(named('console_errors')[0]?.value, 0);
    assert.equal(observation.evidence.assertions?.seen, 2);
    assert.deepEqual(
      observation.steps.map(({ name }) => name),
      ['open', 'look', 'look > heading', 'click'],
    );
    assert.deepEqual(observation.artefacts, []);
    assert.match(observation.tools.chromium ?? '', /^\d+\./);
    assert.equal(observation.tools.playwright, '1.65.1');
  });

  it('judges the last step, measure and vital of very many', async () => {
    const { observation, judgement } = await bench.run(site.url, { file: 'many.ts' });
    assert.deepEqual(judgement.verdict, { status: 'passed' });
    const values = (name: string) => observation.measures.filter((one) => one.name === name).map(({ value }) => value);
    assert.equal(values('step.often').length, 600);
    assert.equal(values('step.the last').length, 1);
    assert.deepEqual(values('custom.last'), [7]);
    assert.equal(Math.max(...values('inp')), 601);
  });

  it('keeps the last INP with the name of its interaction, per page, and none without interaction', async () => {
    const { observation } = await bench.run(site.url, { file: 'recordings.ts', export: 'vitals' });
    assert.deepEqual(readAttributions(observation.facts), []);
    const inp = observation.measures.filter(({ name }) => name === 'inp');
    assert.deepEqual(
      inp.map(({ labels }) => labels),
      [{ page: '/', interaction: 'button #lent' }],
    );
    assert.ok((inp[0]?.value ?? 0) >= 112, JSON.stringify(inp));
    const pages = observation.measures.filter(({ name }) => name === 'lcp').map(({ labels }) => labels?.page);
    assert.deepEqual(pages, ['/', '/piece/:id']);
  });

  it('says in full recording what stood behind the vitals of each page, and keeps all it recorded', async () => {
    const input = { file: 'recordings.ts', export: 'vitals' };
    const { observation, judgement } = await bench.run(site.url, input, { recording: 'full' });
    assert.equal(judgement.verdict.status, 'passed');
    const seen = readAttributions(observation.facts);
    const inp = seen.find(({ vital }) => vital === 'inp');
    assert.ok(inp?.vital === 'inp', JSON.stringify(observation.facts));
    assert.deepEqual([inp.page, inp.target, inp.type], ['/', '#lent', 'pointer']);
    assert.ok(inp.processingMs >= 100 && inp.processingMs > inp.inputDelayMs, JSON.stringify(inp));
    const paints = seen.filter(({ vital }) => vital === 'lcp');
    assert.deepEqual(paints.map(({ page, target }) => [page, target]).sort(), [
      ['/', 'html>body>h1'],
      ['/piece/:id', 'html>body>h1'],
    ]);
    assert.deepEqual(observation.artefacts.map(({ kind }) => kind).sort(), EVERYTHING);
  });

  it('records trace and HAR when asked, and leaves no form of a secret in any entry', async () => {
    const options = { recording: 'full', secrets: { CODE: PASSWORD } } as const;
    const input = {
      file: 'recordings.ts',
      export: 'typesSecret',
      secrets: { password: { secret: 'CODE', from: 'environment' } },
    } as const;
    const { observation, folder } = await bench.run(site.url, input, options);
    assert.deepEqual(observation.artefacts.map(({ kind }) => kind).sort(), EVERYTHING);
    const texts = new Map<string, string>([['observation', JSON.stringify(observation)]]);
    for (const { kind, file } of observation.artefacts) {
      const bytes = await readFile(join(folder, file));
      if (kind !== 'trace') texts.set(file, bytes.toString('latin1'));
      else
        for (const [name, entry] of Object.entries(unzipSync(bytes)))
          texts.set(`${name} in ${file}`, strFromU8(entry, true));
    }
    assert.ok(
      [...texts.keys()].some((name) => name.includes('trace.trace in')),
      [...texts.keys()].join(),
    );
    assert.ok([...texts.values()].some((text) => text.includes('[secret CODE]')));
    const json = JSON.stringify(PASSWORD).slice(1, -1);
    const forms = [
      PASSWORD,
      encodeURIComponent(PASSWORD),
      json,
      Buffer.from(PASSWORD).toString('base64'),
      Buffer.from(PASSWORD, 'latin1').toString('base64').slice(0, -4),
    ];
    for (const [name, text] of texts) {
      for (const form of forms) assert.ok(!text.includes(Buffer.from(form).toString('latin1')), `${form} in ${name}`);
    }
  });

  it('marks every request by the User-Agent and sends trace context only where it is asked to', async (test) => {
    const api = await startSite(({ path, headers, method }, response) => {
      // Like an API that knows its own frontend and allows no header of strangers.
      response.setHeader('access-control-allow-origin', site.url);
      if (method === 'OPTIONS') response.setHeader('access-control-allow-headers', 'content-type');
      response.end(path === '/data' && headers.origin === site.url ? 'data' : '');
      return true;
    });
    test.after(() => api.close());
    const origins = { api: api.url };
    const before = site.visits.length;
    const { judgement } = await bench.run(
      site.url,
      { file: 'recordings.ts', export: 'callsApi', traceTo: ['target'] },
      { origins },
    );
    assert.equal(judgement.verdict.status, 'passed', JSON.stringify(judgement.verdict));
    const own = site.visits
      .slice(before)
      .filter(({ headers }) => headers.traceparent !== undefined || headers['user-agent'] !== undefined);
    const traced = own.filter(({ headers }) => /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/.test(String(headers.traceparent)));
    assert.ok(traced.some(({ path }) => path === '/'));
    assert.ok(api.visits.every(({ headers }) => headers.traceparent === undefined));
    const agents = [...api.visits, ...traced].map(({ headers }) => headers['user-agent'] ?? '');
    assert.ok(
      agents.length >= 3 && agents.every((agent) => / Vigie\/\d+\.\d+\.\d+ \(synthetic\)$/.test(agent)),
      agents.join('\n'),
    );
    const worker = site.visits.slice(before).find(({ path }) => path === '/from-worker');
    assert.match(worker?.headers['user-agent'] ?? '', /Vigie/);
  });

  it('emulates a device, a locale and a time zone, and refuses unknown ones by name', async () => {
    const wanted = JSON.stringify({ width: 412, language: 'fr-FR', zone: 'Asia/Tokyo' });
    const input = { file: 'recordings.ts', export: 'emulates', params: { wanted } };
    const good = await bench.run(site.url, { ...input, device: 'mobile', locale: 'fr-FR', timezone: 'Asia/Tokyo' });
    assert.equal(good.judgement.verdict.status, 'passed', JSON.stringify(good.judgement.verdict));
    for (const wrong of [{ device: 'Nokia 3310' }, { timezone: 'Mars/Olympus' }, { traceTo: ['nowhere'] }]) {
      const { observation } = await bench.run(site.url, { ...input, ...wrong });
      assert.equal(observation.fault?.code, 'config-invalid', JSON.stringify(observation.fault));
      assert.match(observation.fault?.message ?? '', /Nokia 3310|Mars\/Olympus|nowhere/);
    }
  });
});
