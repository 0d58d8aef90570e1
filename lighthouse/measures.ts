import type { Labels, Measure, MeasureCatalogue } from '../core/measure.ts';
import type { Unit } from '../core/units.ts';
import { metricsOf, numericOf, type Report, resourceRows } from './parse.ts';

/** All that an audit can measure. One value per valid audit, labelled `page` and `form_factor`; budgets take the median. */
export const AUDIT_MEASURES = {
  'score.*': {
    unit: 'score',
    better: 'higher',
    gated: { floor: 0.03 },
    help: 'Score of a category, 0 to 1, e.g. `score.performance` (Lighthouse shows it times 100).',
  },
  lcp: {
    unit: 'ms',
    gated: { floor: 100 },
    help: 'Largest contentful paint, as Lighthouse gives it under the throttling in force.',
  },
  'lcp.observed': {
    unit: 'ms',
    gated: { floor: 100 },
    help: 'Largest contentful paint as the browser painted it. A model (`simulate`) leaves out that the server is late with one resource among many.',
  },
  fcp: { unit: 'ms', gated: { floor: 100 }, help: 'First contentful paint.' },
  'fcp.observed': { unit: 'ms', gated: { floor: 100 }, help: 'First contentful paint as the browser painted it.' },
  tbt: { unit: 'ms', gated: { floor: 50 }, help: 'Total blocking time: the laboratory stand-in for INP.' },
  cls: { unit: 'score', gated: { floor: 0.02 }, help: 'Cumulative layout shift, a bare number: 0.1 and less is good.' },
  si: { unit: 'ms', gated: { floor: 100 }, help: 'Speed index.' },
  tti: { unit: 'ms', help: 'Time to interactive.' },
  ttfb: {
    unit: 'ms',
    gated: { floor: 20 },
    help: 'Time to first byte under the same throttling; `audit.server-response-time` is observed without it.',
  },
  'bytes.total': { unit: 'bytes', gated: { floor: 10_000 }, help: 'Bytes transferred, all resources.' },
  'bytes.*': {
    unit: 'bytes',
    help: 'Bytes transferred by resource type: `bytes.total`, `.script`, `.image`, `.font`, `.stylesheet`, `.third-party`, …',
  },
  requests: { unit: 'count', gated: { floor: 1 }, help: 'Requests of the page.' },
  'requests.*': { unit: 'count', help: 'Requests by resource type, e.g. `requests.third-party`.' },
  'audit.*': {
    unit: 'any',
    help: 'Value of any audit that has one, e.g. `audit.bootup-time`; its unit is that of Lighthouse.',
  },
  benchmark_index: {
    unit: 'count',
    better: 'higher',
    help: "Lighthouse's CPU benchmark of this machine (higher is faster); below 1,000 the numbers are not to be trusted.",
  },
  silent_retries: {
    unit: 'count',
    help: 'Times that Lighthouse CI started an audit again without saying so; one value per run.',
  },
} as const satisfies MeasureCatalogue;

const VITALS = [
  ['lcp', 'largest-contentful-paint', 'ms'],
  ['fcp', 'first-contentful-paint', 'ms'],
  ['tbt', 'total-blocking-time', 'ms'],
  ['cls', 'cumulative-layout-shift', 'score'],
  ['si', 'speed-index', 'ms'],
  ['tti', 'interactive', 'ms'],
] as const;

/** The measures of one valid audit. What Lighthouse could not compute is absent, never 0. */
export function measuresOf(report: Report, labels: Labels): readonly Measure[] {
  const make = (name: string, value: number | null | undefined, unit: Unit): readonly Measure[] =>
    typeof value === 'number' && Number.isFinite(value) ? [{ name, value, unit, labels }] : [];
  const metrics = metricsOf(report);
  return [
    ...Object.entries(report.categories).flatMap(([id, { score }]) => make(`score.${id}`, score, 'score')),
    ...VITALS.flatMap(([name, id, unit]) => make(name, numericOf(report, id), unit)),
    ...make('ttfb', metrics?.timeToFirstByte, 'ms'),
    ...make('lcp.observed', metrics?.observedLargestContentfulPaint, 'ms'),
    ...make('fcp.observed', metrics?.observedFirstContentfulPaint, 'ms'),
    ...resourceRows(report).flatMap(({ resourceType, transferSize, requestCount }) => [
      ...make(`bytes.${resourceType}`, transferSize, 'bytes'),
      ...make(resourceType === 'total' ? 'requests' : `requests.${resourceType}`, requestCount, 'count'),
    ]),
    ...make('benchmark_index', report.environment.benchmarkIndex, 'count'),
    ...Object.keys(report.audits).flatMap((id) => make(`audit.${id}`, numericOf(report, id), unitOf(report, id))),
  ];
}

function unitOf(report: Report, id: string): Unit {
  switch (report.audits[id]?.numericUnit) {
    case 'millisecond':
      return 'ms';
    case 'byte':
      return 'bytes';
    default:
      // `element`, `unitless`: bare numbers. Layout shift is the one fraction among them.
      return id === 'cumulative-layout-shift' ? 'score' : 'count';
  }
}
