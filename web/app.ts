import { OpenAPIHono, type z } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { cut } from '../core/cut.ts';
import { isId, trusted } from '../core/identifiers.ts';
import { addApi } from './api/routes.ts';
import { addArtefacts } from './artefacts.ts';
import { type Door, openDoor, type Refusal } from './door.ts';
import { addHeartbeats } from './heartbeats.ts';
import { insistOnManners } from './manners.ts';
import { ICON, STYLE } from './pages/assets.ts';
import { checkPage } from './pages/check.ts';
import { incidentPage, incidentsPage } from './pages/incident.ts';
import { notFoundPage } from './pages/not-found.ts';
import { overviewPage } from './pages/overview.ts';
import { runPage } from './pages/run.ts';
import type { WebParts } from './parts.ts';
import { securityHeaders } from './security-headers.ts';

const MOST_BODY_BYTES = 64 * 1_024;

/** Pages, API, heartbeats, artefacts and `/metrics` as one application over read-only data. */
export function makeWebApp(parts: WebParts, door: Door = openDoor(parts)): OpenAPIHono {
  const app = new OpenAPIHono({ defaultHook: refuseInput });
  app.use(securityHeaders);
  app.use(
    insistOnManners(parts, (context, { status, error, allow }) => {
      if (allow !== undefined) context.header('allow', allow);
      return answerError(context, error, status);
    }),
  );
  if (door.asksFor('read')) app.use(readersOnly(door));
  app.use(bodyLimit({ maxSize: MOST_BODY_BYTES, onError: (context) => context.text('the body is too large', 413) }));
  app.get('/', (context) =>
    context.html(overviewPage(parts, 'all' in context.req.query() ? { mostRows: Number.POSITIVE_INFINITY } : {})),
  );
  app.get('/checks/:id', (context) => showCheck(context, parts));
  app.get('/runs/:id', (context) => showRun(context, parts));
  app.get('/incidents', (context) => context.html(incidentsPage(parts)));
  app.get('/incidents/:id', (context) => showIncident(context, parts));
  app.get('/style.css', (context) =>
    context.body(STYLE, 200, { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'max-age=300' }),
  );
  app.get('/icon.svg', (context) =>
    context.body(ICON, 200, { 'content-type': 'image/svg+xml', 'cache-control': 'max-age=86400' }),
  );
  app.get('/healthz', (context) => context.text('ok\n'));
  app.get('/readyz', (context) => {
    const why = parts.notReady();
    return why === undefined ? context.text('ready\n') : context.text(`not ready: ${why}\n`, 503);
  });
  addMetrics(app, parts, door);
  addHeartbeats(app, parts, door);
  addArtefacts(app, parts);
  addApi(app, parts, door);
  app.notFound((context) => nothingHere(context, parts));
  app.onError((error, context) => {
    // What the framework itself refuses, such as a body that is no JSON.
    if (error instanceof HTTPException) return answerError(context, error.message || 'refused', error.status);
    if (hasLeft(error)) return answerError(context, 'the request broke off', 400);
    parts.onDefect(error);
    return answerError(context, 'a defect of vigie; see its log', 500);
  });
  return app;
}

/** A client that goes away while it sends its body; nobody reads the answer, and our log is not for it to fill. */
function hasLeft(error: Error): boolean {
  return 'code' in error && error.code === 'ECONNRESET';
}

type Validated = { readonly success: true } | { readonly success: false; readonly error: z.ZodError };

/** Bad parameters are named, all at once. */
function refuseInput(result: Validated, context: Context): Response | undefined {
  if (result.success) return undefined;
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  return context.json({ error: cut(problems.join('; '), 1_000) }, 400);
}

function answerError(context: Context, error: string, status: ContentfulStatusCode): Response {
  return isApi(context) ? context.json({ error }, status) : context.text(`${error}\n`, status);
}

/** Machines get their own form, people a page that leads on. */
function nothingHere(context: Context, parts: WebParts): Response | Promise<Response> {
  if (isApi(context)) return context.json({ error: 'there is nothing here' }, 404);
  if (!(context.req.header('accept') ?? '').includes('text/html')) return context.text('there is nothing here\n', 404);
  return context.html(notFoundPage(parts), 404);
}

function isApi(context: Context): boolean {
  return context.req.path.startsWith('/api/');
}

/** `/metrics` alone, for a listener of its own. */
export function addMetrics(app: OpenAPIHono, { metrics }: Pick<WebParts, 'metrics'>, door: Door): void {
  app.get('/metrics', async (context) => {
    const asked = door.asksFor('metrics') ? door.ask(context, 'metrics') : undefined;
    if (asked !== undefined && 'status' in asked) return answerRefusal(context, asked);
    return context.body(await metrics.render(), 200, { 'content-type': metrics.contentType });
  });
}

/** What is asked by machines that have no token, or has a rule of its own. */
const OPEN = /^\/(?:healthz|readyz|metrics|ping\/.*)$/;

function readersOnly(door: Door): MiddlewareHandler {
  return async (context, next) => {
    const isOpen = OPEN.test(context.req.path) || context.req.method === 'POST';
    const asked = isOpen ? undefined : door.ask(context, 'read');
    return asked !== undefined && 'status' in asked ? answerRefusal(context, asked) : next();
  };
}

function answerRefusal(context: Context, { status, error, headers }: Refusal): Response {
  for (const [name, value] of Object.entries(headers)) context.header(name, value);
  return answerError(context, error, status);
}

function showCheck(context: Context, parts: WebParts): Response | Promise<Response> {
  const check = parts.plan().checks.find((known) => known.id === context.req.param('id'));
  return check === undefined ? context.notFound() : context.html(checkPage(check, parts));
}

function showRun(context: Context, parts: WebParts): Response | Promise<Response> {
  const run = parts.reader.run(trusted.runId(idOf(context)));
  return run === undefined ? context.notFound() : context.html(runPage(run, parts));
}

function showIncident(context: Context, parts: WebParts): Response | Promise<Response> {
  const incident = parts.reader.incident(trusted.incidentId(idOf(context)));
  return incident === undefined ? context.notFound() : context.html(incidentPage(incident, parts));
}

/** What is not an id of ours cannot be one of the store's. */
function idOf(context: Context): string {
  const id = context.req.param('id') ?? '';
  return isId(id) ? id : '';
}
