import { z } from 'zod';

/**
 * What our reporter writes, one JSON value a line, as it happens: the lines written before a kill are not lost.
 * The reporter runs inside the user's project and imports nothing, so this is the one place where its format is known.
 */
const text = (max: number) => z.string().transform((value) => value.slice(0, max));

const testLine = z.object({
  type: z.literal('test'),
  title: text(300),
  file: text(300),
  line: z.number(),
  project: text(100),
  outcome: z.enum(['skipped', 'expected', 'unexpected', 'flaky']),
  status: z.enum(['passed', 'failed', 'timedOut', 'skipped', 'interrupted']),
  expectedStatus: z.enum(['passed', 'failed', 'timedOut', 'skipped', 'interrupted']),
  startedAt: z.number(),
  durationMs: z.number(),
  tries: z.number(),
  errors: z.array(text(4_000)).transform((errors) => errors.slice(0, 5)),
  /** Titles of `test.step` with their times. */
  steps: z.array(z.object({ title: text(200), startedAt: z.number(), durationMs: z.number(), failed: z.boolean() })),
  /** Assertions through Playwright's `expect` that held. */
  asserted: z.number(),
  /** Those that had not ended when the test did. */
  open: z.array(text(200)).transform((titles) => titles.slice(0, 10)),
  attachments: z.array(z.object({ name: text(100), contentType: text(100), path: z.string() })),
});
export type TestLine = z.output<typeof testLine>;

const reportLine = z.discriminatedUnion('type', [
  z.object({ type: z.literal('begin'), version: text(40), tests: z.number(), rootDir: z.string() }),
  testLine,
  z.object({ type: z.literal('error'), message: text(4_000), file: text(300).optional() }),
  z.object({
    type: z.literal('end'),
    status: z.enum(['passed', 'failed', 'timedout', 'interrupted']),
    durationMs: z.number(),
  }),
]);
export type ReportLine = z.output<typeof reportLine>;

/** Reads the lines; the last one may be cut off by a kill. `broken` counts those that cannot be read. */
export function readReport(content: string): { readonly lines: readonly ReportLine[]; readonly broken: number } {
  const lines: ReportLine[] = [];
  let broken = 0;
  for (const raw of content.split('\n')) {
    if (raw === '') continue;
    const parsed = parseLine(raw);
    if (parsed === undefined) broken += 1;
    else lines.push(parsed);
  }
  return { lines, broken };
}

function parseLine(raw: string): ReportLine | undefined {
  try {
    return reportLine.safeParse(JSON.parse(raw)).data;
  } catch {
    // Not JSON: a line cut off, counted by the caller.
    return undefined;
  }
}
