import type { Metrics } from './families.ts';

/** Gauges that tell what the latest run of a check measured. */
const LATEST = [
  'state',
  'lastRun',
  'lighthouseScore',
  'lighthouseAudit',
  'benchmarkIndex',
  'budgetValue',
  'budgetLimit',
  'budgetOk',
  'budgetSamples',
  'measure',
  'threshold',
  'offeredRate',
  'deliveredRate',
  'saturated',
  'probeSuccess',
  'probeDuration',
  'probePhase',
  'probeStatus',
  'probeRedirects',
  'probeLength',
  'probeExpiry',
] as const;

type Labels = Readonly<Record<string, string>>;
export type SetGauge = (key: (typeof LATEST)[number], labels: Labels, value: number) => void;

/** Makes them anew: what the latest run did not measure is away, so that absence shows as absence. */
export function replaceLatest(metrics: Metrics, write: (set: SetGauge) => void): void {
  for (const key of LATEST) metrics.gauge(key).reset();
  write((key, labels, value) => {
    // A value that is no number was not measured.
    if (Number.isFinite(value)) metrics.gauge(key).set(labels, value);
  });
}
