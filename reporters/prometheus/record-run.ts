import type { Check } from '../../core/check.ts';
import { CHECK_STATES, type CheckState } from '../../core/check-state.ts';
import { BLAMES } from '../../core/fault.ts';
import { TRACKS } from '../../core/incident.ts';
import { TAINTS } from '../../core/observation.ts';
import {
  type BudgetResult,
  decisive,
  type Run,
  SKIP_REASONS,
  type SkipReason,
  VERDICT_STATUSES,
} from '../../core/run.ts';
import { type CheckLabels, labelsOf } from './check-labels.ts';
import type { Metrics } from './families.ts';
import type { SetGauge } from './latest-gauges.ts';
import { countMeasures, publishMeasures, type RunRecording, VITALS } from './record-measures.ts';
import { probeLabelsOf, publishProbe, successOf } from './record-probe.ts';

/** Makes the series of a check before its first run, counters at 0, so that the first failure is an increase. */
export function initialiseCheck(metrics: Metrics, check: Check, location: string): void {
  const labels = labelsOf(check, location);
  for (const verdict of VERDICT_STATUSES) {
    const blames = verdict === 'inconclusive' ? BLAMES : ['none'];
    for (const blame of blames) metrics.counter('runs').inc({ ...labels, verdict, blame }, 0);
  }
  for (const key of ['retries', 'expected', 'started', 'finished'] as const) metrics.counter(key).inc(labels, 0);
  for (const reason of SKIP_REASONS) metrics.counter('skipped').inc({ ...labels, reason }, 0);
  for (const taint of TAINTS) metrics.counter('tainted').inc({ ...labels, taint }, 0);
  metrics.counter('seriesDropped').inc({ check: check.id }, 0);
  if (check.kind === 'journey')
    for (const vital of VITALS) metrics.counter('vitalMissing').inc({ ...labels, vital }, 0);
  metrics
    .gauge('info')
    .set({ ...labels, config_hash: check.hash, owner: check.owner ?? '', runbook: check.runbook ?? '' }, 1);
  for (const track of TRACKS) metrics.gauge('incidents').set({ ...labels, track }, 0);
}

/** Counts a finished run. Counters count only runs of a slot, as uptime does; gauges show the latest run of any trigger. */
export function countRun(recording: RunRecording, run: Run, check: Check): void {
  const { metrics } = recording;
  const labels = labelsOf(check, run.location);
  if (run.trigger === 'slot') countSlot(metrics, labels, run, check);
  metrics.counter('retries').inc(labels, Math.max(0, run.attempts.length - 1));
  for (const taint of run.taints) metrics.counter('tainted').inc({ ...labels, taint });
  metrics.histogram('runDuration').observe(labels, (run.finishedAt - run.startedAt) / 1_000);
  const observation = decisive(run);
  if (observation !== undefined) countMeasures(recording, labels, observation);
}

function countSlot(metrics: Metrics, labels: CheckLabels, run: Run, check: Check): void {
  const blame = run.verdict.status === 'inconclusive' ? run.verdict.fault.blame : 'none';
  metrics.counter('runs').inc({ ...labels, verdict: run.verdict.status, blame });
  for (const key of ['expected', 'started', 'finished'] as const) metrics.counter(key).inc(labels);
  if (run.producedBy.latenessMs !== undefined)
    metrics.histogram('lateness').observe(labels, run.producedBy.latenessMs / 1_000);
  const probe = probeLabelsOf(check, run.location);
  const success = successOf(run);
  if (probe !== undefined && success !== undefined) metrics.summary('probeAllSuccess').observe(probe, success);
}

/** The state of a check now; its latest run may be long ago. */
export function publishState(set: SetGauge, labels: CheckLabels, { name }: CheckState): void {
  for (const state of CHECK_STATES) set('state', { ...labels, state }, state === name ? 1 : 0);
}

/** What the latest run measured. It can be told again after a restart from the stored run: no counter or histogram moves by it. */
export function publishLatest(set: SetGauge, run: Run, check: Check): void {
  const labels = labelsOf(check, run.location);
  for (const result of run.budgets) publishBudget(set, labels, result);
  const observation = decisive(run);
  if (observation === undefined) return;
  publishMeasures(set, labels, observation);
  publishProbe(set, run, check, observation);
}

export function recordSkip(metrics: Metrics, labels: CheckLabels, reason: SkipReason, count = 1): void {
  metrics.counter('skipped').inc({ ...labels, reason }, count);
  metrics.counter('expected').inc(labels, count);
  metrics.counter('runs').inc({ ...labels, verdict: 'skipped', blame: 'none' }, count);
}

/** Without samples nothing was judged: the limit stands, value and answer are absent, so that an alert on a broken budget stays quiet. */
function publishBudget(set: SetGauge, labels: CheckLabels, { budget, value, samples, status }: BudgetResult): void {
  const unit = (budget.fail ?? budget.warn)?.unit ?? 'count';
  const named = { ...labels, budget: budget.name };
  set('budgetSamples', named, samples);
  if (value !== undefined) set('budgetValue', { ...named, unit }, value);
  for (const level of ['warn', 'fail'] as const) {
    const limit = budget[level];
    if (limit === undefined) continue;
    set('budgetLimit', { ...named, level, unit }, limit.value);
    const kept = status === 'kept' || (status === 'warned' && level === 'fail');
    if (status !== 'no-samples') set('budgetOk', { ...named, level }, kept ? 1 : 0);
  }
}
