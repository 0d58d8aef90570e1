import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import type { FaultSwitches } from '../faults/switches.ts';

const ordinaryHeaders = ['content-type', 'authorization', 'idempotency-key'];
const traceHeaders = ['traceparent', 'tracestate'];

/**
 * Lets the frontend's origin in, and no other. Headers are an allow-list, as in many real APIs: a browser that adds
 * `traceparent` to its requests is refused in the preflight, unless `corsTraceHeaders` is on.
 */
export function frontendCors(isFrontend: (origin: string) => boolean, switches: FaultSwitches): MiddlewareHandler {
  const ordinary = allow(isFrontend, ordinaryHeaders);
  const tracing = allow(isFrontend, [...ordinaryHeaders, ...traceHeaders]);
  return (context, next) => (switches.values.corsTraceHeaders ? tracing : ordinary)(context, next);
}

function allow(isFrontend: (origin: string) => boolean, allowHeaders: string[]): MiddlewareHandler {
  return cors({
    origin: (origin) => (isFrontend(origin) ? origin : null),
    allowMethods: ['GET', 'HEAD', 'POST', 'DELETE'],
    allowHeaders,
    exposeHeaders: ['traceresponse', 'x-trace-id', 'idempotent-replayed', 'retry-after'],
    // Short, so that a switch takes effect in a browser that is already open.
    maxAge: 5,
  });
}
