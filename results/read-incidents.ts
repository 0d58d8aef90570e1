import { z } from 'zod';
import { SEVERITIES } from '../core/check.ts';
import { type IncidentId, type NoticeId, trusted } from '../core/identifiers.ts';
import { type Incident, TRACKS } from '../core/incident.ts';
import type { IncidentCause } from '../core/incident-cause.ts';
import type { Delivery, Notice } from '../core/notice.ts';
import type { IncidentFilter } from '../core/store.ts';
import { noticeOfRow, noticeRow, outcomeOfText } from './notice-row.ts';
import { boundedLimit, given, NUMBER_OF_CHECK, type Rows, whereOf } from './read-runs.ts';

const incidentRow = z.object({
  id: z.string(),
  check: z.string(),
  location: z.string(),
  track: z.enum(TRACKS),
  severity: z.enum(SEVERITIES),
  since_at: z.number(),
  opened_at: z.number(),
  opened_by: z.string(),
  closed_at: z.number().nullable(),
  closed_by: z.string().nullable(),
  closed_how: z.enum(['recovered', 'removed']).nullable(),
  causes: z.string().nullable(),
  flapping: z.number(),
});
const causes = z.array(z.looseObject({ at: z.number(), text: z.string(), key: z.string(), rank: z.number() }));
const deliveryRow = z.object({
  notice_id: z.string(),
  channel: z.string(),
  attempt: z.number(),
  delivered_at: z.number(),
  duration_ms: z.number(),
  outcome: z.string(),
});

/** Newest opening first. `from` leaves out those that were closed before it. */
export function readIncidents(rows: Rows, filter: IncidentFilter): readonly Incident[] {
  const { check, open, track, from, limit } = filter;
  const where = whereOf([
    check !== undefined && `incidents.check_no = ${NUMBER_OF_CHECK}`,
    open !== undefined && (open ? 'closed_at is null' : 'closed_at is not null'),
    track !== undefined && 'track = :track',
    from !== undefined && '(closed_at is null or closed_at >= :from)',
  ]);
  const query: string = `${INCIDENTS} ${where} order by opened_at desc, id desc limit :limit`;
  return rows(query, given({ check, track, from, limit: boundedLimit(limit) })).map((row) =>
    incidentOfRow(incidentRow.parse(row)),
  );
}

export function readIncident(rows: Rows, id: IncidentId): Incident | undefined {
  const [row] = rows(`${INCIDENTS} where incidents.id = :id`, { id });
  return row === undefined ? undefined : incidentOfRow(incidentRow.parse(row));
}

/** Oldest first. */
export function readNotices(rows: Rows, incident: IncidentId): readonly Notice[] {
  const found = rows(
    'select id, incident_id, channel, created_at, content from notices where incident_id = :incident order by seq',
    { incident },
  );
  return found.map((row) => noticeOfRow(noticeRow.parse(row)));
}

/** Oldest first. */
export function readDeliveries(rows: Rows, notice: NoticeId): readonly Delivery[] {
  const found = rows('select * from deliveries where notice_id = :notice order by seq', { notice });
  return found.map((row) => deliveryOfRow(deliveryRow.parse(row)));
}

const INCIDENTS = `
  select incidents.*, checks.name as "check", locations.name as location from incidents
  join names as checks on checks.no = incidents.check_no
  join names as locations on locations.no = incidents.location_no`;

function incidentOfRow(row: z.infer<typeof incidentRow>): Incident {
  return {
    id: trusted.incidentId(row.id),
    check: trusted.checkId(row.check),
    location: row.location,
    track: row.track,
    severity: row.severity,
    since: row.since_at,
    openedAt: row.opened_at,
    ...(row.opened_by === '' ? {} : { openedBy: trusted.runId(row.opened_by) }),
    ...(row.flapping === 1 ? { flapping: true } : {}),
    ...(row.causes === null
      ? {}
      : { causes: causes.parse(JSON.parse(row.causes)) as unknown as readonly IncidentCause[] }),
    ...closingOf(row),
  };
}

function closingOf({
  closed_at: at,
  closed_by: by,
  closed_how: how,
}: z.infer<typeof incidentRow>): Pick<Incident, 'closed'> {
  if (at === null || how === null) return {};
  return { closed: { at, ...(by === null ? {} : { by: trusted.runId(by) }), how } };
}

function deliveryOfRow(row: z.infer<typeof deliveryRow>): Delivery {
  return {
    notice: trusted.noticeId(row.notice_id),
    channel: row.channel,
    attempt: row.attempt,
    at: row.delivered_at,
    durationMs: row.duration_ms,
    outcome: outcomeOfText(row.outcome),
  };
}
