import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { eventNames } from './event-names.ts';

/** The application's own metrics, in a registry of their own: several demos may live in one process. */
export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  for (const name of misnamed) registry.removeSingleMetric(name);
  const events = new Counter({
    name: 'assistant_auto_events_total',
    help: 'Events of the data layer, by name.',
    labelNames: ['event'],
    registers,
  });
  // Each name is there from the start: a rate over a series that appears with its first event loses that event.
  for (const event of eventNames) events.inc({ event }, 0);
  return {
    registry,
    events,
    requests: new Histogram({
      name: 'assistant_auto_http_request_duration_seconds',
      help: 'Time to answer, by service, method, route and status.',
      labelNames: ['service', 'method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    ocr: new Histogram({
      name: 'assistant_auto_ocr_duration_seconds',
      help: 'Time to read one image.',
      labelNames: ['outcome'],
      buckets: [0.1, 0.25, 0.5, 1, 2, 4, 8, 16],
      registers,
    }),
    accounts: new Gauge({
      name: 'assistant_auto_accounts',
      help: 'Accounts that exist, by origin (real or synthetic).',
      labelNames: ['origin'],
      registers,
    }),
    affiliateClicks: new Counter({
      name: 'assistant_auto_affiliate_clicks_total',
      help: 'Clicks that were sent on to a merchant.',
      labelNames: ['merchant'],
      registers,
    }),
    activeFaults: new Gauge({
      name: 'assistant_auto_active_faults',
      help: 'Fault switches that are on.',
      registers,
    }),
  };
}

/** Default metrics whose names break Prometheus' conventions; `promtool check metrics` refuses them. */
const misnamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
  'nodejs_eventloop_utilization_histogram',
  'nodejs_eventloop_utilization_summary',
];
