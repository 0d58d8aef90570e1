import type Database from 'better-sqlite3';
import { sql } from 'kysely';
import { prepareRaise } from './meta.ts';
import { bound, build } from './schema/builder.ts';
import { TOUCH_EVERY_MS } from './shapes.ts';

/** What retention finds and deletes. Where a statement takes an instant and a number, it deletes so many rows from before the instant. */
export function prepareExpiry(database: Database.Database) {
  const statement = (query: { compile(): { readonly sql: string } }) => database.prepare(query.compile().sql);
  return {
    passed: statement(
      runs()
        .where('kept', '=', sql.lit(0))
        .where('runs.started_at', '>=', bound)
        .where('runs.started_at', '<', bound)
        .limit(bound),
    ),
    kept: statement(runs().where('kept', '=', sql.lit(1)).where('runs.started_at', '<', bound).limit(bound)),
    deleteRun: statement(build.deleteFrom('runs').where('seq', '=', bound)),
    deleteSlot: statement(
      build
        .deleteFrom('slots')
        .where('check_no', '=', bound)
        .where('location_no', '=', bound)
        .where('due_at', '=', bound),
    ),
    deleteFiles: statement(build.deleteFrom('artefact_runs').where('run_seq', '=', bound)),
    files: statement(files()),
    skips: statement(skips()),
    spans: statement(build.deleteFrom('listener_spans').where('until_at', '<', bound)),
    deliveries: statement(deliveries()),
    notices: statement(notices()),
    incidents: statement(incidents()),
    rollups: statement(rollups()),
    gaps: statement(gaps()),
    shapes: statement(shapes()),
    slotsSince: prepareRaise(database, 'slots_complete_since'),
  };
}

function runs() {
  return build
    .selectFrom('runs')
    .leftJoin('artefact_runs', 'artefact_runs.run_seq', 'runs.seq')
    .select(['seq', 'id', 'check_no', 'location_no', 'due_at', 'artefact_runs.run_id as files_of'])
    .orderBy('runs.started_at');
}

function files() {
  const old = build
    .selectFrom('artefact_runs')
    .select('run_seq')
    .where('started_at', '<', bound)
    .orderBy('started_at')
    .limit(bound);
  return build.deleteFrom('artefact_runs').where('run_seq', 'in', old).returning('run_id');
}

function skips() {
  const old = build
    .selectFrom('slots')
    .select(['check_no', 'location_no', 'due_at'])
    .where('run_seq', 'is', sql.lit(null))
    .where('due_at', '<', bound)
    .limit(bound);
  return build.deleteFrom('slots').where(sql`(check_no, location_no, due_at)`, 'in', old);
}

function deliveries() {
  const old = build
    .selectFrom('deliveries')
    .innerJoin('notices', 'notices.id', 'deliveries.notice_id')
    .innerJoin('incidents', 'incidents.id', 'notices.incident_id')
    .select('deliveries.seq')
    .where('incidents.closed_at', '<', bound)
    .limit(bound);
  return build.deleteFrom('deliveries').where('seq', 'in', old);
}

function notices() {
  const old = build
    .selectFrom('notices')
    .innerJoin('incidents', 'incidents.id', 'notices.incident_id')
    .select('notices.seq')
    .where('incidents.closed_at', '<', bound)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('deliveries').select('seq').whereRef('deliveries.notice_id', '=', 'notices.id'))),
    )
    .limit(bound);
  return build.deleteFrom('notices').where('seq', 'in', old);
}

function incidents() {
  const old = build
    .selectFrom('incidents')
    .select('id')
    .where('closed_at', '<', bound)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('notices').select('seq').whereRef('notices.incident_id', '=', 'incidents.id'))),
    )
    .limit(bound);
  return build.deleteFrom('incidents').where('id', 'in', old);
}

function rollups() {
  const old = build
    .selectFrom('rollups')
    .select(['check_no', 'location_no', 'hour_at'])
    .where('hour_at', '<', bound)
    .limit(bound);
  return build.deleteFrom('rollups').where(sql`(check_no, location_no, hour_at)`, 'in', old);
}

function gaps() {
  const old = build
    .selectFrom('gaps')
    .select(['check_no', 'location_no', 'from_at'])
    .where('to_at', '<', bound)
    .limit(bound);
  return build.deleteFrom('gaps').where(sql`(check_no, location_no, from_at)`, 'in', old);
}

/** A skeleton whose last use lies before the oldest run is used by none. */
function shapes() {
  const oldest = build.selectFrom('runs').select((run) => run.fn.min('started_at').as('oldest'));
  const old = build
    .selectFrom('shapes')
    .select('no')
    .where('last_used_at', '<', sql<number>`(${oldest}) - ${sql.lit(TOUCH_EVERY_MS)}`)
    .limit(bound);
  return build.deleteFrom('shapes').where('no', 'in', old);
}
