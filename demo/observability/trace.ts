import { randomBytes } from 'node:crypto';

/** One request's place in a trace: https://www.w3.org/TR/trace-context/ */
type Trace = { readonly traceId: string; readonly spanId: string; readonly sampled: boolean };

const traceparentPattern = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;

/** Continues the caller's trace, or begins one when the header is absent or malformed (as the specification asks). */
export function continueTrace(traceparent: string | undefined): Trace {
  const [, version, traceId, parentId, flags, rest] = traceparentPattern.exec(traceparent ?? '') ?? [];
  const valid =
    version !== undefined &&
    version !== 'ff' &&
    (version !== '00' || rest === undefined) &&
    traceId !== undefined &&
    !/^0+$/.test(traceId) &&
    parentId !== undefined &&
    !/^0+$/.test(parentId);
  const spanId = randomBytes(8).toString('hex');
  if (!valid) return { traceId: randomBytes(16).toString('hex'), spanId, sampled: false };
  return { traceId, spanId, sampled: (Number.parseInt(flags ?? '00', 16) & 1) === 1 };
}

/** The value of the `traceresponse` header. */
export function traceResponse({ traceId, spanId, sampled }: Trace): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}
