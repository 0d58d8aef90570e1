import type { Migration } from './migration.ts';

/**
 * Instants (`_at`) are milliseconds since 1970, durations in `_us` microseconds: an integer takes 3 bytes where a fraction takes 8.
 * Numbers in `_no` stand for texts that repeat in every record. Column names stay clear of the reserved words of SQLite and PostgreSQL.
 */
export const first: Migration = {
  version: 1,
  title: 'slots, runs, incidents, outbox',
  statements: () => [...DICTIONARIES, ...LEDGER, ...STATE, ...OUTBOX].map(onOneLine),
};

const DICTIONARIES = [
  `create table "meta" ("number_value" bigint not null, "name" text not null primary key)`,
  // Texts that repeat in every record (checks, locations, kinds), written once.
  `create table "names" ("no" integer primary key, "name" text not null unique)`,
  // The part of a run's document that repeats from run to run; see document.ts.
  `create table "shapes" (
    "no" integer primary key, "skeleton" text not null, "last_used_at" bigint not null, "hash" text not null unique
  )`,
  `create index "shapes_by_use" on "shapes" ("last_used_at")`,
];

const LEDGER = [
  // `kept` is 1 for what retention keeps longest: failures and changes of state.
  `create table "runs" (
    "seq" integer primary key,
    "check_no" integer not null, "location_no" integer not null, "kind_no" integer not null,
    "trigger_code" integer not null, "status" integer not null,
    "started_at" bigint not null, "duration_us" bigint not null, "attempts" integer not null, "kept" integer not null,
    "id" text not null unique, "due_at" bigint, "blame" text, "reason" text, "taints" text,
    "shape_no" integer, "body" blob not null
  )`,
  `create index "runs_by_check" on "runs" ("check_no", "started_at")`,
  `create index "runs_by_start" on "runs" ("started_at")`,
  // Failures are few, so finding the last ones must not walk over a million passes.
  `create index "runs_not_passed" on "runs" ("status", "started_at") where "status" <> 0`,
  `create index "runs_kept" on "runs" ("started_at") where "kept" = 1`,
  // `skip_reason` and `recorded_at` are those of a slot without a run.
  `create table "slots" (
    "check_no" integer not null, "location_no" integer not null, "due_at" bigint not null, "status" integer not null,
    "skip_reason" integer, "recorded_at" bigint, "run_seq" integer,
    constraint "slots_once" primary key ("check_no", "due_at", "location_no")
  ) without rowid`,
  `create index "slots_skipped" on "slots" ("due_at") where "run_seq" is null`,
  `create table "gaps" (
    "check_no" integer not null, "location_no" integer not null, "from_at" bigint not null, "to_at" bigint not null,
    "slot_count" integer not null, "recorded_at" bigint not null,
    constraint "gaps_once" primary key ("check_no", "location_no", "from_at")
  )`,
  `create index "gaps_by_end" on "gaps" ("to_at")`,
  // A table with row ids on purpose: rows of one hour lie together, so a minute's roll-ups touch few pages.
  `create table "rollups" (
    "check_no" integer not null, "location_no" integer not null, "hour_at" bigint not null,
    "standing_good" integer not null, "standing_bad" integer not null,
    "standing_unknown" integer not null, "standing_excluded" integer not null,
    "passed" integer not null, "degraded" integer not null, "failed" integer not null,
    "inconclusive" integer not null, "skipped" integer not null,
    "sum_us" bigint not null, "min_us" bigint not null, "max_us" bigint not null,
    constraint "rollups_once" unique ("check_no", "hour_at", "location_no")
  )`,
  `create index "rollups_by_hour" on "rollups" ("hour_at")`,
  // Runs that left files.
  `create table "artefact_runs" (
    "run_seq" integer primary key, "run_id" text not null, "started_at" bigint not null
  )`,
  `create index "artefact_runs_by_start" on "artefact_runs" ("started_at")`,
];

const STATE = [
  `create table "cursors" (
    "check_no" integer not null, "location_no" integer not null,
    "watched_since" integer not null, "low_water" integer not null,
    constraint "cursors_once" primary key ("check_no", "location_no")
  )`,
  `create table "tracks" (
    "check_no" integer not null, "location_no" integer not null, "track" text not null, "state" text not null,
    constraint "tracks_once" primary key ("check_no", "location_no", "track")
  )`,
  `create table "pings" ("check_no" integer primary key, "pinged_at" bigint not null)`,
  `create table "listener_spans" ("since_at" integer primary key, "until_at" bigint not null)`,
  `create table "pauses" (
    "check_no" integer primary key, "since_at" bigint not null, "paused_by" text not null, "until_at" bigint
  )`,
];

const OUTBOX = [
  `create table "incidents" (
    "check_no" integer not null, "location_no" integer not null, "track" text not null, "severity" text not null,
    "since_at" bigint not null, "opened_at" bigint not null, "opened_by" text not null,
    "id" text not null primary key, "closed_at" bigint, "closed_by" text, "closed_how" text
  )`,
  `create index "incidents_by_opening" on "incidents" ("opened_at")`,
  `create index "incidents_by_check" on "incidents" ("check_no", "opened_at")`,
  // `state` is waiting, or how it ended: accepted, rejected, retry (given up).
  `create table "notices" (
    "seq" integer primary key, "channel" text not null, "created_at" bigint not null, "content" text not null,
    "state" text not null, "due_at" bigint not null, "attempts" integer not null,
    "id" text not null unique, "incident_id" text not null references "incidents" ("id")
  )`,
  `create index "notices_by_incident" on "notices" ("incident_id")`,
  `create index "notices_waiting" on "notices" ("incident_id", "channel", "seq") where "state" = 'waiting'`,
  `create table "deliveries" (
    "seq" integer primary key, "channel" text not null, "attempt" integer not null, "delivered_at" bigint not null,
    "duration_ms" real not null, "outcome" text not null,
    "notice_id" text not null references "notices" ("id")
  )`,
  `create index "deliveries_by_notice" on "deliveries" ("notice_id")`,
];

/** SQLite keeps the text of each statement, and a start compares it with what ours would write: how it is laid out here must not matter. */
function onOneLine(statement: string): string {
  return statement.replace(/\s+/g, ' ').replaceAll('( ', '(').replaceAll(' )', ')');
}
