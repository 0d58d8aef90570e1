import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Target } from '../../core/check.ts';
import { type Artefact, EMPTY_OBSERVATION } from '../../core/observation.ts';
import { makeRun, PASSED } from '../engine/testing/runs.ts';
import { recordedRequests } from './recorded-requests.ts';
import { reportedPage } from './reported-page.ts';
import { sideEvidence } from './side-evidence.ts';

const TARGET: Target = {
  name: 'site',
  baseUrl: 'http://127.0.0.1:3000',
  environment: 'test',
  origins: { api: 'http://api.example.test:5000' },
  production: false,
};

describe('what the files of a run say', () => {
  it('joins when and how long a request took with its size, and tells its page', () => {
    const line = (url: string, type: string, rest: object = {}): object => ({
      atMs: 1,
      method: 'GET',
      url,
      type,
      ...rest,
    });
    const requests = JSON.stringify({
      entries: [
        line('http://127.0.0.1:3000/?session=1', 'document', { durationMs: 12, status: 200 }),
        line('http://127.0.0.1:3000/a.png?v=2', 'image', { durationMs: 5, status: 200 }),
        line('http://127.0.0.1:3000/frame', 'document', { status: 200 }),
        line('http://127.0.0.1:5000/data', 'fetch', { status: 503 }),
        line('http://127.0.0.1:3000/parts/42', 'document', { status: 200 }),
        line('http://api.example.test:5000/data', 'fetch', { failure: 'net::ERR_ABORTED' }),
        line('https://cdn.example.net/a.js', 'script', { failure: 'net::ERR_FAILED' }),
        line('data:image/png;base64,AAAA', 'image'),
        line('http://127.0.0.1:3000/a.png?v=2', 'image', { status: 200 }),
      ],
      dropped: 0,
    });
    const size = (url: string, bytes: number): object => ({
      request: { method: 'GET', url },
      response: { _transferSize: bytes },
    });
    const entries = [size('http://127.0.0.1:3000/a.png?v=2', 900), size('http://127.0.0.1:3000/a.png?v=2', 0)];
    const har = JSON.stringify({ log: { entries } });
    const seen = recordedRequests({ requests, har }, { target: TARGET, pages: new Set(['/', '/parts/:id']) });
    assert.deepEqual(
      seen.map(({ address, labels, bytes, failure }) => [address, labels.page, bytes, failure]),
      [
        ['/', '/', undefined, undefined],
        ['/a.png', '/', 900, undefined],
        ['/frame', '/', undefined, undefined],
        ['/data', '/', undefined, 'status 503'],
        ['/parts/42', '/parts/:id', undefined, undefined],
        ['api/data', '/parts/:id', undefined, undefined],
        ['cdn.example.net/a.js', '/parts/:id', undefined, 'net::ERR_FAILED'],
        ['/a.png', '/parts/:id', 0, undefined],
      ],
    );
  });

  it('reads the largest paint and the requests of a report by Lighthouse 13, and the element of one by 12', () => {
    const selector = 'body > main#contenu > section.hero > img.hero-image';
    const network = { url: 'http://127.0.0.1:3000/hero.webp', resourceType: 'Image', transferSize: 840_000 };
    const thirteen = {
      audits: {
        'network-requests': { details: { items: [{ ...network, networkRequestTime: 40, networkEndTime: 640 }] } },
        'lcp-breakdown-insight': {
          details: {
            items: [
              {
                type: 'table',
                items: [
                  { subpart: 'timeToFirstByte', label: 'Time to first byte', duration: 47.966 },
                  { subpart: 'resourceLoadDuration', label: 'Resource load duration', duration: 1_046.484 },
                ],
              },
              { type: 'node', selector, nodeLabel: 'Une voiture' },
            ],
          },
        },
      },
    };
    const labels = { page: '/', form_factor: 'mobile' };
    assert.deepEqual(reportedPage(JSON.stringify(thirteen), labels, TARGET), {
      requests: [
        { method: 'GET', address: '/hero.webp', type: 'image', labels, atMs: 40, durationMs: 600, bytes: 840_000 },
      ],
      vitals: [
        {
          vital: 'lcp',
          labels,
          target: selector,
          parts: [
            { name: 'first byte', ms: 47.966 },
            { name: 'resource load', ms: 1_046.484 },
          ],
        },
      ],
    });
    const items = [
      { type: 'table', items: [{ node: { type: 'node', selector } }] },
      { type: 'table', items: [] },
    ];
    const twelve = { audits: { 'largest-contentful-paint-element': { details: { type: 'list', items } } } };
    assert.equal(reportedPage(JSON.stringify(twelve), labels, TARGET).vitals[0]?.target, selector);
  });

  it('reads of each page and form factor the report in the middle, whatever else the run left', async () => {
    const loads: Readonly<Record<string, number>> = { 'a-1': 900, 'a-2': 100, 'a-3': 300, 'b-1': 70 };
    const reportOf = (ms: number): object => ({
      audits: {
        'lcp-breakdown-insight': {
          details: { items: [{ items: [{ subpart: 'resourceLoadDuration', duration: ms }] }] },
        },
      },
    });
    const artefacts = Object.keys(loads).map((name): Artefact => {
      const labels = { page: '/', form_factor: name.startsWith('a') ? 'mobile' : 'desktop' };
      return { kind: 'raw', file: `${name}.lhr.json.gz`, mediaType: 'application/gzip', sizeBytes: 1, labels };
    });
    const observation = { ...EMPTY_OBSERVATION, artefacts };
    const attempt = { number: 1, purpose: 'first', startedAt: 0, durationMs: 1, verdict: PASSED, observation } as const;
    const shown = { ...makeRun(1, PASSED), attempts: [attempt] };
    const readArtefact = async (file: string): Promise<Uint8Array | undefined> => {
      const name = Object.keys(loads).find((one) => file.endsWith(`/1/${one}.lhr.json.gz`)) ?? '';
      return gzipSync(JSON.stringify(reportOf(loads[name] ?? 0)));
    };
    const { vitals } = await sideEvidence({ target: TARGET, sampled: [], shown, readArtefact });
    assert.deepEqual(
      vitals.map(({ labels, parts }) => [labels.form_factor, parts[0]?.ms]),
      [
        ['mobile', 300],
        ['desktop', 70],
      ],
    );
    const cut = await sideEvidence({
      target: TARGET,
      sampled: [],
      shown,
      readArtefact: async () => Buffer.from('cut'),
    });
    assert.deepEqual(cut.vitals, []);
  });

  it('makes nothing of files that are not there, are cut off or hold something else', () => {
    for (const text of [
      undefined,
      '',
      '{"entries":[{"atMs":',
      '[]',
      '{"entries":[{"url":7}],"audits":{"network-requests":3}}',
    ]) {
      const of = { target: TARGET, pages: new Set<string>() };
      assert.deepEqual(recordedRequests({ requests: text, har: text }, of), []);
      assert.deepEqual(reportedPage(text, {}, TARGET), { requests: [], vitals: [] });
    }
  });
});
