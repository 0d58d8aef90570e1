import {
  auditCheck,
  defineConfig,
  dnsCheck,
  email,
  heartbeatCheck,
  httpCheck,
  journeyCheck,
  loadCheck,
  secret,
  specCheck,
  tcpCheck,
  tlsCheck,
  webhook,
} from './app/index.ts';

/**
 * Watches the reference target, a small Assistant Auto app. `npm start` starts it with its companions (a name server, a TLS server,
 * a job that pings, an inbox) and tells where they listen; without them the checks that need them are left out.
 */
const { VIGIE_SMTP_HOST, VIGIE_SMTP_PORT, VIGIE_WEBHOOK_URL, VIGIE_DEMO_DNS, VIGIE_DEMO_TLS_PORT, VIGIE_DEMO_CA } =
  process.env;

const channels = [
  ...(VIGIE_WEBHOOK_URL === undefined ? [] : [webhook('webhook', { url: secret('VIGIE_WEBHOOK_URL') })]),
  ...(VIGIE_SMTP_HOST === undefined
    ? []
    : [
        email('mail', {
          host: VIGIE_SMTP_HOST,
          port: Number(VIGIE_SMTP_PORT ?? 587),
          from: 'Vigie <vigie@example.org>',
          to: [process.env.VIGIE_MAIL_TO ?? 'ops@example.org'],
        }),
      ]),
];

const probes = [
  httpCheck('frontend', {
    name: 'Front page',
    every: '5s',
    severity: 'P1',
    url: '/',
    expect: { status: 200, body: { contains: 'Assistant Auto' } },
    budgets: { total: { warn: '<= 500ms', fail: '<= 2s' } },
  }),
  httpCheck('api-health', {
    name: 'API health',
    every: '5s',
    severity: 'P1',
    origin: 'api',
    url: '/api/health',
    expect: { status: 200, body: { json: [{ path: '$.status', equals: 'ok' }] } },
    budgets: { total: { warn: '<= 250ms', fail: '<= 1s' } },
  }),
  httpCheck('api-search', {
    name: 'API search',
    every: '15s',
    severity: 'P2',
    origin: 'api',
    url: '/api/parts?q=plaquettes',
    expect: { status: 200, body: { json: [{ path: '$.total', atLeast: 1 }] } },
    budgets: { total: { warn: '<= 300ms', fail: '<= 1.5s' } },
  }),
];

const companions = [
  ...(VIGIE_DEMO_DNS === undefined
    ? []
    : [
        dnsCheck('dns', {
          name: 'Name server',
          every: '30s',
          query: 'app.assistant-auto.test',
          servers: [VIGIE_DEMO_DNS],
          expect: { answers: { contains: '127.0.0.1' } },
        }),
      ]),
  ...(VIGIE_DEMO_TLS_PORT === undefined || VIGIE_DEMO_CA === undefined
    ? []
    : [
        tcpCheck('tcp', { name: 'TLS port', every: '30s', host: '127.0.0.1', port: Number(VIGIE_DEMO_TLS_PORT) }),
        tlsCheck('tls', {
          name: 'Certificate',
          every: '1m',
          host: 'localhost',
          port: Number(VIGIE_DEMO_TLS_PORT),
          ca: VIGIE_DEMO_CA,
          budgets: { certificate_time_left: { warn: '>= 14d', fail: '>= 3d' } },
        }),
        heartbeatCheck('backup', {
          name: 'Nightly backup (simulated)',
          every: '15s',
          token: secret('VIGIE_DEMO_PING_TOKEN'),
          period: '15s',
          grace: '15s',
        }),
      ]),
];

const journeys = [
  journeyCheck('parts-search', {
    name: 'Parts search',
    every: '2m',
    severity: 'P2',
    tags: ['journey'],
    file: 'synthetic/journeys/parts-search.ts',
    budgets: {
      'custom.search.recall': { warn: '>= 95%', fail: '>= 80%' },
      'custom.search.zero_results': { fail: '<= 0%' },
      lcp: { warn: '<= 2.5s', fail: '<= 4s', aggregate: 'p75' },
      cls: { warn: '<= 0.1', fail: '<= 0.25', aggregate: 'max' },
      inp: { warn: '<= 200ms', fail: '<= 500ms', aggregate: 'max' },
    },
  }),
  journeyCheck('ocr-scan', {
    name: 'OCR scan',
    every: '5m',
    severity: 'P2',
    tags: ['journey'],
    timeout: '90s',
    file: 'synthetic/journeys/ocr-scan.ts',
    budgets: {
      'custom.ocr.character_error_rate': { warn: '<= 5%', fail: '<= 10%' },
      'custom.ocr.exact_match': { warn: '>= 70%', fail: '>= 50%' },
    },
  }),
  journeyCheck('subscription', {
    name: 'Subscription',
    every: '5m',
    severity: 'P1',
    tags: ['journey'],
    file: 'synthetic/journeys/subscription.ts',
    budgets: { 'custom.orphans': { fail: '<= 0' } },
  }),
  specCheck('spec-parts-search', {
    name: 'Parts search, by the Playwright runner',
    every: '1h',
    tags: ['journey'],
    timeout: '3m',
    files: ['synthetic/journeys/all.spec.ts'],
    grep: 'parts-search',
  }),
];

const heavy = [
  loadCheck('load-smoke', {
    name: 'k6 smoke',
    every: '15m',
    timeout: '90s',
    script: 'load/scenarios/smoke.ts',
    budgets: { 'http_req_duration.p95': { fail: '<= 800ms' }, http_req_failed: { fail: '<= 1%' } },
  }),
  loadCheck('load-launch', {
    name: 'Launch: 100 users for 5 minutes',
    manual: true,
    timeout: '8m',
    script: 'load/scenarios/api.ts',
    budgets: { 'http_req_duration.p95': { fail: '<= 500ms' }, http_req_failed: { fail: '<= 1%' } },
  }),
  auditCheck('audit-front', {
    name: 'Lighthouse, front page',
    every: '30m',
    tags: ['audit'],
    pages: ['/'],
    runs: 1,
    formFactors: ['mobile'],
    budgets: { 'score.performance': { warn: '>= 0.8', fail: '>= 0.4' }, 'score.accessibility': { fail: '>= 0.9' } },
  }),
];

export default defineConfig({
  target: {
    name: 'assistant-auto',
    url: 'http://127.0.0.1:3000',
    environment: 'demo',
    origins: { api: 'http://127.0.0.1:5000' },
  },
  defaults: { tags: ['demo'], owner: 'team-assistant-auto' },
  channels,
  settings: {
    dataFolder: process.env.VIGIE_DATA_FOLDER ?? 'data',
    web: { port: Number(process.env.VIGIE_WEB_PORT ?? 9464) },
  },
  checks: [...probes, ...companions, ...journeys, ...heavy],
});
