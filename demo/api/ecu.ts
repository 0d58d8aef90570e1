import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import { ecuChoices, ecuIds } from '../ecu/choices.ts';
import { type Flash, flashStatus } from '../ecu/flash.ts';
import { readJson } from '../server/body.ts';
import { type ApiError, errorResponse } from '../server/errors.ts';

const order = z
  .strictObject({
    ecu: z.enum(ecuIds),
    version: z.string(),
    chargerConnected: z.literal(true, 'branchez d’abord un chargeur de batterie'),
  })
  .refine(({ ecu, version }) => (ecuChoices[ecu].versions as readonly string[]).includes(version), {
    path: ['version'],
    message: 'cette version n’existe pas pour ce calculateur',
  });

const durationMs = 6000;
const maxKept = 1000;

/** `POST /` starts a simulated flash, `GET /:id` shows its progress, `DELETE /:id` aborts it. */
export function flashRoutes(now: () => Date): Hono {
  const flashes = new Map<string, Flash>();
  const toJson = (flash: Flash) => ({
    id: flash.id,
    ecu: flash.ecu,
    version: flash.version,
    ...flashStatus(flash, now().getTime()),
  });
  const routes = new Hono();
  routes.post('/', async (context) => {
    const parsed = await readJson(context, order);
    if ('error' in parsed) return errorResponse(context, parsed.error);
    const { ecu, version } = parsed.value;
    const flash: Flash = { id: randomUUID(), ecu, version, startedAtMs: now().getTime(), durationMs };
    flashes.set(flash.id, flash);
    const [oldest] = flashes.keys();
    if (flashes.size > maxKept && oldest !== undefined) flashes.delete(oldest);
    return context.json(toJson(flash), 202);
  });
  routes.get('/:id', (context) => {
    const flash = flashes.get(context.req.param('id'));
    return flash ? context.json(toJson(flash)) : errorResponse(context, unknownFlash);
  });
  routes.delete('/:id', (context) => {
    const flash = flashes.get(context.req.param('id'));
    if (!flash) return errorResponse(context, unknownFlash);
    const abortedAtMs = now().getTime();
    if (!flashStatus(flash, abortedAtMs).abortable) return errorResponse(context, tooLate);
    const aborted = { ...flash, abortedAtMs };
    flashes.set(flash.id, aborted);
    return context.json(toJson(aborted));
  });
  return routes;
}

const unknownFlash: ApiError = { status: 404, code: 'unknown_flash', message: 'Cette opération n’existe pas ou plus.' };
const tooLate: ApiError = { status: 409, code: 'not_abortable', message: 'L’opération ne peut plus être interrompue.' };
