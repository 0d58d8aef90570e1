import type { Sqlite } from '../process/sqlite.ts';
import { prepareRaise } from './meta.ts';
import { TOUCH_EVERY_MS } from './shapes.ts';

const RUN = `
  select seq, id, check_no, location_no, due_at, artefact_runs.run_id as files_of
  from runs left join artefact_runs on artefact_runs.run_seq = runs.seq`;

/** What retention finds and deletes; `:before` is an instant, `:limit` the most rows in one step. */
export function prepareExpiry(database: Sqlite) {
  return {
    passed: database.prepare(`
      ${RUN} where kept = 0 and runs.started_at >= :from and runs.started_at < :before
      order by runs.started_at limit :limit`),
    kept: database.prepare(`
      ${RUN} where kept = 1 and runs.started_at < :before order by runs.started_at limit :limit`),
    deleteRun: database.prepare('delete from runs where seq = :seq'),
    deleteSlot: database.prepare(
      'delete from slots where check_no = :check and location_no = :location and due_at = :dueAt',
    ),
    deleteFiles: database.prepare('delete from artefact_runs where run_seq = :seq'),
    files: database.prepare(`
      delete from artefact_runs where run_seq in (
        select run_seq from artefact_runs where started_at < :before order by started_at limit :limit
      ) returning run_id`),
    skips: database.prepare(`
      delete from slots where (check_no, location_no, due_at) in (
        select check_no, location_no, due_at from slots where run_seq is null and due_at < :before limit :limit
      )`),
    spans: database.prepare('delete from listener_spans where until_at < :before'),
    deliveries: database.prepare(`
      delete from deliveries where seq in (
        select deliveries.seq from deliveries
        join notices on notices.id = deliveries.notice_id
        join incidents on incidents.id = notices.incident_id
        where incidents.closed_at < :before limit :limit
      )`),
    notices: database.prepare(`
      delete from notices where seq in (
        select notices.seq from notices join incidents on incidents.id = notices.incident_id
        where incidents.closed_at < :before
          and not exists (select seq from deliveries where deliveries.notice_id = notices.id) limit :limit
      )`),
    incidents: database.prepare(`
      delete from incidents where id in (
        select id from incidents where closed_at < :before
          and not exists (select seq from notices where notices.incident_id = incidents.id) limit :limit
      )`),
    rollups: database.prepare(`
      delete from rollups where (check_no, location_no, hour_at) in (
        select check_no, location_no, hour_at from rollups where hour_at < :before limit :limit
      )`),
    gaps: database.prepare(`
      delete from gaps where (check_no, location_no, from_at) in (
        select check_no, location_no, from_at from gaps where to_at < :before limit :limit
      )`),
    // A skeleton whose last use lies before the oldest run is used by none.
    shapes: database.prepare(`
      delete from shapes where no in (
        select no from shapes where last_used_at < (select min(started_at) from runs) - ${TOUCH_EVERY_MS} limit :limit
      )`),
    slotsSince: prepareRaise(database, 'slots_complete_since'),
  };
}
