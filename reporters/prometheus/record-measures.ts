import type { Measure } from '../../core/measure.ts';
import type { Observation } from '../../core/observation.ts';
import { quantile } from '../../core/statistics.ts';
import type { BoundedNames } from './bounded-names.ts';
import type { CheckLabels } from './check-labels.ts';
import type { Metrics } from './families.ts';
import type { SetGauge } from './latest-gauges.ts';

/** More gauges of one run than this are not published: thousands of measures must not drown the scrape. */
export const MOST_GAUGES = 300;
export const VITALS = ['lcp', 'fcp', 'ttfb', 'inp', 'cls'] as const;
type Vital = (typeof VITALS)[number];

export type RunRecording = { readonly metrics: Metrics; readonly names: BoundedNames };

/** Adds what a run measured to the histograms and counters of steps and vitals. */
export function countMeasures({ metrics, names }: RunRecording, labels: CheckLabels, observation: Observation): void {
  for (const { name, durationMs, status } of observation.steps) {
    const step = names.of(labels.check, 'step', name);
    metrics.histogram('steps').observe({ ...labels, step }, durationMs / 1_000);
    metrics.counter('stepResults').inc({ ...labels, step, result: status });
  }
  for (const measure of observation.measures) countVital({ metrics, names }, labels, measure);
  if (observation.measures.length > MOST_GAUGES) countDropped(metrics, labels, observation);
  countMissingVitals(metrics, labels, observation);
}

function isVital(name: string): name is Vital {
  return VITALS.some((vital) => vital === name);
}

function countVital(
  { metrics, names }: RunRecording,
  labels: CheckLabels,
  { name, value, labels: own }: Measure,
): void {
  if (!isVital(name) || !Number.isFinite(value)) return;
  const device = own?.form_factor ?? own?.device ?? 'desktop';
  const common = { ...labels, page: names.of(labels.check, 'page', own?.page ?? ''), device, source: 'lab' };
  switch (name) {
    case 'cls':
      metrics.histogram('cls').observe(common, value);
      return;
    case 'inp': {
      const interaction = names.of(labels.check, 'interaction', own?.interaction ?? '');
      metrics.histogram('inp').observe({ ...common, interaction }, value / 1_000);
      return;
    }
    case 'lcp':
    case 'fcp':
    case 'ttfb':
      metrics.histogram(name).observe(common, value / 1_000);
  }
}

/** Only of journeys that reached a page: audits have no INP by design, and a missing LCP of theirs is missing evidence already. */
function countMissingVitals(metrics: Metrics, labels: CheckLabels, { measures, evidence }: Observation): void {
  if (labels.kind !== 'journey' || (evidence.pages?.seen ?? 0) === 0) return;
  for (const vital of VITALS)
    if (!measures.some((measure) => measure.name === vital)) metrics.counter('vitalMissing').inc({ ...labels, vital });
}

function countDropped(metrics: Metrics, labels: CheckLabels, observation: Observation): void {
  const dropped = mediansOf(observation).length - MOST_GAUGES;
  if (dropped > 0) metrics.counter('seriesDropped').inc({ check: labels.check }, dropped);
}

/** Shows everything that is no step and no vital as gauges of the run's median. */
export function publishMeasures(set: SetGauge, labels: CheckLabels, observation: Observation): void {
  for (const measure of mediansOf(observation).slice(0, MOST_GAUGES)) publishGauge(set, labels, measure);
  if (labels.kind === 'load') publishLoad(set, labels, observation);
}

/** Of what is no step and no vital one value per name and labels: the median of the samples of this run. */
function mediansOf({ measures }: Observation): readonly Measure[] {
  const groups = new Map<string, { readonly first: Measure; readonly values: number[] }>();
  for (const measure of measures) {
    if (isVital(measure.name) || measure.name.startsWith('step.')) continue;
    const key = `${measure.name}\n${JSON.stringify(measure.labels ?? {})}`;
    const group = groups.get(key) ?? { first: measure, values: [] };
    group.values.push(measure.value);
    groups.set(key, group);
  }
  return [...groups.values()].flatMap(({ first, values }) => {
    const value = quantile(values, 0.5);
    return value === undefined ? [] : [{ ...first, value }];
  });
}

function publishGauge(set: SetGauge, labels: CheckLabels, { name, value, unit, labels: own }: Measure): void {
  const page = own?.page ?? '';
  const formFactor = own?.form_factor ?? '';
  if (name.startsWith('score.'))
    set('lighthouseScore', { ...labels, page, category: name.slice(6), form_factor: formFactor }, value);
  else if (name.startsWith('audit.'))
    set('lighthouseAudit', { ...labels, page, audit: name.slice(6), unit, form_factor: formFactor }, value);
  else if (name === 'benchmark_index') set('benchmarkIndex', labels, value);
  else set('measure', { ...labels, measure: name, unit, labels: labelText(own) }, value);
}

/** `page=/parts,step=pay`: one label instead of a family per combination, so that the label names of a metric are fixed. */
function labelText(own: Measure['labels']): string {
  return Object.entries(own ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',');
}

function publishLoad(set: SetGauge, labels: CheckLabels, observation: Observation): void {
  const measured = (name: string): number | undefined =>
    observation.measures.find((measure) => measure.name === name && measure.labels === undefined)?.value;
  for (const assertion of observation.assertions.slice(0, MOST_GAUGES)) {
    const threshold = /^k6 threshold (.+)$/.exec(assertion.expected)?.[1];
    if (threshold !== undefined) set('threshold', { ...labels, threshold }, assertion.ok ? 1 : 0);
  }
  const iterations = measured('iterations');
  const rate = measured('iterations.rate');
  if (iterations !== undefined && rate !== undefined && iterations > 0) {
    set('deliveredRate', labels, rate);
    set('offeredRate', labels, (rate * (iterations + (measured('dropped_iterations') ?? 0))) / iterations);
  }
  set('saturated', labels, observation.fault?.code === 'host-overloaded' ? 1 : 0);
}
