import { z } from 'zod';
import { UNITS } from '../core/units.ts';
import { SIZES } from './row.ts';

const spread = z.object({
  median: z.number(),
  min: z.number(),
  max: z.number(),
  mad: z.number(),
  samples: z.number(),
});
const ceiling = z.object({ comparison: z.enum(['<=', '>=']), value: z.number() });
const figure = z.object({ name: z.string(), unit: z.enum(UNITS), spread, ceiling: ceiling.optional() });
const row = z.object({
  name: z.string(),
  what: z.string(),
  durationMs: z.number(),
  figures: z.array(figure),
  /** Why the row gave none. */
  problem: z.string().optional(),
});
const host = z.object({
  platform: z.string(),
  arch: z.string(),
  cpuModel: z.string(),
  cores: z.number(),
  memoryBytes: z.number(),
});

/** What `--out` writes and `--compare` reads; `schemaVersion` rises when a field changes meaning. */
export const benchDocument = z.object({
  schemaVersion: z.literal(1),
  at: z.string(),
  size: z.enum(SIZES),
  /** `compiled` is what users run. */
  build: z.enum(['compiled', 'source']),
  versions: z.record(z.string(), z.string()),
  host,
  /** Score of the CPU before and after; far apart, or far from that of another run, the figures are not alike. */
  cpuFitness: z.object({ before: z.number(), after: z.number() }),
  /** Load average over one minute. */
  load: z.object({ before: z.number(), after: z.number() }),
  rows: z.array(row),
});
export type BenchDocument = z.output<typeof benchDocument>;
export type BenchRow = BenchDocument['rows'][number];
export type BenchFigure = BenchRow['figures'][number];

/** Whether a figure keeps its ceiling; `undefined` when it has none. The median counts. */
export function isMet({ spread: { median }, ceiling: limit }: BenchFigure): boolean | undefined {
  if (limit === undefined) return undefined;
  return limit.comparison === '<=' ? median <= limit.value : median >= limit.value;
}
