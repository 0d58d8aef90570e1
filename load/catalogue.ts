import type { Gated, MeasureCatalogue, MeasureDeclaration } from '../core/measure.ts';
import type { Unit } from '../core/units.ts';

/** What a trend gives, and how k6 calls it. */
export const TREND_STATS = {
  avg: 'avg',
  min: 'min',
  med: 'med',
  max: 'max',
  p90: 'p(90)',
  p95: 'p(95)',
  p99: 'p(99)',
} as const;
type TrendStat = keyof typeof TREND_STATS;
type Declared<U extends Unit | 'any'> = { readonly unit: U; readonly help: string };

/** What a gate compares of a load test without being told to, and from which change on. */
const GATED: Readonly<Record<string, Gated>> = {
  'http_req_duration.med': { floor: 5 },
  'http_req_duration.p95': { floor: 10 },
  'group_duration.p95': { floor: 10 },
  'iterations.rate': { floor: 0.1 },
  http_req_failed: { floor: 0.01 },
  checks: { floor: 0.01 },
};
const MORE_IS_BETTER = new Set(['http_reqs.rate', 'iterations', 'iterations.rate', 'checks']);

const TRENDS = {
  http_req_duration: ['ms', 'Time of a request without connecting: sending, waiting and receiving'],
  http_req_waiting: ['ms', 'Time to the first byte of the answer'],
  http_req_blocked: ['ms', 'Time waiting for a free connection'],
  http_req_connecting: ['ms', 'Time to connect'],
  http_req_tls_handshaking: ['ms', 'Time of the TLS handshake'],
  http_req_sending: ['ms', 'Time to send a request'],
  http_req_receiving: ['ms', 'Time to receive an answer'],
  iteration_duration: ['ms', 'Time of one iteration, think time included'],
  group_duration: ['ms', "Time of one of the script's groups"],
  ws_connecting: ['ms', 'Time to open a WebSocket'],
  ws_session_duration: ['ms', 'Life of a WebSocket'],
  ws_ping: ['ms', 'Time from a ping to its pong'],
  grpc_req_duration: ['ms', 'Time of a gRPC call'],
  browser_http_req_duration: ['ms', "Time of a request of k6's browser"],
  browser_web_vital_lcp: ['ms', "Largest Contentful Paint in k6's browser"],
  browser_web_vital_fcp: ['ms', "First Contentful Paint in k6's browser"],
  browser_web_vital_inp: ['ms', "Interaction to Next Paint in k6's browser"],
  browser_web_vital_ttfb: ['ms', "Time to First Byte in k6's browser"],
  browser_web_vital_cls: ['score', "Cumulative Layout Shift in k6's browser"],
} as const satisfies Record<string, readonly [Unit, string]>;

const COUNTERS = {
  http_reqs: ['count', 'Requests sent'],
  iterations: ['count', 'Iterations that ended'],
  dropped_iterations: [
    'count',
    'Iterations that could not be started; a slow target causes them as well as a busy generator',
  ],
  data_sent: ['bytes', 'Bytes sent'],
  data_received: ['bytes', 'Bytes received'],
  ws_sessions: ['count', 'WebSockets opened'],
  ws_msgs_sent: ['count', 'WebSocket messages sent'],
  ws_msgs_received: ['count', 'WebSocket messages received'],
  grpc_streams: ['count', 'gRPC streams opened'],
  grpc_streams_msgs_sent: ['count', 'gRPC stream messages sent'],
  grpc_streams_msgs_received: ['count', 'gRPC stream messages received'],
  browser_data_sent: ['bytes', "Bytes sent by k6's browser"],
  browser_data_received: ['bytes', "Bytes received by k6's browser"],
} as const satisfies Record<string, readonly [Unit, string]>;

const RATES = {
  http_req_failed: 'Share of requests without an expected answer',
  checks: "Share of the script's checks that held",
  browser_http_req_failed: "Share of failed requests of k6's browser",
} as const;

const GAUGES = {
  vus: 'Most virtual users active at once',
  vus_max: 'Most virtual users allocated',
} as const;

/** Adds to a table of measures what a gate makes of them; the types of names and units stay those of the table. */
function forGates<const M extends Readonly<Record<string, MeasureDeclaration>>>(measures: M): M {
  const withGate = Object.entries(measures).map(([name, declaration]) => [
    name,
    {
      ...declaration,
      ...(MORE_IS_BETTER.has(name) ? { better: 'higher' } : {}),
      ...(GATED[name] === undefined ? {} : { gated: GATED[name] }),
    },
  ]);
  // The compiler cannot follow entries back into keys.
  return Object.fromEntries(withGate) as M;
}

/** What a load check can measure. Names are k6's own; `.p95` and the like follow a trend's name, `.rate` that of a counter. */
export const LOAD_MEASURES = Object.freeze(
  forGates({
    ...declareTrends(TRENDS),
    ...declareCounters(COUNTERS),
    ...declareAll(RATES, 'ratio'),
    ...declareAll(GAUGES, 'count'),
    ...declareTagged(TRENDS),
    check: { unit: 'ratio', help: 'Share of one named check that held, by label `check`' },
    'custom.*': {
      unit: 'any',
      help: "The script's own metric, e.g. `custom.checkout_time.p95`, `custom.orders`, `custom.orders.rate`; unit by the option `units`",
    },
    'tagged.*': {
      unit: 'any',
      help: 'The same for one set of tags, by labels, e.g. `tagged.http_req_duration.p95` on `{ page: "home" }`: k6 keeps it when the script has a threshold on those tags',
    },
    'generator.cpu_busy': { unit: 'ratio', help: 'Share of CPU time in use on this machine during the run' },
    'generator.cpu_steal': { unit: 'ratio', help: 'Share of CPU time taken away by the hypervisor during the run' },
    'generator.cpu_starved': { unit: 'ratio', help: 'Share of the run in which this machine had no CPU to spare' },
    'generator.k6_cpu': { unit: 'ratio', help: 'Share of all CPUs that k6 itself used' },
    'generator.k6_memory': { unit: 'bytes', help: 'Most memory that k6 had' },
    'generator.memory_available': { unit: 'ratio', help: 'Least share of memory that was available' },
  } satisfies MeasureCatalogue),
);

/** The unit of a metric that k6 itself makes; undefined for the script's own. */
export function builtInUnit(metric: string): Unit | undefined {
  if (isKey(TRENDS, metric)) return TRENDS[metric][0];
  if (isKey(COUNTERS, metric)) return COUNTERS[metric][0];
  if (isKey(RATES, metric)) return 'ratio';
  return isKey(GAUGES, metric) ? 'count' : undefined;
}

/** What k6 makes of the samples of its own metrics; undefined for the script's own. */
export function builtInType(metric: string): 'trend' | 'counter' | 'rate' | 'gauge' | undefined {
  if (isKey(TRENDS, metric)) return 'trend';
  if (isKey(COUNTERS, metric)) return 'counter';
  if (isKey(RATES, metric)) return 'rate';
  return isKey(GAUGES, metric) ? 'gauge' : undefined;
}

type Table = Readonly<Record<string, readonly [Unit, string]>>;

function declareTrends<const T extends Table>(
  table: T,
): { readonly [N in keyof T & string as `${N}.${TrendStat}`]: Declared<T[N][0]> } {
  const rows = Object.entries(table).flatMap(([name, [unit, help]]) =>
    Object.entries(TREND_STATS).map(([stat, theirs]) => [`${name}.${stat}`, { unit, help: `${help}: ${theirs}` }]),
  );
  // The compiler cannot follow entries back into keys; the type above is what the loop makes.
  return Object.fromEntries(rows) as ReturnType<typeof declareTrends<T>>;
}

function declareCounters<const T extends Table>(
  table: T,
): { readonly [N in keyof T & string]: Declared<T[N][0]> } & {
  readonly [N in keyof T & string as `${N}.rate`]: Declared<'per_second'>;
} {
  const rows = Object.entries(table).flatMap(([name, [unit, help]]) => [
    [name, { unit, help }],
    [`${name}.rate`, { unit: 'per_second', help: `${help}, per second of the run` }],
  ]);
  // As above.
  return Object.fromEntries(rows) as ReturnType<typeof declareCounters<T>>;
}

/** The families of a trend's sub-metrics, so that a budget on them has its unit checked as well. */
function declareTagged<const T extends Table>(
  table: T,
): { readonly [N in keyof T & string as `tagged.${N}.*`]: Declared<T[N][0]> } {
  const rows = Object.entries(table).map(([name, [unit, help]]) => [
    `tagged.${name}.*`,
    { unit, help: `${help}, for one set of tags (by labels)` },
  ]);
  // As above.
  return Object.fromEntries(rows) as ReturnType<typeof declareTagged<T>>;
}

function declareAll<const T extends Readonly<Record<string, string>>, U extends Unit>(
  table: T,
  unit: U,
): { readonly [N in keyof T]: Declared<U> } {
  // As above.
  return Object.fromEntries(Object.entries(table).map(([name, help]) => [name, { unit, help }])) as ReturnType<
    typeof declareAll<T, U>
  >;
}

function isKey<T extends object>(table: T, key: PropertyKey): key is keyof T {
  return Object.hasOwn(table, key);
}
