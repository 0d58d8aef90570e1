import type { Measure } from '../measure.ts';
import { byWeight, type CheckEvidence, requestsAbout, type Said } from './evidence.ts';
import { type Change, changesOf, insteadOf, isAbout, leastMs } from './explain-changes.ts';
import { explainRequests } from './explain-requests.ts';
import { explainVitals } from './explain-vitals.ts';
import type { GateRow } from './result.ts';

const METRICS = ['lcp', 'fcp', 'tbt', 'cls', 'si', 'tti', 'ttfb'] as const;
/** They say the row again in other words, or what the throttling assumed of the network. */
const NOT_CAUSES = new Set([
  'audit.first-contentful-paint',
  'audit.largest-contentful-paint',
  'audit.speed-index',
  'audit.total-blocking-time',
  'audit.max-potential-fid',
  'audit.cumulative-layout-shift',
  'audit.interactive',
  'audit.metrics',
  'audit.total-byte-weight',
  'audit.network-rtt',
  'audit.network-server-latency',
]);
const MOST_OF_A_SORT = 2;

/** What Lighthouse itself tells of the change, what bears most on the measure first. */
export function explainAudit(row: GateRow, evidence: CheckEvidence): readonly Said[] {
  const isOfRow = (measure: Measure): boolean => isAbout(measure, row.labels);
  const about = (name: (name: string) => boolean): readonly Change[] =>
    changesOf(evidence, (measure) => isOfRow(measure) && name(measure.name));
  const element = explainVitals(evidence, 'lcp', row.labels);
  const types = about((name) => name.startsWith('bytes.') && name !== 'bytes.total' && name !== row.measure).map(
    (change) => said(`bytes of type ${change.name.slice('bytes.'.length)}`, change),
  );
  const audits = about((name) => name.startsWith('audit.') && !NOT_CAUSES.has(name))
    .filter(({ unit }) => unit === 'ms')
    .map((change) => said(`Lighthouse's ${change.name.slice('audit.'.length)}`, change));
  const { base, candidate } = evidence;
  const requests = explainRequests({
    base: base === undefined ? undefined : requestsAbout(base, row.labels),
    candidate: requestsAbout(candidate, row.labels),
    leastMs: leastMs(row),
  });
  const first = (all: readonly Said[]): readonly Said[] => all.slice(0, MOST_OF_A_SORT);
  switch (sortOf(row.measure)) {
    case 'paint':
      return [...element, ...first(requests), ...first(types), ...first(audits)];
    case 'work':
      return [...first(audits), ...first(types), ...first(requests)];
    case 'weight':
      return [...requests, ...types];
    case 'score':
      return [...byWeight(metrics(about)), ...element, ...first(audits), ...first(types), ...first(requests)];
  }
}

function sortOf(measure: string): 'paint' | 'work' | 'weight' | 'score' {
  if (measure === 'tbt' || measure === 'tti') return 'work';
  if (measure.startsWith('bytes.') || measure.startsWith('requests')) return 'weight';
  return measure.startsWith('score.') ? 'score' : 'paint';
}

function metrics(about: (name: (name: string) => boolean) => readonly Change[]): readonly Said[] {
  return METRICS.flatMap((metric) =>
    about((name) => name === metric).map((change) => said(metric.toUpperCase(), change)),
  );
}

function said(what: string, change: Change): Said {
  return { text: `${what}: ${insteadOf(change)}`, weight: change.by };
}
