import { setTimeout as delay } from 'node:timers/promises';
import type { MiddlewareHandler } from 'hono';
import { answerDelayMs } from './delay.ts';
import { type FaultSwitches, isInScope, type Service } from './switches.ts';

export type FaultSurroundings = {
  readonly switches: FaultSwitches;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  /** Ends waiting answers when the demo is closed. */
  readonly closing: AbortSignal;
};

/** Faults of HTTP answers: latency, errors, an empty body. */
export function responseFaults(service: Service, { switches, random, closing }: FaultSurroundings): MiddlewareHandler {
  return async (context, next) => {
    const request = { service, path: context.req.path };
    const { errorRate, emptyBody } = switches.values;
    const waitMs = answerDelayMs(switches.values, request, random);
    if (waitMs > 0) await delay(waitMs, undefined, { signal: closing }).catch(ignoreAbort);
    if (errorRate && isInScope(errorRate, request, 'api') && random() < errorRate.ratio) {
      return context.json({ error: { code: 'internal_error', message: 'Erreur interne (panne provoquée).' } }, 500);
    }
    await next();
    if (emptyBody && isInScope(emptyBody, request, 'both')) {
      // The other headers stay, CORS among them: a browser's script must see the empty answer, not a refusal.
      const headers = new Headers(context.res.headers);
      for (const name of ['content-length', 'content-encoding', 'etag']) headers.delete(name);
      context.res = undefined;
      context.res = new Response('', { status: 200, headers });
    }
    return undefined;
  };
}

function ignoreAbort(error: unknown): void {
  // The server is closing: the answer may go out at once, nobody waits for it.
  if (error instanceof Error && error.name === 'AbortError') return;
  throw error;
}
