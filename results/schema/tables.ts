import type { Generated } from 'kysely';

/**
 * The tables as the query builder sees them. Instants are milliseconds since 1970, durations in `_us` microseconds
 * (an integer takes 3 bytes where a fraction takes 8). Column names stay clear of the reserved words of SQLite and PostgreSQL.
 */
export type Tables = {
  readonly meta: { name: string; number_value: number };
  /** Texts that repeat in every record (checks, locations, kinds), written once. */
  readonly names: { no: Generated<number>; name: string };
  /** The part of a run's document that repeats from run to run; see `document.ts`. */
  readonly shapes: { no: Generated<number>; hash: string; skeleton: string; last_used_at: number };
  readonly runs: RunsTable;
  readonly slots: {
    check_no: number;
    location_no: number;
    due_at: number;
    status: number;
    /** Only of a slot without a run. */
    skip_reason: number | null;
    recorded_at: number | null;
    run_seq: number | null;
  };
  readonly gaps: {
    check_no: number;
    location_no: number;
    from_at: number;
    to_at: number;
    slot_count: number;
    recorded_at: number;
  };
  readonly rollups: RollupsTable;
  readonly cursors: { check_no: number; location_no: number; watched_since: number; low_water: number };
  readonly tracks: { check_no: number; location_no: number; track: string; state: string };
  readonly incidents: IncidentsTable;
  readonly notices: {
    seq: Generated<number>;
    id: string;
    incident_id: string;
    channel: string;
    created_at: number;
    content: string;
    /** `waiting`, or how it ended: `accepted`, `rejected`, `retry` (given up). */
    state: string;
    due_at: number;
    attempts: number;
  };
  readonly deliveries: {
    seq: Generated<number>;
    notice_id: string;
    channel: string;
    attempt: number;
    delivered_at: number;
    duration_ms: number;
    outcome: string;
  };
  readonly pings: { check_no: number; pinged_at: number };
  readonly listener_spans: { since_at: number; until_at: number };
  readonly pauses: { check_no: number; since_at: number; until_at: number | null; paused_by: string };
  /** Runs that left files. */
  readonly artefact_runs: { run_seq: number; run_id: string; started_at: number };
};

type RunsTable = {
  seq: Generated<number>;
  id: string;
  check_no: number;
  location_no: number;
  kind_no: number;
  trigger_code: number;
  due_at: number | null;
  status: number;
  blame: string | null;
  reason: string | null;
  started_at: number;
  duration_us: number;
  attempts: number;
  taints: string | null;
  /** 1 for what retention keeps longest: failures and changes of state. */
  kept: number;
  shape_no: number | null;
  body: Uint8Array;
};

type RollupsTable = {
  check_no: number;
  location_no: number;
  hour_at: number;
  standing_good: number;
  standing_bad: number;
  standing_unknown: number;
  standing_excluded: number;
  passed: number;
  degraded: number;
  failed: number;
  inconclusive: number;
  skipped: number;
  sum_us: number;
  min_us: number;
  max_us: number;
};

type IncidentsTable = {
  id: string;
  check_no: number;
  location_no: number;
  track: string;
  severity: string;
  since_at: number;
  opened_at: number;
  opened_by: string;
  closed_at: number | null;
  closed_by: string | null;
  closed_how: string | null;
};
