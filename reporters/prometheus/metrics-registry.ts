import { Registry } from 'prom-client';
import type { Check } from '../../core/check.ts';
import { isCurrent, type LatestRun, stateOfRun, type TellState } from '../../core/check-state.ts';
import type { CheckId } from '../../core/identifiers.ts';
import type { Incident, IncidentChange } from '../../core/incident.ts';
import { isAhead } from '../../core/latest-run.ts';
import type { Delivery } from '../../core/notice.ts';
import type { Run } from '../../core/run.ts';
import { causeOfId, isOwnCause } from '../../core/shared-cause.ts';
import type { Gap, SkippedSlot } from '../../core/store.ts';
import { openBoundedNames } from './bounded-names.ts';
import { labelsOf } from './check-labels.ts';
import { makeMetrics } from './families.ts';
import { replaceLatest } from './latest-gauges.ts';
import { successOf } from './record-probe.ts';
import { countRun, initialiseCheck, publishLatest, publishState, recordSkip } from './record-run.ts';

/** What the engine knows of itself at a moment; sent once a second. */
export type EngineState = {
  readonly lagMs: number;
  readonly pendingCommits: number;
  readonly lanes: Readonly<Record<string, { readonly running: number; readonly waiting: number }>>;
  readonly nextRuns: readonly { readonly check: CheckId; readonly at: number }[];
};
export type StorageState = {
  readonly databaseBytes: number;
  readonly artefactBytes: number;
  readonly pendingNotices: number;
};

export type PlanInForce = {
  readonly checks: readonly Check[];
  /** Ids of channels, whose counters appear at 0. */
  readonly channels: readonly string[];
  readonly loadedAt: number;
};

export type MetricsRegistry = {
  /** The text of a scrape; its content type is `contentType`, which Prometheus 3 insists on. */
  render(): Promise<string>;
  readonly contentType: string;
  /** Puts the checks in force: new ones appear at 0, removed ones vanish. Returns those that are new or changed, whose past can be told by `restore`. */
  plan(input: PlanInForce): Promise<readonly Check[]>;
  /** Says that the configuration on disk could not be put in force. */
  reloadRefused(): void;
  /** Shows a stored run of before a restart again; nothing is counted. */
  restore(run: Run): void;
  run(run: Run): void;
  skipped(skipped: readonly SkippedSlot[], gaps?: readonly Gap[]): void;
  incident(change: IncidentChange): void;
  open(incidents: readonly Incident[]): void;
  delivery(delivery: Delivery, createdAt: number): void;
  engine(state: EngineState): void;
  storage(state: StorageState): void;
};

const OUTCOMES = ['accepted', 'retry', 'rejected'] as const satisfies readonly Delivery['outcome']['status'][];

export type RegistryOptions = {
  readonly location: string;
  readonly version: string;
  /** Asked once a scrape. Default: a check stands as its latest run ended. */
  readonly states?: () => TellState;
};

export function openMetricsRegistry({
  location,
  version,
  states = () => (_check, latest) => stateOfRun(latest),
}: RegistryOptions): MetricsRegistry {
  const registry = new Registry();
  const metrics = makeMetrics(registry);
  // Shown at the next scrape and not run by run: of a check that runs each second only one in fifteen is ever looked at.
  const latest = new Map<string, Run>();
  let engine: EngineState | undefined;
  const names = openBoundedNames((check) => metrics.counter('seriesDropped').inc({ check }));
  const recording = { metrics, names };
  let checks = new Map<string, Check>();
  metrics.gauge('build').set({ version, node: process.versions.node }, 1);
  const forCheck = (id: string, action: (check: Check) => void): void => {
    const check = checks.get(id);
    if (check !== undefined) action(check);
  };

  function remember(run: Run, check: Check): void {
    const known = latest.get(check.id);
    // Of runs that overlap the later one counts, as in the store. One that lies ahead was made before the clock was set back.
    const isOlder = known !== undefined && run.startedAt < known.startedAt && !isAhead(known.startedAt, run.finishedAt);
    if (!isOlder) latest.set(check.id, run);
    if (successOf(run) === 1) metrics.gauge('lastSuccess').set(labelsOf(check, run.location), run.finishedAt / 1_000);
  }

  function showLatest(): void {
    const tellState = states();
    replaceLatest(metrics, (set) => {
      for (const check of checks.values()) {
        const run = latest.get(check.id);
        const labels = labelsOf(check, run?.location ?? location);
        const state = tellState(check, run && latestOf(run));
        publishState(set, labels, state);
        if (run === undefined) continue;
        set('lastRun', labels, run.finishedAt / 1_000);
        // What was measured before a pause is no value of now: a series that ends says so, one that stays lies.
        if (isCurrent(state)) publishLatest(set, run, check);
      }
    });
  }

  function showEngine({ lagMs, pendingCommits, lanes, nextRuns }: EngineState): void {
    metrics.gauge('lag').set(lagMs / 1_000);
    metrics.gauge('storePending').set(pendingCommits);
    for (const [lane, { running, waiting }] of Object.entries(lanes)) {
      metrics.gauge('lanes').set({ lane, state: 'running' }, running);
      metrics.gauge('lanes').set({ lane, state: 'waiting' }, waiting);
    }
    for (const { check: id, at } of nextRuns)
      forCheck(id, (check) => metrics.gauge('nextRun').set(labelsOf(check, location), at / 1_000));
  }

  function showOwn({ check, location: at }: Incident, value: 0 | 1): void {
    metrics.gauge('selfIncidents').set({ cause: causeOfId(check), location: at }, value);
  }

  /** Removes every series with this check; removal is rare, so it may look at all of them. */
  async function forget(id: string): Promise<void> {
    for (const metric of metrics.all()) {
      const { values } = await metric.get();
      const gone = new Set(
        values
          .filter((value) => value.labels.check === id)
          .map((value) => JSON.stringify(withoutBuckets(value.labels))),
      );
      for (const labels of gone) metric.remove(JSON.parse(labels));
    }
    latest.delete(id);
    names.forget(id);
  }

  return {
    contentType: registry.contentType,
    render() {
      showLatest();
      if (engine !== undefined) showEngine(engine);
      return registry.metrics();
    },
    async plan({ checks: next, channels, loadedAt }) {
      const ids = new Map(next.map((check) => [check.id as string, check]));
      for (const [id, check] of checks) if (ids.get(id)?.hash !== check.hash) await forget(id);
      const fresh = next.filter((check) => checks.get(check.id)?.hash !== check.hash);
      checks = ids;
      for (const check of fresh) initialiseCheck(metrics, check, location);
      for (const channel of channels)
        for (const outcome of OUTCOMES) metrics.counter('notifications').inc({ channel, outcome }, 0);
      metrics.gauge('reload').set(1);
      metrics.gauge('reloadAt').set(loadedAt / 1_000);
      return fresh;
    },
    reloadRefused: () => metrics.gauge('reload').set(0),
    restore: (run) => forCheck(run.check, (check) => remember(run, check)),
    run: (run) =>
      forCheck(run.check, (check) => {
        countRun(recording, run, check);
        remember(run, check);
      }),
    skipped(skipped, gaps = []) {
      for (const { slot, reason } of skipped)
        forCheck(slot.check, (check) => recordSkip(metrics, labelsOf(check, slot.location), reason));
      for (const { check: id, location: at, count } of gaps)
        forCheck(id, (check) => recordSkip(metrics, labelsOf(check, at), 'missed', count));
    },
    incident({ incident }) {
      if (isOwnCause(incident.check)) return showOwn(incident, incident.closed ? 0 : 1);
      forCheck(incident.check, (check) =>
        metrics
          .gauge('incidents')
          .set({ ...labelsOf(check, incident.location), track: incident.track }, incident.closed ? 0 : 1),
      );
    },
    open(incidents) {
      for (const incident of incidents.filter(({ check }) => isOwnCause(check))) showOwn(incident, 1);
      for (const { check: id, location: at, track } of incidents)
        forCheck(id, (check) => metrics.gauge('incidents').set({ ...labelsOf(check, at), track }, 1));
    },
    delivery(delivery, createdAt) {
      const { channel, outcome } = delivery;
      metrics.counter('notifications').inc({ channel, outcome: outcome.status });
      if (outcome.status === 'accepted')
        metrics
          .histogram('delivery')
          .observe({ channel }, Math.max(0, delivery.at + delivery.durationMs - createdAt) / 1_000);
    },
    engine(state) {
      engine = state;
    },
    storage(state) {
      metrics.gauge('storeBytes').set(state.databaseBytes);
      metrics.gauge('artefactBytes').set(state.artefactBytes);
      metrics.gauge('outbox').set(state.pendingNotices);
    },
  };
}

function latestOf({ verdict, startedAt, finishedAt }: Run): LatestRun {
  return { status: verdict.status, startedAt, durationMs: finishedAt - startedAt };
}

function withoutBuckets(labels: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { le: _le, quantile: _quantile, ...rest } = labels;
  return rest;
}
