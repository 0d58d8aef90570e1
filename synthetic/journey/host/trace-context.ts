import { randomBytes } from 'node:crypto';
import type { BrowserContext } from '@playwright/test';

/**
 * Sends W3C trace context to the listed origins, and to no other: a header of ours on every request makes browsers ask
 * foreign origins for permission first, and breaks the page under test. Routing turns off the HTTP cache for those origins.
 * Returns the trace id of the run; undefined when no origin is listed.
 */
export async function sendTraceContext(
  context: BrowserContext,
  origins: readonly string[],
): Promise<string | undefined> {
  if (origins.length === 0) return undefined;
  const wanted = new Set(origins.map((origin) => new URL(origin).origin));
  const traceId = randomBytes(16).toString('hex');
  await context.route(
    (url) => wanted.has(url.origin),
    async (route) => {
      const traceparent = `00-${traceId}-${randomBytes(8).toString('hex')}-01`;
      await route.fallback({ headers: { ...route.request().headers(), traceparent } });
    },
  );
  return traceId;
}
