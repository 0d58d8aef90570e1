import { z } from 'zod';

export type FaultScope = {
  readonly on?: 'api' | 'frontend' | 'both' | undefined;
  readonly routes?: readonly string[] | undefined;
};

export type Delay = FaultScope & { readonly ms: number; readonly jitterMs?: number | undefined };
export type Share = FaultScope & { readonly ratio: number };

/** Which of the two servers a fault touches, and on which paths (prefixes; empty means all). */
const scope = {
  on: z.enum(['api', 'frontend', 'both']).optional(),
  routes: z.array(z.string().startsWith('/', 'a route is a path prefix such as /api/parts')).max(20).optional(),
};

const durationMs = z.number().min(0).max(120_000);
const ratio = z.number().min(0).max(1);

/** A bare number is the short form of the object. */
const delay = z.union([
  durationMs.transform((ms): Delay => ({ ms })),
  z.strictObject({ ms: durationMs, jitterMs: durationMs.optional(), ...scope }),
]);
const share = z.union([ratio.transform((value): Share => ({ ratio: value })), z.strictObject({ ratio, ...scope })]);
const scopedFlag = z.union([z.literal(true).transform((): FaultScope => ({})), z.strictObject(scope)]);
const flag = z.literal(true);
const percent = z
  .string()
  .regex(/^[+-]\d+(\.\d+)?%$/, 'a factor is a number such as 1.15, or a text such as "+15%"')
  .transform((text) => 1 + Number(text.slice(0, -1)) / 100);

/** Every switch: what it takes, what it does, and a value to copy. `false`, `null` and 0 turn a switch off. */
export const faultDefinitions = {
  latency: {
    schema: delay,
    effect: 'adds milliseconds to each API answer, with optional jitter; scope: on (default api), routes',
    example: { ms: 800, jitterMs: 200, routes: ['/api/parts'] },
  },
  baseLatency: {
    schema: delay,
    effect: 'the ordinary latency of the API in milliseconds, which latencyFactor multiplies',
    example: { ms: 60, jitterMs: 15 },
  },
  latencyFactor: {
    schema: z.union([z.number().min(0).max(100), percent]),
    effect: 'multiplies baseLatency: 1.15 or "+15%" is a regression of fifteen per cent',
    example: '+15%',
  },
  errorRate: {
    schema: share,
    effect: 'answers 500 to this share of requests (0 to 1); scope: on (default api), routes',
    example: 0.25,
  },
  emptyBody: {
    schema: scopedFlag,
    effect: 'answers 200 with an empty body; scope: on (default both), routes',
    example: { on: 'api' },
  },
  hang: {
    schema: scopedFlag,
    effect: 'accepts the request and never answers; scope: on (default both), routes',
    example: true,
  },
  connectionReset: {
    schema: scopedFlag,
    effect: 'resets the TCP connection in place of an answer; scope: on (default both), routes',
    example: true,
  },
  wrongSearchResults: { schema: flag, effect: 'the search answers with parts of another category', example: true },
  missingButton: { schema: flag, effect: 'the plans page has no button to subscribe', example: true },
  ocrMisreading: {
    schema: z.union([flag.transform(() => 0.15), ratio]),
    effect: 'replaces this share of the characters in fields read by OCR (true: 0.15), at least one per field',
    example: 0.15,
  },
  layoutShift: { schema: flag, effect: 'a banner pushes each page down after it was painted (bad CLS)', example: true },
  slowLcpImage: { schema: durationMs, effect: 'delays hero and part images by milliseconds (bad LCP)', example: 4000 },
  longTaskOnClick: {
    schema: durationMs,
    effect: 'each click blocks the page for milliseconds (bad INP)',
    example: 700,
  },
  corsTraceHeaders: {
    schema: flag,
    effect: 'the API lets browsers send traceparent and tracestate (off: refused)',
    example: true,
  },
} as const;

export type FaultName = keyof typeof faultDefinitions;
export type FaultValues = { readonly [Name in FaultName]?: z.output<(typeof faultDefinitions)[Name]['schema']> };
export type FaultInput = {
  readonly [Name in FaultName]?: z.input<(typeof faultDefinitions)[Name]['schema']> | false | null;
};

export const isFaultName = (name: string): name is FaultName => Object.hasOwn(faultDefinitions, name);
