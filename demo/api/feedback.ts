import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import { categorizeFeedback } from '../feedback/categorize.ts';
import type { FeedbackStore } from '../feedback/store.ts';
import { readJson } from '../server/body.ts';
import { errorResponse } from '../server/errors.ts';

const newFeedback = z.strictObject({
  message: z.string().trim().min(10, 'au moins 10 caractères').max(2000),
  rating: z.number().int().min(1).max(5),
  email: z.email('adresse e-mail incorrecte').max(254).optional(),
});

/** `POST /` stores a message and says how it was sorted. */
export function feedbackRoutes(store: FeedbackStore, now: () => Date): Hono {
  const routes = new Hono();
  routes.post('/', async (context) => {
    const parsed = await readJson(context, newFeedback);
    if ('error' in parsed) return errorResponse(context, parsed.error);
    const { message, rating } = parsed.value;
    const category = categorizeFeedback(message, rating);
    const id = randomUUID();
    await store.add({ id, createdAt: now().toISOString(), category, ...parsed.value });
    return context.json({ id, category }, 201);
  });
  return routes;
}

/** For the operator: what came in last. */
export function feedbackListRoutes(store: FeedbackStore): Hono {
  const routes = new Hono();
  routes.get('/', async (context) => context.json({ total: store.total, items: await store.newest(100) }));
  return routes;
}
