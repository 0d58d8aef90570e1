import { Hono } from 'hono';
import { z } from 'zod';
import { eventNames } from '../observability/event-names.ts';
import type { Metrics } from '../observability/metrics.ts';
import { readJson } from '../server/body.ts';
import { errorResponse } from '../server/errors.ts';

const eventSchema = z.strictObject({ event: z.enum(eventNames) });

/** Receives what the pages push to their data layer, and counts it. */
export function eventRoutes(metrics: Metrics): Hono {
  const routes = new Hono();
  routes.post('/', async (context) => {
    const parsed = await readJson(context, eventSchema);
    if ('error' in parsed) return errorResponse(context, parsed.error);
    metrics.events.inc({ event: parsed.value.event });
    return context.body(null, 204);
  });
  return routes;
}
