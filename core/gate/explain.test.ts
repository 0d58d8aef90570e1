import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CheckKind } from '../check.ts';
import { checkId } from '../identifiers.ts';
import type { Labels, Measure } from '../measure.ts';
import type { Unit } from '../units.ts';
import type { CheckEvidence, SeenRequest, SeenVital, SideEvidence } from './evidence.ts';
import { explain } from './explain.ts';
import type { GateRow } from './result.ts';

const NO_EVIDENCE: SideEvidence = { sampled: [], requests: [], vitals: [], steps: [] };
const PAGE: Labels = { page: '/' };

describe('what a report says of why a row fails', () => {
  it('names the element of the largest paint and the part of its time that grew, then the new request', () => {
    const evidence = both('journey', {
      base: {
        vitals: [lcp('img.hero', '/hero.jpg', [20, 30, 180, 40])],
        requests: [request('/hero.jpg', 180, 90_000)],
      },
      candidate: {
        vitals: [lcp('img.hero', '/hero.jpg', [22, 35, 1_200, 45])],
        requests: [request('/hero.jpg', 1_200, 90_000), request('/hero-large.jpg', 1_100, 840_000)],
      },
    });
    assert.deepEqual(explain(row('lcp', { labels: PAGE, medians: [300, 1_350] }), evidence), [
      'LCP element img.hero (/hero.jpg): resource load 1.2 s instead of 180 ms',
      'new request GET /hero-large.jpg, image, 840 kB, 1.1 s',
      'request GET /hero.jpg, image: 1.2 s instead of 180 ms',
    ]);
  });

  it('says that another element is the largest, and what was clicked and which part of it took long', () => {
    const inp = (processing: number): SeenVital => ({
      vital: 'inp',
      labels: PAGE,
      target: 'button Rechercher',
      parts: [
        { name: 'input delay', ms: 4 },
        { name: 'processing', ms: processing },
        { name: 'presentation', ms: 18 },
      ],
    });
    const evidence = both('journey', {
      base: { vitals: [lcp('h1', undefined, [20, 0, 0, 60]), inp(20)] },
      candidate: { vitals: [lcp('img.ad', '/ad.png', [20, 100, 400, 60]), inp(320)] },
    });
    assert.deepEqual(explain(row('lcp', { labels: PAGE }), evidence), [
      'LCP element img.ad (/ad.png): instead of h1, resource load 400 ms instead of none, resource load delay 100 ms instead of none',
    ]);
    assert.deepEqual(explain(row('inp', { labels: PAGE }), evidence), [
      'INP of button Rechercher: processing 320 ms instead of 20 ms',
    ]);
  });

  it('finds nothing to say where the sides differ by less than noise', () => {
    const side = (factor: number): Partial<SideEvidence> => ({
      vitals: [lcp('h1', undefined, [20 * factor, 0, 0, 300 * factor])],
      requests: [request('/', 300 * factor, 4_000), request('/app.js', 40 + 40 * (factor - 1) * 10, 20_000)],
      sampled: [[measure('step.search', 1_000 * factor), measure('duration', 1_300 * factor)]],
    });
    const evidence = both('journey', { base: side(1), candidate: side(1.09) });
    for (const name of ['lcp', 'duration', 'step.search']) assert.deepEqual(explain(row(name), evidence), [], name);
  });

  it('puts the step that changed most first, names new steps, and looks into a step by the requests of its time', () => {
    const steps = [{ name: 'search', startMs: 1_000, durationMs: 700 }];
    const evidence = both('journey', {
      base: {
        sampled: [[measure('step.open', 400), measure('step.search', 1_200)]],
        steps,
        requests: [request('/', 90), request('/api/parts', 60, 900, 1_100)],
      },
      candidate: {
        sampled: [[measure('step.open', 520), measure('step.search', 1_700), measure('step.consent', 300)]],
        steps,
        requests: [request('/', 400), request('/api/parts', 560, 900, 1_100)],
      },
    });
    assert.deepEqual(explain(row('duration', { medians: [1_600, 2_520] }), evidence), [
      "step 'search': 1.7 s instead of 1.2 s (the largest change)",
      "step 'consent': 300 ms instead of none",
      "step 'open': 520 ms instead of 400 ms",
      'request GET /api/parts, image: 560 ms instead of 60 ms',
      'request GET /, image: 400 ms instead of 90 ms',
    ]);
    assert.deepEqual(explain(row('step.search', { medians: [1_200, 1_700] }), evidence), [
      'request GET /api/parts, image: 560 ms instead of 60 ms',
    ]);
  });

  it('takes a file under another hash and a page of another id for the same, and counts what comes more often', () => {
    const evidence = both('journey', {
      base: {
        requests: [
          request('/assets/app-BxYz12aQ.js', 20, 50_000),
          request('/parts/17', 30),
          request('/hero-1024.webp', 10),
        ],
      },
      candidate: {
        requests: [
          request('/assets/app-C0ffee77.js', 20, 90_000),
          ...Array.from({ length: 4 }, () => request('/parts/42', 30)),
          request('/hero-1600.webp', 10),
        ],
      },
    });
    assert.deepEqual(explain(row('fcp', { labels: PAGE }), evidence), [
      'request GET /assets/app-C0ffee77.js, image: 90 kB instead of 50 kB',
      'new request GET /hero-1600.webp, image, 10 ms',
      'request GET /parts/42, image: 4 times instead of once',
      'requests 6 instead of 3',
    ]);
  });

  it('says of an audit what Lighthouse names, what weighs more and which work grew, each in its own page', () => {
    const labels = { page: '/', form_factor: 'mobile' };
    const sampled = (bytes: number, work: number): readonly Measure[] => [
      measure('bytes.image', bytes, { unit: 'bytes', labels }),
      measure('bytes.total', bytes + 90_000, { unit: 'bytes', labels }),
      measure('audit.bootup-time', work, { labels }),
      measure('audit.largest-contentful-paint', work * 3, { labels }),
      measure('audit.bootup-time', work * 9, { labels: { ...labels, page: '/other' } }),
      measure('tbt', work / 2, { labels }),
    ];
    const evidence = both('audit', {
      base: { sampled: [sampled(60_000, 300)], vitals: [lcp('img.hero', undefined, [600, 100, 200, 50])] },
      candidate: { sampled: [sampled(840_000, 1_200)], vitals: [lcp('img.hero', undefined, [600, 100, 2_400, 50])] },
    });
    const element = 'LCP element img.hero: resource load 2.4 s instead of 200 ms';
    const bytes = 'bytes of type image: 840 kB instead of 60 kB';
    const work = "Lighthouse's bootup-time: 1.2 s instead of 300 ms";
    assert.deepEqual(explain(row('lcp', { labels }), evidence), [element, bytes, work]);
    assert.deepEqual(explain(row('tbt', { labels }), evidence), [work, bytes]);
    assert.deepEqual(explain(row('score.performance', { labels, unit: 'score' }), evidence), [
      'TBT: 600 ms instead of 150 ms',
      element,
      work,
      bytes,
    ]);
  });

  it('says of a load test which group and which part of a request got slower, and which check held less often', () => {
    const sampled = (factor: number, held: number): readonly Measure[] => [
      measure('http_req_duration.p95', 200 * factor),
      measure('http_req_waiting.p95', 190 * factor),
      measure('http_req_waiting.med', 999 * factor),
      measure('http_req_receiving.p95', 8),
      measure('tagged.group_duration.p95', 700 * factor, { labels: { group: '::search' } }),
      measure('tagged.group_duration.p95', 90, { labels: { group: '::home' } }),
      measure('check', held, { unit: 'ratio', labels: { check: 'has results' } }),
    ];
    const evidence = both('load', { base: { sampled: [sampled(1, 1)] }, candidate: { sampled: [sampled(1.5, 0.8)] } });
    assert.deepEqual(explain(row('http_req_duration.p95'), evidence), [
      "group 'search' (p95): 1.05 s instead of 700 ms",
      'waiting for the first byte (p95): 285 ms instead of 190 ms',
      "check 'has results': 80 % instead of 100 %",
    ]);
  });

  it('says of a probe which phase takes longer, by the middle of its runs', () => {
    const runs = (connect: number, firstByte: number): readonly (readonly Measure[])[] =>
      [0.9, 1, 9].map((noise) => [
        measure('total', 50 * noise),
        measure('phase.connect', connect * noise),
        measure('phase.first_byte', firstByte * noise),
        measure('phase.transfer', 2 * noise),
      ]);
    const evidence = both('http', { base: { sampled: runs(1, 12) }, candidate: { sampled: runs(9, 80) } });
    assert.deepEqual(explain(row('total'), evidence), [
      'waiting for the first byte: 80 ms instead of 12 ms',
      'connecting: 9 ms instead of 1 ms',
    ]);
  });

  it('names what takes most where there is no baseline, and what fails where failures are counted', () => {
    const candidate: SideEvidence = {
      ...NO_EVIDENCE,
      vitals: [lcp('img.hero', '/hero.jpg', [20, 30, 1_200, 40])],
      requests: [request('/hero.jpg', 1_200, 90_000), { ...request('/gone', 9), failure: 'status 404' }],
    };
    assert.deepEqual(explain(row('lcp', { labels: PAGE }), { kind: 'journey', candidate }), [
      'LCP element img.hero (/hero.jpg): resource load 1.2 s of 1.29 s',
      'slowest request GET /hero.jpg, image, 90 kB, 1.2 s',
    ]);
    const evidence = { kind: 'journey', candidate, base: { ...candidate, requests: [request('/gone', 9)] } } as const;
    assert.deepEqual(explain(row('failed_requests', { unit: 'count' }), evidence), [
      'request GET /gone, image: status 404',
    ]);
  });

  it('keeps names of a page to one short line, and says at most five things', () => {
    const hostile = `\u001b[2J\n\u202e${'a'.repeat(5_000)}`;
    const many = Array.from({ length: 40 }, (_, index) =>
      request(`/new-${String.fromCharCode(97 + index)}${hostile}`, 100),
    );
    const evidence = both('journey', {
      base: { requests: [request('/', 10)], vitals: [lcp('h1', undefined, [1, 0, 0, 1])] },
      candidate: { requests: many, vitals: [lcp(hostile, hostile, [1, 0, 900, 1])] },
    });
    const sentences = explain(row('lcp', { labels: PAGE }), evidence);
    assert.equal(sentences.length, 5);
    for (const sentence of sentences) assert.match(sentence, /^[^\p{C}\n]{10,300}$/u);
  });
});

type Sides = { readonly base: Partial<SideEvidence>; readonly candidate: Partial<SideEvidence> };

function both(kind: CheckKind, { base, candidate }: Sides): CheckEvidence {
  return { kind, base: { ...NO_EVIDENCE, ...base }, candidate: { ...NO_EVIDENCE, ...candidate } };
}

function request(address: string, durationMs: number, bytes?: number, atMs = 0): SeenRequest {
  const size = bytes === undefined ? {} : { bytes };
  return { method: 'GET', address, type: 'image', labels: {}, atMs, durationMs, ...size };
}

function lcp(
  target: string,
  address: string | undefined,
  [firstByte, delay, load, render]: readonly number[],
): SeenVital {
  const parts = [
    { name: 'first byte', ms: firstByte ?? 0 },
    { name: 'resource load delay', ms: delay ?? 0 },
    { name: 'resource load', ms: load ?? 0 },
    { name: 'render delay', ms: render ?? 0 },
  ];
  return { vital: 'lcp', labels: PAGE, target, ...(address === undefined ? {} : { address }), parts };
}

type Rest = { readonly unit?: Unit; readonly labels?: Labels };

function measure(name: string, value: number, { unit = 'ms', labels }: Rest = {}): Measure {
  return { name, value, unit, ...(labels === undefined ? {} : { labels }) };
}

function row(
  name: string,
  { unit = 'ms', labels, medians = [100, 200] }: Rest & { medians?: readonly number[] } = {},
): GateRow {
  const side = (median: number | undefined) => ({ median: median ?? 0, values: [median ?? 0] });
  return {
    type: 'relative',
    check: checkId('visit'),
    kind: 'journey',
    stage: 'journeys',
    name,
    measure: name,
    ...(labels === undefined ? {} : { labels }),
    unit,
    better: 'lower',
    base: side(medians[0]),
    candidate: side(medians[1]),
    evidence: [],
    explanations: [],
    change: { estimate: 0.5, low: 0.4, high: 0.6 },
    effect: { by: 0.05, ratio: true },
    declared: false,
    verdict: 'regressed',
  };
}
