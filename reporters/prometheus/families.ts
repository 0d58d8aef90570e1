import { Counter, Gauge, Histogram, type Registry, Summary } from 'prom-client';

/** Labels that every series of a check carries. Bounded: ids and words of ours, never URLs or run ids. */
export const CHECK_LABELS = ['check', 'kind', 'location', 'environment', 'severity'] as const;

/** Seconds. Up to 300 because journeys and load runs last minutes; peers' default buckets end at 10 s and hide them. */
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300];
/** Seconds; edges at the published good and poor bounds of LCP (2.5, 4), FCP (1.8, 3), TTFB (0.8, 1.8) and INP (0.2, 0.5). */
const VITAL_BUCKETS = [0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 1.8, 2.5, 3, 4, 6, 10, 20];
/** Unitless; edges at the published bounds of CLS (0.1, 0.25). */
const CLS_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1];
const LATENESS_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

type Family = {
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly buckets?: readonly number[];
};
const own = (
  type: Family['type'],
  name: string,
  help: string,
  labels: readonly string[] = [],
  buckets?: readonly number[],
): Family => ({
  type,
  name,
  help,
  labels: [...CHECK_LABELS, ...labels],
  ...(buckets === undefined ? {} : { buckets }),
});
const vital = (name: string, help: string, buckets = VITAL_BUCKETS, more: readonly string[] = []): Family =>
  own('histogram', `vigie_web_vital_${name}`, help, ['page', 'device', 'source', ...more], buckets);
const probe = (type: Family['type'], name: string, help: string, labels: readonly string[] = []): Family => ({
  type,
  name,
  help,
  labels: ['instance', 'check', 'location', 'environment', ...labels],
});
const global = (
  type: Family['type'],
  name: string,
  help: string,
  labels: readonly string[] = [],
  buckets?: readonly number[],
): Family => ({ type, name, help, labels, ...(buckets === undefined ? {} : { buckets }) });

/** Every metric of `/metrics`; the names are public API, pinned by a golden file, and the catalogue in the documentation is made from this table. */
export const FAMILIES = {
  runs: own('counter', 'vigie_run_total', 'Runs and skipped slots by verdict and, when inconclusive, by blame.', [
    'verdict',
    'blame',
  ]),
  state: own(
    'gauge',
    'vigie_check_state',
    'State-set: 1 for the state now, 0 for the others. Paused, in maintenance, stale (its slots pass without a result) or the verdict of the latest run.',
    ['state'],
  ),
  runDuration: own(
    'histogram',
    'vigie_run_duration_seconds',
    'Duration of runs, attempts included.',
    [],
    DURATION_BUCKETS,
  ),
  lastRun: own('gauge', 'vigie_run_last_timestamp_seconds', 'End of the latest run.'),
  lastSuccess: own(
    'gauge',
    'vigie_run_last_success_timestamp_seconds',
    'End of the latest run that passed or was degraded.',
  ),
  retries: own('counter', 'vigie_run_retries_total', 'Attempts beyond the first, retries and confirmations.'),
  tainted: own(
    'counter',
    'vigie_run_tainted_total',
    'Runs measured under circumstances that make them less trustworthy.',
    ['taint'],
  ),
  expected: own('counter', 'vigie_schedule_expected_runs_total', 'Slots that fell due.'),
  started: own('counter', 'vigie_schedule_started_runs_total', 'Slots whose run was started.'),
  finished: own('counter', 'vigie_schedule_finished_runs_total', 'Slots whose run has its record.'),
  lateness: own(
    'histogram',
    'vigie_schedule_lateness_seconds',
    'Start of runs after their slot.',
    [],
    LATENESS_BUCKETS,
  ),
  skipped: own('counter', 'vigie_schedule_skipped_total', 'Slots without a run, by reason.', ['reason']),
  nextRun: own('gauge', 'vigie_schedule_next_run_timestamp_seconds', 'Next slot.'),
  steps: own('histogram', 'vigie_step_duration_seconds', 'Duration of steps.', ['step'], DURATION_BUCKETS),
  stepResults: own('counter', 'vigie_step_total', 'Steps by result.', ['step', 'result']),
  lcp: vital('lcp_seconds', 'Largest Contentful Paint.'),
  fcp: vital('fcp_seconds', 'First Contentful Paint.'),
  ttfb: vital('ttfb_seconds', 'Time To First Byte.'),
  inp: vital('inp_seconds', 'Interaction to Next Paint, by interaction.', VITAL_BUCKETS, ['interaction']),
  cls: vital('cls', 'Cumulative Layout Shift, unitless.', CLS_BUCKETS),
  vitalMissing: own(
    'counter',
    'vigie_web_vital_missing_total',
    'Runs that saw pages but no value of a vital; absent is not zero.',
    ['vital'],
  ),
  lighthouseScore: own('gauge', 'vigie_lighthouse_score_ratio', 'Median score of a category, 0 to 1.', [
    'page',
    'category',
    'form_factor',
  ]),
  lighthouseAudit: own(
    'gauge',
    'vigie_lighthouse_audit_value',
    'Median numeric value of an audit, in its internal unit.',
    ['page', 'audit', 'unit', 'form_factor'],
  ),
  benchmarkIndex: own('gauge', 'vigie_lighthouse_benchmark_index', 'CPU power of the host as Lighthouse measured it.'),
  budgetValue: own('gauge', 'vigie_budget_value', 'Value judged, in its internal unit.', ['budget', 'unit']),
  budgetLimit: own('gauge', 'vigie_budget_limit', 'Limit of a budget, in its internal unit.', [
    'budget',
    'level',
    'unit',
  ]),
  budgetOk: own(
    'gauge',
    'vigie_budget_ok',
    '1 when the latest run kept the limit, 0 when not; absent when it could not be judged.',
    ['budget', 'level'],
  ),
  budgetSamples: own('gauge', 'vigie_budget_samples', 'Samples behind the judged value.', ['budget']),
  measure: own('gauge', 'vigie_measure', 'Median of any other measure of the latest run, in its internal unit.', [
    'measure',
    'unit',
    'labels',
  ]),
  threshold: own('gauge', 'vigie_load_threshold_ok', '1 when a threshold of a k6 script was kept in the latest run.', [
    'threshold',
  ]),
  offeredRate: own(
    'gauge',
    'vigie_load_offered_rate',
    'Iterations per second that the latest load run tried to start.',
  ),
  deliveredRate: own('gauge', 'vigie_load_delivered_rate', 'Iterations per second that the latest load run completed.'),
  saturated: own(
    'gauge',
    'vigie_load_generator_saturated',
    '1 when the latest load run ended because this host could not generate the load.',
  ),
  info: own('gauge', 'vigie_check_info', 'Facts about a check, for joins; always 1.', [
    'config_hash',
    'owner',
    'runbook',
  ]),
  notifications: global('counter', 'vigie_alert_notifications_total', 'Deliveries by channel and answer.', [
    'channel',
    'outcome',
  ]),
  delivery: global(
    'histogram',
    'vigie_alert_delivery_seconds',
    'Time from a notice to its acceptance by a channel.',
    ['channel'],
    [0.1, 0.5, 1, 5, 10, 30, 60, 300, 1_800, 7_200],
  ),
  incidents: own('gauge', 'vigie_incident_open', '1 while an incident of the track is open.', ['track']),
  selfIncidents: global(
    'gauge',
    'vigie_self_incident_open',
    'Whether an incident of the monitor itself is open, by cause; absent until the first of a cause.',
    ['cause', 'location'],
  ),
  artefactBytes: global('gauge', 'vigie_artefact_bytes', 'Bytes of kept artefacts.'),
  storeBytes: global('gauge', 'vigie_store_bytes', 'Bytes of the database.'),
  storePending: global('gauge', 'vigie_store_pending_commits', 'Commits waiting for the disk.'),
  outbox: global('gauge', 'vigie_alert_pending_notices', 'Notices not yet accepted by their channel.'),
  lag: global('gauge', 'vigie_event_loop_lag_seconds', 'Longest delay of the main loop in the last second.'),
  lanes: global('gauge', 'vigie_lane_runs', 'Runs in a lane by state.', ['lane', 'state']),
  seriesDropped: global('counter', 'vigie_series_dropped_total', 'Series not published because a check had too many.', [
    'check',
  ]),
  build: global('gauge', 'vigie_build_info', 'Version of Vigie and Node; always 1.', ['version', 'node']),
  reload: global(
    'gauge',
    'vigie_config_last_reload_successful',
    '1 when the configuration in force is the one on disk.',
  ),
  reloadAt: global(
    'gauge',
    'vigie_config_last_reload_success_timestamp_seconds',
    'When the configuration in force was loaded.',
  ),
  probeSuccess: probe('gauge', 'probe_success', 'Whether the latest probe succeeded.'),
  probeDuration: probe('gauge', 'probe_duration_seconds', 'How long the latest probe took.'),
  probePhase: probe(
    'gauge',
    'probe_http_duration_seconds',
    'Duration of an HTTP request by phase, over all redirects.',
    ['phase'],
  ),
  probeStatus: probe('gauge', 'probe_http_status_code', 'Status of the last response.'),
  probeRedirects: probe('gauge', 'probe_http_redirects', 'Redirects followed.'),
  probeLength: probe('gauge', 'probe_http_uncompressed_body_length', 'Bytes of the decompressed body.'),
  probeExpiry: probe(
    'gauge',
    'probe_ssl_earliest_cert_expiry',
    'Expiry of the certificate that expires first, unix time.',
  ),
  probeAllSuccess: probe(
    'summary',
    'probe_all_success',
    'Success of decided probes: sum over count is uptime over any range.',
  ),
} as const satisfies Record<string, Family>;

export type FamilyKey = keyof typeof FAMILIES;

export type Metrics = {
  counter(key: FamilyKey): Counter<string>;
  gauge(key: FamilyKey): Gauge<string>;
  histogram(key: FamilyKey): Histogram<string>;
  summary(key: FamilyKey): Summary<string>;
  /** All metrics, for the removal of a check's series. */
  all(): readonly (Counter<string> | Gauge<string> | Histogram<string> | Summary<string>)[];
};

/** Makes every family in a registry of its own, so that nothing is global. */
export function makeMetrics(registry: Registry): Metrics {
  const counters = new Map<FamilyKey, Counter<string>>();
  const gauges = new Map<FamilyKey, Gauge<string>>();
  const histograms = new Map<FamilyKey, Histogram<string>>();
  const summaries = new Map<FamilyKey, Summary<string>>();
  for (const key of Object.keys(FAMILIES).filter(isFamilyKey)) {
    const family: Family = FAMILIES[key];
    const options = { name: family.name, help: family.help, labelNames: [...family.labels], registers: [registry] };
    if (family.type === 'counter') counters.set(key, new Counter(options));
    else if (family.type === 'gauge') gauges.set(key, new Gauge(options));
    else if (family.type === 'summary') summaries.set(key, new Summary({ ...options, percentiles: [] }));
    else histograms.set(key, new Histogram({ ...options, buckets: [...(family.buckets ?? DURATION_BUCKETS)] }));
  }
  return {
    counter: (key) => pick(counters, key),
    gauge: (key) => pick(gauges, key),
    histogram: (key) => pick(histograms, key),
    summary: (key) => pick(summaries, key),
    all: () => [...counters.values(), ...gauges.values(), ...histograms.values(), ...summaries.values()],
  };
}

function isFamilyKey(key: string): key is FamilyKey {
  return Object.hasOwn(FAMILIES, key);
}

function pick<T>(made: ReadonlyMap<FamilyKey, T>, key: FamilyKey): T {
  const metric = made.get(key);
  if (metric === undefined) throw new TypeError(`${FAMILIES[key].name} is a ${FAMILIES[key].type}`);
  return metric;
}
