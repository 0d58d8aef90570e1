import { z } from 'zod';

/**
 * What our reporter writes, one JSON value a line, as it happens: the lines written before a kill are not lost.
 * The reporter runs inside the user's project and imports nothing, so this is the one place where its format is known.
 * Nothing is cut here: every test and every error is judged first.
 */
const testLine = z.object({
  type: z.literal('test'),
  title: z.string(),
  file: z.string(),
  line: z.number(),
  project: z.string(),
  outcome: z.enum(['skipped', 'expected', 'unexpected', 'flaky']),
  status: z.enum(['passed', 'failed', 'timedOut', 'skipped', 'interrupted']),
  expectedStatus: z.enum(['passed', 'failed', 'timedOut', 'skipped', 'interrupted']),
  startedAt: z.number(),
  durationMs: z.number(),
  tries: z.number(),
  errors: z.array(z.string()),
  /** Titles of `test.step` with their times. */
  steps: z.array(z.object({ title: z.string(), startedAt: z.number(), durationMs: z.number(), failed: z.boolean() })),
  /** Assertions through Playwright's `expect` that held. */
  asserted: z.number(),
  /** Those that had not ended when the test did. */
  open: z.array(z.string()),
  attachments: z.array(z.object({ name: z.string(), contentType: z.string(), path: z.string() })),
});
export type TestLine = z.output<typeof testLine>;

const reportLine = z.discriminatedUnion('type', [
  z.object({ type: z.literal('begin'), version: z.string(), tests: z.number(), rootDir: z.string() }),
  testLine,
  /** An action or assertion that has not ended for a while. */
  z.object({ type: z.literal('waiting'), test: z.string(), title: z.string() }),
  z.object({ type: z.literal('error'), message: z.string(), file: z.string().optional() }),
  z.object({
    type: z.literal('end'),
    status: z.enum(['passed', 'failed', 'timedout', 'interrupted']),
    durationMs: z.number(),
  }),
]);
export type ReportLine = z.output<typeof reportLine>;

/** All that the reporter said; the last line may be cut off by a kill. `broken` counts those that cannot be read. */
export type SpecReport = { readonly lines: readonly ReportLine[]; readonly broken: number };

export function readReport(content: string): SpecReport {
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
