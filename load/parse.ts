import { open, stat } from 'node:fs/promises';
import { z } from 'zod';
import { CUT_MARK, cut } from '../core/cut.ts';
import { messageOf } from '../core/errors.ts';
import type { Labels } from '../core/measure.ts';
import { splitMetric } from './split-metric.ts';

/** A threshold of the script and whether it was crossed. */
export type Threshold = { readonly expression: string; readonly crossed: boolean };

/** The four types of k6 metrics, told apart by their values. */
type MetricType = 'trend' | 'rate' | 'counter' | 'gauge';

/** One metric of the summary, or one sub-metric of it (`http_req_duration{page:home}`). */
export type Metric = {
  /** The whole name as k6 writes it. */
  readonly name: string;
  /** The name without tags. */
  readonly base: string;
  /** The tags of a sub-metric. */
  readonly tags?: Labels;
  readonly type: MetricType;
  /** Finite numbers only, by k6's names (`p(95)`, `count`, `value`, …). */
  readonly values: Readonly<Record<string, number>>;
  readonly thresholds: readonly Threshold[];
};

/** A named check of the script, over the whole run. */
export type NamedCheck = { readonly name: string; readonly passes: number; readonly fails: number };

export type Summary = {
  readonly metrics: readonly Metric[];
  readonly checks: readonly NamedCheck[];
  /** Metrics whose values are not numbers; nothing is said about them. */
  readonly unreadable: readonly string[];
};

export type SummaryResult =
  | { readonly read: true; readonly summary: Summary; readonly text: string }
  /** `missing` when k6 wrote none, `broken` when it cannot be used. `head` is its beginning, to be kept aside. */
  | { readonly read: false; readonly why: 'missing' | 'broken'; readonly problem: string; readonly head?: string };

/** A summary with thousands of sub-metrics stays below one megabyte; beyond this it is not a summary. */
const LARGEST_BYTES = 16 * 1024 * 1024;
const HEAD_BYTES = 64 * 1024;

const checkSchema = z.object({ name: z.string(), passes: z.number().nonnegative(), fails: z.number().nonnegative() });
const metricSchema = z.object({ thresholds: z.record(z.string(), z.boolean()).optional() }).catchall(z.unknown());
const summarySchema = z.object({
  root_group: z.unknown(),
  metrics: z.record(z.string(), metricSchema),
});
const groupSchema = z.object({
  groups: z.record(z.string(), z.unknown()).default({}),
  checks: z.record(z.string(), checkSchema).default({}),
});

/** Reads the file of `--summary-export`. Never throws for what stands in it. */
export async function readSummary(file: string): Promise<SummaryResult> {
  let sizeBytes: number;
  try {
    sizeBytes = (await stat(file)).size;
  } catch {
    return { read: false, why: 'missing', problem: 'k6 wrote no summary' };
  }
  if (sizeBytes > LARGEST_BYTES) {
    const problem = `the summary has ${sizeBytes} bytes; at most ${LARGEST_BYTES} are read`;
    return { read: false, why: 'broken', problem, head: (await readHead(file, HEAD_BYTES - 1)) + CUT_MARK };
  }
  return parseSummary(await readHead(file, sizeBytes));
}

export function parseSummary(text: string): SummaryResult {
  const head = cut(text, HEAD_BYTES);
  try {
    const parsed = summarySchema.safeParse(JSON.parse(text));
    if (parsed.success) return { read: true, summary: toSummary(parsed.data), text };
    return { read: false, why: 'broken', problem: otherShape(parsed.error), head };
  } catch (error) {
    const problem = error instanceof z.ZodError ? otherShape(error) : `the summary is not JSON: ${messageOf(error)}`;
    return { read: false, why: 'broken', problem, head };
  }
}

function otherShape(error: z.ZodError): string {
  return `the summary has another shape: ${cut(z.prettifyError(error), 500)}`;
}

/**
 * In `--summary-export`, and only there, `true` means that the threshold was crossed. Known and kept by k6
 * (https://github.com/grafana/k6/issues/1498); handleSummary has it the other way round.
 */
export function isCrossed(exported: boolean): boolean {
  return exported;
}

async function readHead(file: string, bytes: number): Promise<string> {
  const handle = await open(file);
  try {
    const buffer = Buffer.alloc(bytes);
    const { bytesRead } = await handle.read(buffer, 0, bytes, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

function toSummary({ metrics, root_group }: z.output<typeof summarySchema>): Summary {
  // k6 writes them in another order each time; results that are equal should look equal.
  const entries = Object.entries(metrics)
    .toSorted(byName)
    .map(([name, metric]) => ({ name, metric: toMetric(name, metric) }));
  return {
    metrics: entries.flatMap(({ metric }) => (metric === undefined ? [] : [metric])),
    checks: checksOf(root_group),
    unreadable: entries.filter(({ metric }) => metric === undefined).map(({ name }) => name),
  };
}

function toMetric(name: string, { thresholds = {}, ...rest }: z.output<typeof metricSchema>): Metric | undefined {
  const values: Record<string, number> = {};
  for (const [key, value] of Object.entries(rest)) {
    if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
    values[key] = value;
  }
  const type = typeOf(values);
  const named = splitMetric(name);
  if (type === undefined || named === undefined) return undefined;
  const limits = Object.entries(thresholds)
    .toSorted(byName)
    .map(([expression, exported]) => ({
      expression,
      crossed: isCrossed(exported),
    }));
  return { ...named, name, type, values, thresholds: limits };
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function typeOf(values: Readonly<Record<string, number>>): MetricType | undefined {
  const has = (...keys: readonly string[]): boolean => keys.every((key) => Object.hasOwn(values, key));
  if (has('passes', 'fails', 'value')) return 'rate';
  if (has('avg', 'med', 'count')) return 'trend';
  if (has('count', 'rate')) return 'counter';
  return has('value', 'min', 'max') ? 'gauge' : undefined;
}

/**
 * Checks of a group and of the groups in it, however deep the script nests them. Throws a ZodError for a group of another shape: a check
 * that is not read is a check that is not judged.
 */
function checksOf(root: unknown): readonly NamedCheck[] {
  const found: NamedCheck[] = [];
  const waiting = [root];
  while (waiting.length > 0) {
    const { groups, checks } = groupSchema.parse(waiting.pop());
    found.push(...Object.values(checks));
    waiting.push(...Object.values(groups).reverse());
  }
  return found;
}
