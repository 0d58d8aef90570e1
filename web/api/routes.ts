import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { HashedToken } from '../../core/api-token.ts';
import type { Check } from '../../core/check.ts';
import type { TellState } from '../../core/check-state.ts';
import type { Command } from '../../core/command.ts';
import { parseDuration } from '../../core/duration.ts';
import { trusted } from '../../core/identifiers.ts';
import { latestRunOf } from '../../core/latest-run.ts';
import { VERDICT_STATUSES } from '../../core/run.ts';
import type { RunFilter } from '../../core/store.ts';
import { uptimeOf } from '../../core/uptime.ts';
import { clientOf, type Door, type Refusal } from '../door.ts';
import { statusOf } from '../heartbeats.ts';
import type { WebParts } from '../parts.ts';
import { checkShape, checksShape, doneShape, incidentsShape, problemShape, runShape, runsShape } from './shapes.ts';

const DAY_MS = 86_400_000;
/** Longer is until resumed. */
const LONGEST_PAUSE_MS = 366 * DAY_MS;
const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});
const idParam = z.object({
  id: z
    .string()
    .max(120)
    .openapi({ param: { name: 'id', in: 'path' }, example: 'parts-search' }),
});
const limit = z.coerce.number().int().min(1).max(1_000).default(100);
const instant = z.coerce.number().optional();

const listChecks = createRoute({
  method: 'get',
  path: '/api/v1/checks',
  summary: 'All checks with their latest run and uptime',
  responses: { 200: json(checksShape, 'Checks') },
});
const getCheck = createRoute({
  method: 'get',
  path: '/api/v1/checks/{id}',
  summary: 'One check',
  request: { params: idParam },
  responses: { 200: json(checkShape, 'The check'), 404: json(problemShape, 'No such check') },
});
const listRuns = createRoute({
  method: 'get',
  path: '/api/v1/runs',
  summary: 'Runs, newest first',
  request: {
    query: z.object({
      check: z.string().optional(),
      status: z.enum(VERDICT_STATUSES).optional(),
      from: instant,
      to: instant,
      before: z.string().optional(),
      limit,
    }),
  },
  responses: { 200: json(runsShape, 'Runs'), 400: json(problemShape, 'A parameter is wrong') },
});
const getRun = createRoute({
  method: 'get',
  path: '/api/v1/runs/{id}',
  summary: 'One run, whole',
  request: { params: idParam },
  responses: { 200: json(runShape, 'The run'), 404: json(problemShape, 'No such run') },
});
const listIncidents = createRoute({
  method: 'get',
  path: '/api/v1/incidents',
  summary: 'Incidents, newest first',
  request: { query: z.object({ check: z.string().optional(), open: z.enum(['true', 'false']).optional(), limit }) },
  responses: { 200: json(incidentsShape, 'Incidents'), 400: json(problemShape, 'A parameter is wrong') },
});
const changed = {
  200: json(doneShape, 'Done and durable'),
  401: json(problemShape, 'A bearer token is needed'),
  403: json(problemShape, 'Refused'),
  404: json(problemShape, 'No such check'),
  405: json(problemShape, 'Not this method'),
  415: json(problemShape, 'The body is not application/json'),
  429: json(problemShape, 'Too many requests; see Retry-After'),
  503: json(problemShape, 'Busy; try again'),
};
const pauseBody = z.object({
  for: z.string().max(40).optional().openapi({ example: '2h', description: 'How long; without it until resumed' }),
  by: z.string().max(80).optional().openapi({ description: "Who; without it the token's name" }),
});
const pause = createRoute({
  method: 'post',
  path: '/api/v1/checks/{id}/pause',
  summary: 'Pause a check; its slots are excluded from uptime',
  security: [{ bearer: [] }],
  request: { params: idParam, body: { required: false, content: { 'application/json': { schema: pauseBody } } } },
  responses: {
    ...changed,
    400: json(problemShape, 'Not a duration, or no JSON'),
    413: json(problemShape, 'Body too large'),
  },
});
const resume = createRoute({
  method: 'post',
  path: '/api/v1/checks/{id}/resume',
  summary: 'Resume a paused check',
  security: [{ bearer: [] }],
  request: { params: idParam },
  responses: changed,
});

/** The API, version 1, described by its own OpenAPI document at `/api/v1/openapi.json`. */
export function addApi(app: OpenAPIHono, parts: WebParts, door: Door): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  app.openapi(listChecks, (context) => {
    const tellState = parts.states();
    return context.json({ checks: parts.plan().checks.map((check) => describe(check, tellState, parts)) }, 200);
  });
  app.openapi(getCheck, (context) => {
    const check = find(context.req.valid('param').id, parts);
    if (check === undefined) return context.json(noSuch('check'), 404);
    return context.json(describe(check, parts.states(), parts), 200);
  });
  app.openapi(listRuns, (context) => {
    const { check, status, before, from, to, limit: most } = context.req.valid('query');
    const filter: RunFilter = {
      limit: most,
      ...(check === undefined ? {} : { check: trusted.checkId(check) }),
      ...(status === undefined ? {} : { status: [status] }),
      ...(before === undefined ? {} : { before: trusted.runId(before) }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    };
    return context.json({ runs: parts.reader.runs(filter).map((run) => ({ ...run, taints: [...run.taints] })) }, 200);
  });
  app.openapi(getRun, (context) => {
    const run = parts.reader.run(trusted.runId(context.req.valid('param').id));
    return run === undefined ? context.json(noSuch('run'), 404) : context.json(runShape.parse(run), 200);
  });
  app.openapi(listIncidents, (context) => {
    const { check, open, limit: most } = context.req.valid('query');
    const incidents = parts.reader.incidents({
      limit: most,
      ...(check === undefined ? {} : { check: trusted.checkId(check) }),
      ...(open === undefined ? {} : { open: open === 'true' }),
    });
    return context.json({ incidents: incidents.map((incident) => ({ ...incident })) }, 200);
  });
  app.openapi(pause, async (context) => {
    const asked = door.ask(context, 'write');
    if ('status' in asked) return refuse(context, asked);
    const { holder } = asked;
    const body = context.req.valid('json');
    const lasts = body?.for === undefined ? undefined : parseDuration(body.for);
    if (body?.for !== undefined && (lasts === undefined || lasts === 0 || lasts > LONGEST_PAUSE_MS))
      return context.json({ error: `'${body.for}' is not a duration such as '2h', at most 366d` }, 400);
    const until = lasts === undefined ? {} : { until: parts.clock.now() + lasts };
    const check = trusted.checkId(context.req.valid('param').id);
    return change(context, parts, holder, { type: 'pause', check, by: body?.by ?? holder.name, ...until });
  });
  app.openapi(resume, async (context) => {
    const asked = door.ask(context, 'write');
    if ('status' in asked) return refuse(context, asked);
    const check = trusted.checkId(context.req.valid('param').id);
    return change(context, parts, asked.holder, { type: 'resume', check, by: asked.holder.name });
  });
  app.doc31('/api/v1/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'Vigie',
      version: parts.version,
      description: 'Reads what was recorded; changes need a bearer token.',
    },
  });
}

type Change = Exclude<Command, { type: 'ping' }>;

async function change(context: Context, parts: WebParts, holder: HashedToken, command: Change) {
  const answer = await parts.send(command);
  parts.audit({
    what: command.type,
    check: command.check,
    token: holder.name,
    client: clientOf(context),
    answer: answer.ok ? 'done' : answer.reason,
  });
  return answer.ok
    ? context.json({ ok: true } as const, 200)
    : context.json({ error: answer.message }, statusOf(answer) === 404 ? 404 : statusOf(answer) === 403 ? 403 : 503);
}

function refuse(context: Context, { status, error, headers }: Refusal) {
  return context.json({ error }, status, headers);
}

function find(id: string, parts: WebParts): Check | undefined {
  return parts.plan().checks.find((check) => check.id === id);
}

function noSuch(what: string): { readonly error: string } {
  return { error: `no such ${what}` };
}

function describe(check: Check, tellState: TellState, { reader, clock }: WebParts) {
  const now = clock.now();
  const latest = latestRunOf(reader, check.id, now);
  const { id, name, kind, lane, severity, tags, target, schedule } = check;
  return {
    id,
    name,
    kind,
    lane,
    severity,
    tags: [...tags],
    target: target.name,
    environment: target.environment,
    schedule,
    state: tellState(check, latest),
    uptime24h: uptimeOf(reader.standings(id, now - DAY_MS, now)),
    ...(latest === undefined ? {} : { latest: { ...latest, taints: [...latest.taints] } }),
  };
}
