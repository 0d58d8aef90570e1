import { z } from 'zod';
import { trusted } from '../core/identifiers.ts';
import type { Run } from '../core/run.ts';
import type { RunSummary } from '../core/store.ts';
import { type Standing, standingOf } from '../core/uptime.ts';
import { readBody } from './body.ts';
import { skipReasonOfCode, statusOfCode, triggerOfCode } from './codes.ts';

export const summaryRow = z.object({
  id: z.string(),
  check: z.string(),
  kind: z.string(),
  location: z.string(),
  trigger_code: z.number(),
  due_at: z.number().nullable(),
  status: z.number(),
  blame: z.string().nullable(),
  reason: z.string().nullable(),
  started_at: z.number(),
  duration_us: z.number(),
  attempts: z.number(),
  taints: z.string().nullable(),
});
type SummaryRow = z.infer<typeof summaryRow>;

export const runRow = summaryRow.extend({ body: z.instanceof(Uint8Array), skeleton: z.string().nullable() });
type RunRow = z.infer<typeof runRow>;

const verdict = z.discriminatedUnion('status', [
  z.looseObject({ status: z.literal('passed') }),
  z.looseObject({ status: z.enum(['degraded', 'failed']), breaches: z.array(z.looseObject({})).min(1) }),
  z.looseObject({
    status: z.literal('inconclusive'),
    fault: z.looseObject({ code: z.string() }),
    seen: z.array(z.unknown()),
  }),
  z.looseObject({ status: z.literal('skipped'), reason: z.string() }),
]);
/** The outline is checked; what stands inside was typed when it was written, and damage of the file shows in its checks. */
const document = z.looseObject({
  environment: z.string(),
  verdict,
  attempts: z.array(
    z.looseObject({ number: z.number(), verdict, observation: z.looseObject({ measures: z.array(z.unknown()) }) }),
  ),
  budgets: z.array(z.looseObject({ status: z.string() })),
  taints: z.array(z.string()),
  producedBy: z.looseObject({ vigie: z.string() }),
  finishedAt: z.number(),
});

/** The parts of a run that its document holds; the rest stands in columns. */
type RunDocument = Omit<Run, 'id' | 'check' | 'kind' | 'location' | 'trigger' | 'slot' | 'startedAt'>;

export function summaryOfRow(row: SummaryRow): RunSummary {
  const status = statusOfCode(row.status);
  return {
    id: trusted.runId(row.id),
    check: trusted.checkId(row.check),
    kind: row.kind,
    location: row.location,
    trigger: triggerOfCode(row.trigger_code),
    ...(row.due_at === null ? {} : { dueAt: row.due_at }),
    status,
    standing: standingOfCodes(row.status, null),
    ...(row.blame === null ? {} : { blame: row.blame }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    startedAt: row.started_at,
    durationMs: row.duration_us / 1_000,
    attempts: row.attempts,
    taints: row.taints === null ? [] : row.taints.split(' '),
  };
}

export function runOfRow(row: RunRow): Run {
  const check = trusted.checkId(row.check);
  const slot = row.due_at === null ? {} : { slot: { check, location: row.location, dueAt: row.due_at } };
  return {
    id: trusted.runId(row.id),
    check,
    kind: row.kind,
    location: row.location,
    trigger: triggerOfCode(row.trigger_code),
    ...slot,
    startedAt: row.started_at,
    ...documentOf(row),
  };
}

function documentOf({ body, skeleton, started_at: base }: RunRow): RunDocument {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return document.parse(readBody(bytes, skeleton ?? undefined, base)) as unknown as RunDocument;
}

/** What a stored status, and the reason of a skip, say about the target. */
export function standingOfCodes(status: number, skipReason: number | null): Standing {
  const word = statusOfCode(status);
  switch (word) {
    case 'passed':
    case 'degraded':
      return 'good';
    case 'failed':
      return 'bad';
    case 'inconclusive':
      return 'unknown';
    case 'skipped':
      return skipReason === null ? 'unknown' : standingOf({ status: 'skipped', reason: skipReasonOfCode(skipReason) });
  }
}
