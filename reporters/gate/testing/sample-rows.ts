import type { AbsoluteRow, GateRow, GateRun, RelativeRow, SideValues } from '../../../core/gate/result.ts';
import { checkId, runId } from '../../../core/identifiers.ts';

/** A fixed instant, so that reports never change by themselves. */
export const START = Date.UTC(2026, 0, 1, 9, 30);
export const RUN_MS = 2_400;

/** Twelve values around `centre` that look measured: a fixed wave, the same on every machine. */
export function spread(centre: number, share = 0.04, seed = 1, count = 12): SideValues {
  const values = Array.from({ length: count }, (_, index) => {
    const wave = Math.sin((index + 1) * 12.9898 * seed) * 43_758.5453;
    return centre * (1 + share * 2 * (wave - Math.floor(wave) - 0.5));
  });
  const sorted = values.toSorted((a, b) => a - b);
  return { median: sorted[Math.floor(count / 2)] ?? centre, values };
}

export function relativeRow(name: string, changes: Partial<RelativeRow> = {}): RelativeRow {
  return {
    type: 'relative',
    check: checkId('checkout'),
    kind: 'journey',
    stage: 'journeys',
    name,
    measure: name.split(' ')[0] ?? name,
    unit: 'ms',
    better: 'lower',
    base: spread(1_800, 0.05, 2),
    candidate: spread(1_810, 0.05, 3),
    change: { estimate: 0.006, low: -0.011, high: 0.023 },
    effect: { by: 0.05, ratio: true },
    declared: false,
    verdict: 'not-regressed',
    evidence: [],
    explanations: [],
    ...changes,
  };
}

export function absoluteRow(name: string, changes: Partial<AbsoluteRow> = {}): AbsoluteRow {
  return {
    type: 'absolute',
    check: checkId('api-search'),
    kind: 'http',
    stage: 'probes',
    name,
    measure: name.split(' ')[0] ?? name,
    unit: 'ms',
    better: 'lower',
    base: spread(118, 0.1, 4),
    candidate: spread(121, 0.1, 5),
    limit: { comparison: '<=', value: 300, unit: 'ms' },
    level: 'fail',
    verdict: 'kept',
    evidence: [],
    explanations: [],
    ...changes,
  };
}

/** The id of the run that `sampleCheck` makes at this index; odd ones are of the candidate. */
export function runOf(index: number): GateRun['id'] {
  return runId(START + index * RUN_MS, '0000beef');
}

export const REGRESSED_ROW = relativeRow('lcp p75 {page=/parts}', {
  declared: true,
  labels: { page: '/parts' },
  candidate: spread(2_050, 0.05, 3),
  change: { estimate: 0.139, low: 0.104, high: 0.171 },
  verdict: 'regressed',
  evidence: [runOf(3), runOf(5)],
  explanations: [
    'hero.webp weighs 812 kB more than before (1.1 MB, was 288 kB).',
    'The largest element is img.hero now, was h1.',
  ],
});

export const UNDECIDED_ROW = relativeRow('inp p75 {page=/cart}', {
  labels: { page: '/cart' },
  base: spread(64, 0.3, 6),
  candidate: spread(68, 0.3, 7),
  change: { estimate: 0.048, low: -0.06, high: 0.16 },
  effect: { by: 0.1, ratio: true },
  verdict: 'undecided',
  evidence: [runOf(1)],
});

export const FINE_ROWS: readonly GateRow[] = [
  absoluteRow('total p95', { labels: { page: '/search' } }),
  relativeRow('ttfb p75 {page=/parts}', { base: spread(92, 0.08, 8), candidate: spread(93, 0.08, 9) }),
  relativeRow('requests {page=/parts}', {
    unit: 'count',
    base: { median: 41, values: new Array<number>(12).fill(41) },
    candidate: { median: 41, values: new Array<number>(12).fill(41) },
    change: { estimate: 0, low: 0, high: 0 },
    effect: { by: 2, ratio: false },
  }),
  relativeRow('performance score', {
    check: checkId('home-audit'),
    kind: 'audit',
    stage: 'audits',
    unit: 'score',
    better: 'higher',
    base: spread(0.9, 0.02, 10),
    candidate: spread(0.96, 0.02, 11),
    change: { estimate: 0.06, low: 0.052, high: 0.067 },
    effect: { by: 0.03, ratio: false },
  }),
  relativeRow('http_req_duration p95', {
    check: checkId('load-search'),
    kind: 'load',
    stage: 'load',
    base: spread(240, 0.06, 12),
    candidate: spread(228, 0.06, 13),
    change: { estimate: -0.048, low: -0.08, high: -0.021 },
  }),
];
