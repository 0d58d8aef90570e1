import { z } from 'zod';
import { SEVERITIES } from '../core/check.ts';
import { type IncidentId, type NoticeId, trusted } from '../core/identifiers.ts';
import { type Incident, TRACKS } from '../core/incident.ts';
import type { Delivery, Notice } from '../core/notice.ts';
import type { IncidentFilter } from '../core/store.ts';
import { noticeOfRow, noticeRow, outcomeOfText } from './notice-row.ts';
import { boundedLimit, numberOf, type Rows } from './read-runs.ts';
import { build } from './schema/builder.ts';

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
});
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
  let query = incidents().orderBy('opened_at', 'desc').orderBy('id', 'desc').limit(boundedLimit(filter.limit));
  if (filter.check !== undefined) query = query.where('incidents.check_no', '=', numberOf(filter.check));
  if (filter.open !== undefined) query = query.where('closed_at', filter.open ? 'is' : 'is not', null);
  if (filter.track !== undefined) query = query.where('track', '=', filter.track);
  const { from } = filter;
  if (from !== undefined)
    query = query.where((row) => row.or([row('closed_at', 'is', null), row('closed_at', '>=', from)]));
  return rows(query).map((row) => incidentOfRow(incidentRow.parse(row)));
}

export function readIncident(rows: Rows, id: IncidentId): Incident | undefined {
  const [row] = rows(incidents().where('incidents.id', '=', id));
  return row === undefined ? undefined : incidentOfRow(incidentRow.parse(row));
}

/** Oldest first. */
export function readNotices(rows: Rows, incident: IncidentId): readonly Notice[] {
  const columns = ['id', 'incident_id', 'channel', 'created_at', 'content'] as const;
  const query = build.selectFrom('notices').select(columns).where('incident_id', '=', incident).orderBy('seq');
  return rows(query).map((row) => noticeOfRow(noticeRow.parse(row)));
}

/** Oldest first. */
export function readDeliveries(rows: Rows, notice: NoticeId): readonly Delivery[] {
  const query = build.selectFrom('deliveries').selectAll().where('notice_id', '=', notice).orderBy('seq');
  return rows(query).map((row) => deliveryOfRow(deliveryRow.parse(row)));
}

function incidents() {
  return build
    .selectFrom('incidents')
    .innerJoin('names as checks', 'checks.no', 'incidents.check_no')
    .innerJoin('names as locations', 'locations.no', 'incidents.location_no')
    .selectAll('incidents')
    .select(['checks.name as check', 'locations.name as location']);
}

function incidentOfRow(row: z.infer<typeof incidentRow>): Incident {
  return {
    id: trusted.incidentId(row.id),
    check: trusted.checkId(row.check),
    location: row.location,
    track: row.track,
    severity: row.severity,
    since: row.since_at,
    openedAt: row.opened_at,
    openedBy: trusted.runId(row.opened_by),
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
