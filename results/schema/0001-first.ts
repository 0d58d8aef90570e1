import { type CreateTableBuilder, type Kysely, sql } from 'kysely';
import type { Migration } from './migration.ts';
import type { Tables } from './tables.ts';

export const first: Migration = {
  version: 1,
  title: 'slots, runs, incidents, outbox',
  statements: (build) =>
    [...dictionaries(build), ...ledger(build), ...state(build), ...outbox(build)].map((query) => query.compile().sql),
};

function dictionaries({ schema }: Kysely<Tables>) {
  return [
    columns(schema.createTable('meta'), { number_value: 'integer' }).addColumn('name', 'text', (column) =>
      column.primaryKey().notNull(),
    ),
    schema
      .createTable('names')
      .addColumn('no', 'integer', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull().unique()),
    columns(
      schema.createTable('shapes').addColumn('no', 'integer', (column) => column.primaryKey()),
      {
        skeleton: 'text',
        last_used_at: 'integer',
      },
    ).addColumn('hash', 'text', (column) => column.notNull().unique()),
    schema.createIndex('shapes_by_use').on('shapes').columns(['last_used_at']),
  ];
}

function ledger({ schema }: Kysely<Tables>) {
  const runs = columns(
    schema.createTable('runs').addColumn('seq', 'integer', (column) => column.primaryKey()),
    {
      check_no: 'integer',
      location_no: 'integer',
      kind_no: 'integer',
      trigger_code: 'integer',
      status: 'integer',
      started_at: 'integer',
      duration_us: 'integer',
      attempts: 'integer',
      kept: 'integer',
    },
  );
  return [
    runs
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('due_at', 'bigint')
      .addColumn('blame', 'text')
      .addColumn('reason', 'text')
      .addColumn('taints', 'text')
      .addColumn('shape_no', 'integer')
      .addColumn('body', 'blob', (column) => column.notNull()),
    schema.createIndex('runs_by_check').on('runs').columns(['check_no', 'started_at']),
    schema.createIndex('runs_by_start').on('runs').columns(['started_at']),
    // Failures are few, so finding the last ones must not walk over a million passes.
    schema
      .createIndex('runs_not_passed')
      .on('runs')
      .columns(['status', 'started_at'])
      .where(sql.ref('status'), '<>', sql.lit(0)),
    schema.createIndex('runs_kept').on('runs').columns(['started_at']).where(sql.ref('kept'), '=', sql.lit(1)),
    columns(schema.createTable('slots'), {
      check_no: 'integer',
      location_no: 'integer',
      due_at: 'integer',
      status: 'integer',
    })
      .addColumn('skip_reason', 'integer')
      .addColumn('recorded_at', 'bigint')
      .addColumn('run_seq', 'integer')
      .addPrimaryKeyConstraint('slots_once', ['check_no', 'due_at', 'location_no'])
      .modifyEnd(sql`without rowid`),
    schema.createIndex('slots_skipped').on('slots').columns(['due_at']).where(sql.ref('run_seq'), 'is', sql.lit(null)),
    columns(schema.createTable('gaps'), {
      check_no: 'integer',
      location_no: 'integer',
      from_at: 'integer',
      to_at: 'integer',
      slot_count: 'integer',
      recorded_at: 'integer',
    }).addPrimaryKeyConstraint('gaps_once', ['check_no', 'location_no', 'from_at']),
    schema.createIndex('gaps_by_end').on('gaps').columns(['to_at']),
    // A table with row ids on purpose: rows of one hour lie together, so a minute's roll-ups touch few pages.
    columns(schema.createTable('rollups'), {
      check_no: 'integer',
      location_no: 'integer',
      hour_at: 'integer',
      standing_good: 'integer',
      standing_bad: 'integer',
      standing_unknown: 'integer',
      standing_excluded: 'integer',
      passed: 'integer',
      degraded: 'integer',
      failed: 'integer',
      inconclusive: 'integer',
      skipped: 'integer',
      sum_us: 'integer',
      min_us: 'integer',
      max_us: 'integer',
    }).addUniqueConstraint('rollups_once', ['check_no', 'hour_at', 'location_no']),
    schema.createIndex('rollups_by_hour').on('rollups').columns(['hour_at']),
    columns(
      schema.createTable('artefact_runs').addColumn('run_seq', 'integer', (column) => column.primaryKey()),
      {
        run_id: 'text',
        started_at: 'integer',
      },
    ),
    schema.createIndex('artefact_runs_by_start').on('artefact_runs').columns(['started_at']),
  ];
}

function state({ schema }: Kysely<Tables>) {
  return [
    columns(schema.createTable('cursors'), {
      check_no: 'integer',
      location_no: 'integer',
      watched_since: 'integer',
      low_water: 'integer',
    }).addPrimaryKeyConstraint('cursors_once', ['check_no', 'location_no']),
    columns(schema.createTable('tracks'), {
      check_no: 'integer',
      location_no: 'integer',
      track: 'text',
      state: 'text',
    }).addPrimaryKeyConstraint('tracks_once', ['check_no', 'location_no', 'track']),
    columns(
      schema.createTable('pings').addColumn('check_no', 'integer', (column) => column.primaryKey()),
      {
        pinged_at: 'integer',
      },
    ),
    columns(
      schema.createTable('listener_spans').addColumn('since_at', 'integer', (column) => column.primaryKey()),
      {
        until_at: 'integer',
      },
    ),
    columns(
      schema.createTable('pauses').addColumn('check_no', 'integer', (column) => column.primaryKey()),
      {
        since_at: 'integer',
        paused_by: 'text',
      },
    ).addColumn('until_at', 'bigint'),
  ];
}

function outbox({ schema }: Kysely<Tables>) {
  return [
    columns(schema.createTable('incidents'), {
      check_no: 'integer',
      location_no: 'integer',
      track: 'text',
      severity: 'text',
      since_at: 'integer',
      opened_at: 'integer',
      opened_by: 'text',
    })
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('closed_at', 'bigint')
      .addColumn('closed_by', 'text')
      .addColumn('closed_how', 'text'),
    schema.createIndex('incidents_by_opening').on('incidents').columns(['opened_at']),
    schema.createIndex('incidents_by_check').on('incidents').columns(['check_no', 'opened_at']),
    columns(
      schema.createTable('notices').addColumn('seq', 'integer', (column) => column.primaryKey()),
      {
        channel: 'text',
        created_at: 'integer',
        content: 'text',
        state: 'text',
        due_at: 'integer',
        attempts: 'integer',
      },
    )
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('incident_id', 'text', (column) => column.notNull().references('incidents.id')),
    schema.createIndex('notices_by_incident').on('notices').columns(['incident_id']),
    schema
      .createIndex('notices_waiting')
      .on('notices')
      .columns(['incident_id', 'channel', 'seq'])
      .where(sql.ref('state'), '=', sql.lit('waiting')),
    columns(
      schema.createTable('deliveries').addColumn('seq', 'integer', (column) => column.primaryKey()),
      {
        channel: 'text',
        attempt: 'integer',
        delivered_at: 'integer',
        duration_ms: 'real',
        outcome: 'text',
      },
    ).addColumn('notice_id', 'text', (column) => column.notNull().references('notices.id')),
    schema.createIndex('deliveries_by_notice').on('deliveries').columns(['notice_id']),
  ];
}

/** Adds columns that may not be null; most are. */
function columns(
  table: CreateTableBuilder<string, string>,
  types: Readonly<Record<string, 'integer' | 'text' | 'real'>>,
): CreateTableBuilder<string, string> {
  let result = table;
  for (const [name, type] of Object.entries(types)) {
    // PostgreSQL's integer ends at 2^31; instants and sums do not.
    const wide = type === 'integer' && /_(?:at|us|value)$/.test(name);
    result = result.addColumn(name, wide ? 'bigint' : type, (column) => column.notNull());
  }
  return result;
}
