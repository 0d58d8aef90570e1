import type { Check } from '../../core/check.ts';
import type { Observation } from '../../core/observation.ts';
import type { Run } from '../../core/run.ts';
import { instanceOf } from './instance-of.ts';
import type { SetGauge } from './latest-gauges.ts';

const PROBE_KINDS: readonly string[] = ['http', 'tcp', 'dns', 'tls', 'heartbeat'];
/** Our phases by blackbox's names. */
const PHASES: Readonly<Record<string, string>> = {
  resolve: 'resolve',
  connect: 'connect',
  tls: 'tls',
  first_byte: 'processing',
  transfer: 'transfer',
};

export type ProbeLabels = Readonly<Record<'instance' | 'check' | 'location' | 'environment', string>>;

/**
 * Labels of the layer that dashboards and alerts for blackbox_exporter understand; `undefined` for kinds that are no probes. `job` is the
 * scraper's to give. Location and environment are there because the scraper keeps our `instance`: without them two monitors of one target
 * would write into one series.
 */
export function probeLabelsOf(check: Check, location: string): ProbeLabels | undefined {
  if (!PROBE_KINDS.includes(check.kind)) return undefined;
  return { instance: instanceOf(check), check: check.id, location, environment: check.target.environment };
}

/** 1 or 0 when the target was judged, `undefined` when it could not be measured. */
export function successOf({ verdict }: Run): 0 | 1 | undefined {
  switch (verdict.status) {
    case 'passed':
    case 'degraded':
      return 1;
    case 'failed':
      return 0;
    case 'inconclusive':
    case 'skipped':
      return undefined;
  }
}

/** What could not be measured is absent, not 0. */
export function publishProbe(set: SetGauge, run: Run, check: Check, observation: Observation): void {
  const labels = probeLabelsOf(check, run.location);
  if (labels === undefined) return;
  const success = successOf(run);
  if (success !== undefined) set('probeSuccess', labels, success);
  const measured = (name: string): number | undefined =>
    observation.measures.find((measure) => measure.name === name)?.value;
  const last = run.attempts.at(-1);
  const duration = measured('total') ?? last?.durationMs;
  if (duration !== undefined) set('probeDuration', labels, duration / 1_000);
  if (check.kind === 'http') publishHttp(set, labels, measured);
  const timeLeft = measured('certificate_time_left');
  const measuredAt = last === undefined ? run.finishedAt : last.startedAt + last.durationMs;
  // Certificates end on whole seconds; without rounding the value would tremble from run to run.
  if (timeLeft !== undefined) set('probeExpiry', labels, Math.round((measuredAt + timeLeft) / 1_000));
}

function publishHttp(set: SetGauge, labels: ProbeLabels, measured: (name: string) => number | undefined): void {
  for (const [ours, phase] of Object.entries(PHASES)) {
    const value = measured(`phase.${ours}`);
    if (value !== undefined) set('probePhase', { ...labels, phase }, value / 1_000);
  }
  const pairs = [
    ['probeStatus', 'status_code'],
    ['probeRedirects', 'redirects'],
    ['probeLength', 'body_bytes'],
  ] as const;
  for (const [key, name] of pairs) {
    const value = measured(name);
    if (value !== undefined) set(key, labels, value);
  }
}
