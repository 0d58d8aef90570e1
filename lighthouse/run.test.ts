import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { fault } from '../core/fault.ts';
import type { ToolFound } from '../core/kind.ts';
import { audit, CHROMIUM, faultOf, seenBy, startTarget, stopTarget, targetUrl, values } from './testing/audit.ts';
import { tool } from './testing/context.ts';

before(startTarget);
after(stopTarget);

describe('pages that are audited', { concurrency: 3 }, () => {
  for (const lhr of ['13.5.0', '12.6.1'] as const) {
    it(`pass with numbers from Lighthouse ${lhr}`, async () => {
      const { observation, verdict } = await audit({ lhr });
      assert.equal(verdict.status, 'passed');
      assert.equal(values(observation, 'lcp').length, 3);
      assert.equal(observation.tools.lighthouse, lhr);
      for (const name of ['score.performance', 'score.seo', 'fcp', 'tbt', 'cls', 'si', 'tti', 'ttfb', 'bytes.total'])
        assert.equal(values(observation, name).length, 3, name);
      assert.deepEqual(values(observation, 'requests'), [4, 4, 4]);
    });
  }

  it('carry page and form factor as labels, each form factor from a collect of its own', async () => {
    const { observation, folder } = await audit({ options: { formFactors: ['mobile', 'desktop'], runs: 1 } });
    const labels = observation.measures.filter(({ name }) => name === 'lcp').map((measure) => measure.labels);
    assert.deepEqual(labels, [
      { page: '/', form_factor: 'mobile' },
      { page: '/', form_factor: 'desktop' },
    ]);
    const presets = (await seenBy(folder)).map(({ rc }) => rc.ci.collect.settings.preset);
    assert.deepEqual(presets, [undefined, 'desktop']);
  });

  it('keep every result compressed and the page of the median one', async () => {
    const { observation, folder } = await audit({});
    assert.deepEqual(observation.artefacts.map(({ file }) => file).sort(), [
      'mobile-page-1-audit-1.lhr.json.gz',
      'mobile-page-1-audit-2.lhr.json.gz',
      'mobile-page-1-audit-3.lhr.json.gz',
      'mobile-page-1-median.html',
    ]);
    const bytes = await readFile(join(folder, 'artefacts', 'mobile-page-1-audit-2.lhr.json.gz'));
    assert.equal(JSON.parse(gunzipSync(bytes).toString()).lighthouseVersion, '13.5.0');
  });

  it('keep only the median result when asked', async () => {
    const fcp = (numericValue: number) => ({ report: { audits: { 'first-contentful-paint': { numericValue } } } });
    const { observation } = await audit({
      options: { keep: 'median' },
      pages: { '/': [fcp(100), fcp(900), fcp(300)] },
    });
    const files = observation.artefacts.map(({ file }) => file);
    assert.deepEqual(files, ['mobile-page-1-audit-3.lhr.json.gz', 'mobile-page-1-median.html']);
  });

  it('take pages, runs and settings from lighthouserc.json where the check says nothing', async () => {
    const rc = {
      collect: {
        url: ['http://elsewhere:3000/parts?q=a'],
        numberOfRuns: 2,
        settings: { throttlingMethod: 'devtools' },
      },
    };
    const { observation, verdict, folder } = await audit({ rc, options: { pages: undefined } });
    assert.equal(verdict.status, 'passed');
    assert.deepEqual(values(observation, 'lcp').length, 2);
    const [seen] = await seenBy(folder);
    assert.equal(seen?.rc.ci.collect.settings.throttlingMethod, 'devtools');
    assert.equal(observation.measures[0]?.labels?.page, '/parts?q=a');
  });

  it('tell retries that Lighthouse CI makes in silence', async () => {
    const { observation, verdict } = await audit({ options: { runs: 1 }, pages: { '/': [{ retries: 2 }] } });
    assert.equal(verdict.status, 'passed');
    assert.deepEqual(values(observation, 'silent_retries'), [2]);
    assert.ok(observation.taints.includes('recovered-on-retry'));
  });

  it('are tainted when the machine was slow or uneven', async () => {
    const index = (benchmarkIndex: number) => ({ report: { environment: { benchmarkIndex } } });
    const even = await audit({ pages: { '/': [index(2000), index(2100)] } });
    const uneven = await audit({ pages: { '/': [index(2000), index(2000), index(1600)] } });
    const slow = await audit({ pages: { '/': [index(990)] } });
    assert.ok(!even.observation.taints.includes('host-overloaded'));
    assert.ok(uneven.observation.taints.includes('host-overloaded'));
    assert.ok(slow.observation.taints.includes('host-overloaded'));
  });
});

it('taints a run in which Lighthouse fell back to another browser than the one named', async () => {
  const { observation } = await audit({ chromium: tool('/usr/bin/chromium', '155.0.1.2') });
  assert.ok(observation.taints.includes('tool-unpinned'));
});

describe('a page that is not the one asked for', { concurrency: 3 }, () => {
  it('is inconclusive when it redirects to a login', async () => {
    const { observation, verdict } = await audit({ pages: { '/': [{ finalUrl: `${targetUrl()}/login` }] } });
    assert.equal(faultOf(verdict), 'wrong-page');
    assert.match(verdict.status === 'inconclusive' ? verdict.fault.message : '', /login/);
    assert.deepEqual(values(observation, 'lcp'), []);
  });

  it('is the right one when the redirect was expected', async () => {
    const { verdict } = await audit({
      options: { redirects: { '/': '/fr/' } },
      pages: { '/': [{ finalUrl: `${targetUrl()}/fr/` }] },
    });
    assert.equal(verdict.status, 'passed');
  });

  it('is inconclusive when it answers 404 or is no HTML', async () => {
    for (const [error, message] of [
      ['ERRORED_DOCUMENT_REQUEST', '(Status code: 404)'],
      ['NOT_HTML', 'text/plain'],
    ]) {
      const { verdict } = await audit({ pages: { '/': [{ exit: 1, error, message }] } });
      assert.equal(faultOf(verdict), 'wrong-page', error);
    }
  });

  it('does not keep the pages after it from being audited', async () => {
    const pages = { '/gone': [{ exit: 1, error: 'ERRORED_DOCUMENT_REQUEST', message: '(Status code: 404)' }] };
    const { observation } = await audit({ options: { pages: ['/', '/gone', '/after'], runs: 1 }, pages });
    const measured = observation.measures.filter(({ name }) => name === 'lcp').map(({ labels }) => labels?.page);
    assert.deepEqual(measured, ['/', '/after']);
  });
});

describe('a target that fails', { concurrency: 3 }, () => {
  it('fails the run when a page answers 5xx, whatever else could not be measured', async () => {
    const pages = {
      '/': [{ exit: 1, error: 'ERRORED_DOCUMENT_REQUEST', message: '(Status code: 503)' }],
      '/gone': [{ exit: 1, error: 'ERRORED_DOCUMENT_REQUEST', message: '(Status code: 404)' }],
    };
    const { verdict } = await audit({ options: { pages: ['/', '/gone'] }, pages });
    assert.equal(verdict.status, 'failed');
    const [breach] = verdict.status === 'failed' ? verdict.breaches : [];
    assert.ok(breach?.kind === 'assertion' && breach.actual === '503');
  });

  it('fails the run at once when it breaks the connection, without Lighthouse', async () => {
    const { verdict, folder } = await audit({ options: { pages: ['/reset'] } });
    assert.equal(verdict.status, 'failed');
    await assert.rejects(readFile(join(folder, 'seen.jsonl')), { code: 'ENOENT' });
  });

  it('fails the run when it never answers', async () => {
    const { verdict } = await audit({ options: { pages: ['/silent'] }, context: { timeoutMs: 3_000 } });
    const [breach] = verdict.status === 'failed' ? verdict.breaches : [];
    assert.match(breach?.kind === 'assertion' ? breach.actual : '', /no answer within/);
  });
});

it('blames the target when it falls silent while Lighthouse waits for it', async () => {
  const pages = { '/fading': [{ hang: true }] };
  const { verdict } = await audit({ options: { pages: ['/fading'] }, pages, context: { timeoutMs: 3_000 } });
  assert.equal(verdict.status, 'failed');
});

describe('a tool that does not measure', { concurrency: 3 }, () => {
  it('is inconclusive with too few valid audits, and their numbers are not judged', async () => {
    const noScore = { report: { categories: { performance: { score: null } } } };
    const { observation, verdict } = await audit({ pages: { '/': [{}, noScore, noScore] } });
    assert.equal(faultOf(verdict), 'too-few-valid-runs');
    assert.deepEqual(values(observation, 'lcp'), []);
    assert.match(
      observation.evidence.pages_short_of_runs?.detail ?? '',
      /1 valid of 3 \(needs 2\): no score for performance/,
    );
  });

  it('passes with k valid of n, as asked', async () => {
    const noLcp = { report: { audits: { 'largest-contentful-paint': { scoreDisplayMode: 'error', score: null } } } };
    const pages = { '/': [noLcp, {}, noLcp] };
    assert.equal(faultOf((await audit({ pages })).verdict), 'too-few-valid-runs');
    assert.equal((await audit({ pages, options: { validRuns: 1 } })).verdict.status, 'passed');
  });

  it('is inconclusive when nothing was painted and the page still answers', async () => {
    const { observation, verdict } = await audit({
      pages: { '/': [{ exit: 1, error: 'NO_FCP', message: 'no paint' }] },
    });
    assert.equal(faultOf(verdict), 'too-few-valid-runs');
    assert.deepEqual(
      observation.artefacts.map(({ kind }) => kind),
      ['log'],
    );
  });

  const endings: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
    ['crashes', { exit: 3, stderr: 'TypeError: undefined is not a function' }, 'tool-crashed'],
    ['cannot start the browser', { exit: 1, stderr: 'Unable to connect to Chrome' }, 'browser-launch'],
    ['is killed from outside', { signal: 'SIGKILL' }, 'host-memory'],
    ['writes nothing and exits 0', { write: 'nothing' }, 'tool-output'],
    ['writes half a JSON', { write: 'half' }, 'too-few-valid-runs'],
  ];
  for (const [name, act, code] of endings) {
    it(`is inconclusive when it ${name}`, async () => {
      assert.equal(faultOf((await audit({ pages: { '/': [act] } })).verdict), code);
    });
  }

  it('is killed with all it started when it hangs and ignores SIGTERM', async () => {
    const { verdict } = await audit({ pages: { '/': [{ hang: true }] }, context: { timeoutMs: 2_500 } });
    assert.equal(faultOf(verdict), 'tool-hung');
  });

  it('is stopped by a cancellation, whose reason is the fault', async () => {
    const controller = new AbortController();
    controller.abort(fault('shutdown', 'stopping'));
    const { verdict } = await audit({ context: { signal: controller.signal } });
    assert.equal(faultOf(verdict), 'shutdown');
  });

  it('is named with what installs it when it is missing', async () => {
    const { verdict } = await audit({ context: { tools: { chromium: CHROMIUM } } });
    assert.equal(faultOf(verdict), 'tool-missing');
    assert.match(verdict.status === 'inconclusive' ? verdict.fault.message : '', /install lhci/);
    const gone: ToolFound = tool('/nonexistent/lhci', '0.15.1');
    assert.equal(
      faultOf((await audit({ context: { tools: { lhci: gone, chromium: CHROMIUM } } })).verdict),
      'tool-missing',
    );
  });
});
