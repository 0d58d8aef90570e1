import { z } from 'zod';
import { messageOf } from '../core/errors.ts';

/** What we read of one audit; everything else of it stays in the artefact. */
const audit = z.object({
  title: z.string().default(''),
  score: z.number().nullable(),
  scoreDisplayMode: z.string(),
  numericValue: z.number().optional(),
  numericUnit: z.string().optional(),
  errorMessage: z.string().optional(),
  // A few debug audits hold something else than a list here; nobody can assert on those.
  details: z
    .object({ items: z.array(z.unknown()).optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

/** A Lighthouse result (LHR) of version 12 or 13, reduced to what is measured and judged. */
const report = z.object({
  lighthouseVersion: z.string(),
  requestedUrl: z.string().optional(),
  mainDocumentUrl: z.string().optional(),
  finalDisplayedUrl: z.string().optional(),
  finalUrl: z.string().optional(),
  fetchTime: z.string(),
  runtimeError: z.object({ code: z.string(), message: z.string() }).optional(),
  runWarnings: z.array(z.string()).default([]),
  environment: z.object({ benchmarkIndex: z.number().optional(), hostUserAgent: z.string().optional() }),
  audits: z.record(z.string(), audit),
  categories: z.record(z.string(), z.object({ score: z.number().nullable() })),
  configSettings: z.object({ formFactor: z.string(), throttlingMethod: z.string() }),
  timing: z.object({ total: z.number() }),
});

export type Audit = Readonly<z.output<typeof audit>>;
export type Report = Readonly<z.output<typeof report>>;
export type Unreadable = { readonly problem: string };

/** Reads the JSON text of a Lighthouse result; garbage gives a problem that says where it is garbage, never an exception. */
export function parseReport(text: string): Report | Unreadable {
  const json = parseJson(text);
  if ('problem' in json) return json;
  const parsed = report.safeParse(json.value);
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues[0];
  return { problem: `not a Lighthouse result: ${first?.path.join('.') ?? ''}: ${first?.message ?? 'unknown'}` };
}

function parseJson(text: string): { readonly value: unknown } | Unreadable {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { problem: `not JSON (${text.length} characters): ${messageOf(error)}` };
  }
}

export function isUnreadable(parsed: Report | Unreadable): parsed is Unreadable {
  return 'problem' in parsed;
}

/** The address that was measured in the end: redirects followed, and what the page itself did to the address bar. */
export function finalUrlsOf(report: Report): readonly string[] {
  const urls = [report.mainDocumentUrl, report.finalDisplayedUrl, report.finalUrl];
  return [...new Set(urls.filter((url) => url !== undefined))];
}

const resourceRow = z.object({
  resourceType: z.string(),
  requestCount: z.number(),
  transferSize: z.number(),
});
export type ResourceRow = Readonly<z.output<typeof resourceRow>>;

/** Rows of the audit `resource-summary`: bytes and requests by type. */
export function resourceRows(report: Report): readonly ResourceRow[] {
  return rowsOf(report, 'resource-summary', resourceRow);
}

const timingRow = z.object({ name: z.string(), startTime: z.number(), duration: z.number().optional() });

/** Rows of the audit `user-timings`: marks and measures that the page set itself. */
export function timingRows(report: Report): readonly Readonly<z.output<typeof timingRow>>[] {
  return rowsOf(report, 'user-timings', timingRow);
}

const requestRow = z.object({ url: z.string(), statusCode: z.number(), resourceType: z.string().optional() });

/** Status of the main document; undefined when the categories asked do not record requests. */
export function mainDocumentStatus(report: Report): number | undefined {
  const documents = rowsOf(report, 'network-requests', requestRow).filter((row) => row.resourceType === 'Document');
  return documents.find((row) => row.url === report.mainDocumentUrl)?.statusCode;
}

const metricsRow = z.object({
  timeToFirstByte: z.number(),
  observedFirstContentfulPaint: z.number().optional(),
  observedLargestContentfulPaint: z.number().optional(),
});

/**
 * The row of the audit `metrics`, milliseconds. `timeToFirstByte` is under the same throttling as the other vitals (`server-response-time`
 * is observed without it); what begins with `observed` is what the browser itself painted.
 */
export function metricsOf(report: Report): Readonly<z.output<typeof metricsRow>> | undefined {
  return rowsOf(report, 'metrics', metricsRow)[0];
}

function rowsOf<T>(report: Report, id: string, row: z.ZodType<T>): readonly T[] {
  const items = auditOf(report, id)?.details?.items ?? [];
  return items.flatMap((item) => {
    const parsed = row.safeParse(item);
    return parsed.success ? [parsed.data] : [];
  });
}

export function auditOf(report: Report, id: string): Audit | undefined {
  return Object.hasOwn(report.audits, id) ? report.audits[id] : undefined;
}

/** The numeric value of an audit that could be computed. */
export function numericOf(report: Report, id: string): number | undefined {
  const found = auditOf(report, id);
  return found?.scoreDisplayMode === 'error' ? undefined : found?.numericValue;
}

export function categoryScore(report: Report, id: string): number | null | undefined {
  return Object.hasOwn(report.categories, id) ? report.categories[id]?.score : undefined;
}
