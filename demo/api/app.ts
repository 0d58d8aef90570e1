import { Hono } from 'hono';
import type { Accounts } from '../accounts/store.ts';
import type { Catalogue } from '../catalogue/store.ts';
import { type FaultSurroundings, responseFaults } from '../faults/response-faults.ts';
import type { FeedbackStore } from '../feedback/store.ts';
import { type Observers, observe } from '../observability/observe.ts';
import type { OcrReader } from '../ocr/reader.ts';
import { errorResponse } from '../server/errors.ts';
import { accountRoutes, sessionRoutes } from './accounts.ts';
import { faultRoutes, requireToken } from './admin.ts';
import { frontendCors } from './cors.ts';
import { flashRoutes } from './ecu.ts';
import { eventRoutes } from './events.ts';
import { feedbackListRoutes, feedbackRoutes } from './feedback.ts';
import { ocrRoutes } from './ocr.ts';
import { partRoutes } from './parts.ts';
import { planRoutes, subscriptionRoutes } from './subscriptions.ts';
import { syntheticAccountRoutes } from './synthetic-accounts.ts';

type ApiParts = {
  readonly catalogue: Catalogue;
  readonly accounts: Accounts;
  readonly feedback: FeedbackStore;
  readonly ocr: OcrReader;
  readonly faults: FaultSurroundings;
  readonly observers: Observers;
  readonly adminToken: string;
  readonly isFrontend: (origin: string) => boolean;
};

/** The API server: everything below /api/, plus /metrics and /admin. */
export function createApi(parts: ApiParts): Hono {
  const { faults, observers } = parts;
  const app = new Hono();
  app.use(observe('api', observers));
  addOperatorRoutes(app, parts);
  app.use(frontendCors(parts.isFrontend, faults.switches));
  app.use(responseFaults('api', faults));
  addPublicRoutes(app, parts);
  app.notFound((context) => {
    const message = `${context.req.method} ${context.req.path} n’existe pas.`;
    return errorResponse(context, { status: 404, code: 'not_found', message, hint: 'Voir /api/' });
  });
  app.onError((error, context) => {
    process.stderr.write(`demo: ${context.req.method} ${context.req.path} failed: ${error.stack ?? error.message}\n`);
    return errorResponse(context, { status: 500, code: 'internal_error', message: 'Erreur interne.' });
  });
  return app;
}

/** Metrics and administration; they come before the faults and are never touched by them. */
function addOperatorRoutes(app: Hono, { accounts, adminToken, faults, feedback, observers }: ApiParts): void {
  app.get('/metrics', async (context) => {
    const { registry, activeFaults, accounts: accountsGauge } = observers.metrics;
    const synthetic = accounts.countSynthetic({});
    accountsGauge.set({ origin: 'synthetic' }, synthetic);
    accountsGauge.set({ origin: 'real' }, accounts.count() - synthetic);
    activeFaults.set(Object.keys(faults.switches.values).length);
    return context.body(await registry.metrics(), 200, { 'content-type': registry.contentType });
  });
  app.use('/admin/*', requireToken(adminToken));
  app.route('/admin/faults', faultRoutes(faults.switches));
  app.route('/admin/accounts/synthetic', syntheticAccountRoutes(accounts, observers.now));
  app.route('/admin/feedback', feedbackListRoutes(feedback));
}

function addPublicRoutes(app: Hono, { accounts, catalogue, faults, feedback, observers, ocr }: ApiParts): void {
  const { metrics, now } = observers;
  app.get('/api/', (context) => context.json(index));
  app.get('/api/health', (context) =>
    context.json({ status: 'ok', checks: { catalogue: catalogue.size, ocr: ocr.state } }),
  );
  app.route('/api/parts', partRoutes(catalogue, faults.switches));
  app.route('/api/ocr', ocrRoutes(ocr, metrics, faults));
  app.route('/api/plans', planRoutes());
  app.route('/api/accounts', accountRoutes(accounts));
  app.route('/api/sessions', sessionRoutes(accounts));
  app.route('/api/subscriptions', subscriptionRoutes(accounts, now));
  app.route('/api/ecu/flashes', flashRoutes(now));
  app.route('/api/feedback', feedbackRoutes(feedback, now));
  app.route('/api/events', eventRoutes(metrics));
}

const index = {
  name: 'Assistant Auto',
  version: '1.0.0',
  endpoints: [
    'GET /api/health',
    'GET /api/parts?q=&page=&limit=',
    'GET /api/parts/:id',
    'POST /api/ocr',
    'GET /api/plans',
    'POST /api/accounts',
    'GET /api/accounts/me',
    'DELETE /api/accounts/me',
    'POST /api/sessions',
    'DELETE /api/sessions/current',
    'POST /api/subscriptions',
    'GET /api/subscriptions/current',
    'DELETE /api/subscriptions/current',
    'WebSocket /api/obd',
    'POST /api/ecu/flashes',
    'GET /api/ecu/flashes/:id',
    'DELETE /api/ecu/flashes/:id',
    'POST /api/feedback',
    'POST /api/events',
  ],
};
