import { z } from 'zod';
import { trusted } from '../core/identifiers.ts';
import { type DeliveryOutcome, NOTICE_CHANGES, type Notice, type NoticeContent } from '../core/notice.ts';

/** A row of `notices` as far as a notice is made of it. */
export const noticeRow = z.object({
  id: z.string(),
  incident_id: z.string(),
  channel: z.string(),
  created_at: z.number(),
  content: z.string(),
});

const content = z.looseObject({
  version: z.literal(1),
  change: z.enum(NOTICE_CHANGES),
  summary: z.string(),
  details: z.array(z.string()),
  check: z.looseObject({ id: z.string(), name: z.string() }),
  target: z.looseObject({ name: z.string(), url: z.string() }),
});

const outcome = z.discriminatedUnion('status', [
  z.looseObject({ status: z.literal('accepted'), detail: z.string(), refused: z.string().exactOptional() }),
  z.looseObject({ status: z.literal('retry'), detail: z.string(), retryAfterMs: z.number().exactOptional() }),
  z.looseObject({ status: z.literal('rejected'), detail: z.string(), isFinal: z.literal(true).exactOptional() }),
]);

export function noticeOfRow(row: z.infer<typeof noticeRow>): Notice {
  return {
    id: trusted.noticeId(row.id),
    incident: trusted.incidentId(row.incident_id),
    channel: row.channel,
    createdAt: row.created_at,
    content: content.parse(JSON.parse(row.content)) as unknown as NoticeContent,
  };
}

export function outcomeOfText(text: string): DeliveryOutcome {
  return outcome.parse(JSON.parse(text));
}
