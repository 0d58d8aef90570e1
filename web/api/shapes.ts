import { z } from '@hono/zod-openapi';
import { CHECK_KINDS, LANES, SEVERITIES } from '../../core/check.ts';
import { CHECK_STATES } from '../../core/check-state.ts';
import { TRACKS } from '../../core/incident.ts';
import { VERDICT_STATUSES } from '../../core/run.ts';

/** Shapes of the API, version 1. Fields may be added; none changes its meaning without a new version. Instants are milliseconds since 1970. */
const id = z.string().openapi({ example: 'parts-search' });
const instant = z.number().openapi({ description: 'Milliseconds since 1970-01-01T00:00Z', example: 1_767_225_600_000 });

const uptimeShape = z
  .object({
    ratio: z.number().optional().openapi({ description: 'good / (good + bad); absent when nothing was decided' }),
    low: z.number().openapi({ description: 'With everything not measured taken as bad' }),
    high: z.number().openapi({ description: 'With everything not measured taken as good' }),
    expected: z.number(),
    counts: z.object({ good: z.number(), bad: z.number(), unknown: z.number(), excluded: z.number() }),
  })
  .openapi('Uptime');

const runSummaryShape = z
  .object({
    id,
    check: id,
    kind: z.string(),
    location: z.string(),
    trigger: z.string(),
    dueAt: instant.optional(),
    status: z.enum(VERDICT_STATUSES),
    standing: z.string(),
    blame: z.string().optional(),
    reason: z.string().optional(),
    startedAt: instant,
    durationMs: z.number(),
    attempts: z.number(),
    taints: z.array(z.string()),
  })
  .openapi('RunSummary');

const stateShape = z
  .object({
    name: z.enum(CHECK_STATES).openapi({
      description:
        'The verdict of the latest run while it is current; else why it is not: stale, paused, maintenance, waiting',
    }),
    reason: z.string().optional(),
    since: instant.optional(),
    until: instant.optional(),
  })
  .openapi('CheckState');

export const checkShape = z
  .object({
    id,
    name: z.string(),
    kind: z.enum(CHECK_KINDS),
    lane: z.enum(LANES),
    severity: z.enum(SEVERITIES),
    tags: z.array(z.string()),
    target: z.string(),
    environment: z.string(),
    schedule: z.unknown(),
    state: stateShape,
    /** It may be long ago: how the check stands now is its state. */
    latest: runSummaryShape.optional(),
    uptime24h: uptimeShape,
  })
  .openapi('Check');

const causeShape = z.object({ at: instant, text: z.string(), key: z.string(), rank: z.number(), run: id.optional() });

const incidentShape = z
  .object({
    id,
    check: id,
    location: z.string(),
    track: z.enum(TRACKS),
    severity: z.enum(SEVERITIES),
    since: instant,
    openedAt: instant,
    openedBy: id.optional(),
    flapping: z.literal(true).optional(),
    /** Oldest first; the latest is why it is open now. */
    causes: z.array(causeShape).readonly().optional(),
    closed: z.object({ at: instant, by: id.optional(), how: z.string() }).optional(),
  })
  .openapi('Incident');

export const runShape = z
  .object({ id })
  .loose()
  .openapi('Run', { description: 'The whole run: verdict, attempts, budgets, taints, what produced it' });
export const problemShape = z.object({ error: z.string() }).openapi('Problem');
export const checksShape = z.object({ checks: z.array(checkShape) });
export const runsShape = z.object({ runs: z.array(runSummaryShape) });
export const incidentsShape = z.object({ incidents: z.array(incidentShape) });
export const doneShape = z.object({ ok: z.literal(true) });
