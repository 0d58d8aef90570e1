import { z } from 'zod';
import type { Instant } from '../core/clock.ts';
import { type CheckId, trusted } from '../core/identifiers.ts';
import type { SlotView } from '../core/store.ts';
import { skipReasonOfCode, statusOfCode } from './codes.ts';
import { gapInstants } from './gap-slots.ts';
import { boundedLimit, NUMBER_OF_CHECK, type Rows } from './read-runs.ts';
import { readGaps } from './read-standings.ts';
import { standingOfCodes } from './run-row.ts';

const slotRow = z.object({
  due_at: z.number(),
  status: z.number(),
  skip_reason: z.number().nullable(),
  id: z.string().nullable(),
  reason: z.string().nullable(),
});

/** Slots due in `[from, to)` with their records, newest first. */
export function readSlots(rows: Rows, check: CheckId, from: Instant, to: Instant, limit: number): readonly SlotView[] {
  const found = rows(
    `select slots.due_at, slots.status, skip_reason, id, reason
     from slots left join runs on runs.seq = slots.run_seq
     where slots.check_no = ${NUMBER_OF_CHECK} and slots.due_at >= :from and slots.due_at < :to
     order by slots.due_at desc limit :limit`,
    { check, from, to, limit: boundedLimit(limit) },
  );
  const recorded = found.map((row) => slotOfRow(slotRow.parse(row)));
  const missed = readGaps(rows, check, from, to).flatMap((gap) => gapInstants(gap, from, to, limit).map(missedSlot));
  if (missed.length === 0) return recorded;
  return [...recorded, ...missed].sort((a, b) => b.dueAt - a.dueAt).slice(0, boundedLimit(limit));
}

function slotOfRow(row: z.infer<typeof slotRow>): SlotView {
  const reason = row.skip_reason === null ? row.reason : skipReasonOfCode(row.skip_reason);
  return {
    dueAt: row.due_at,
    standing: standingOfCodes(row.status, row.skip_reason),
    status: statusOfCode(row.status),
    ...(reason === null ? {} : { reason }),
    ...(row.id === null ? {} : { run: trusted.runId(row.id) }),
  };
}

function missedSlot(dueAt: Instant): SlotView {
  return { dueAt, standing: 'unknown', status: 'skipped', reason: 'missed' };
}
