import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { Service } from '../faults/switches.ts';
import type { AccessLog } from './access-log.ts';
import type { Metrics } from './metrics.ts';
import { continueTrace, traceResponse } from './trace.ts';

export type Observers = { readonly metrics: Metrics; readonly accessLog: AccessLog; readonly now: () => Date };

/** Reads and echoes the trace context, times each request, and writes it to metrics and log. */
export function observe(service: Service, { metrics, accessLog, now }: Observers): MiddlewareHandler {
  return async (context, next) => {
    const trace = continueTrace(context.req.header('traceparent'));
    const begin = performance.now();
    await next();
    const durationMs = performance.now() - begin;
    context.header('traceresponse', traceResponse(trace));
    context.header('x-trace-id', trace.traceId);
    const { method, path } = context.req;
    const { status } = context.res;
    const route = status === 404 ? 'unknown' : routePath(context, -1);
    metrics.requests.observe({ service, method, route, status: String(status) }, durationMs / 1000);
    accessLog.write({
      time: now().toISOString(),
      level: status >= 500 ? 'error' : 'info',
      service,
      method,
      path,
      status,
      durationMs: Math.round(durationMs * 10) / 10,
      trace_id: trace.traceId,
      span_id: trace.spanId,
    });
  };
}
