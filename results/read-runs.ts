import type Database from 'better-sqlite3';
import { sql } from 'kysely';
import type { RunId } from '../core/identifiers.ts';
import type { Run } from '../core/run.ts';
import type { RunFilter, RunSummary } from '../core/store.ts';
import { STATUS_CODES, TRIGGER_CODES } from './codes.ts';
import { runOfRow, runRow, summaryOfRow, summaryRow } from './run-row.ts';
import { build } from './schema/builder.ts';

/** Anything compiled by Kysely. */
type Query = { compile(): { readonly sql: string; readonly parameters: readonly unknown[] } };
/** Runs a query and gives its rows as they come. */
export type Rows = (query: Query) => readonly unknown[];

export function rowsOf(database: Database.Database): Rows {
  const prepared = new Map<string, Database.Statement<unknown[]>>();
  return (query) => {
    const { sql: text, parameters } = query.compile();
    const known = prepared.get(text) ?? database.prepare<unknown[]>(text);
    if (prepared.size >= 200) prepared.clear();
    prepared.set(text, known);
    return known.all(...parameters);
  };
}

const SUMMARY_COLUMNS = [
  'id',
  'checks.name as check',
  'kinds.name as kind',
  'locations.name as location',
  'trigger_code',
  'due_at',
  'status',
  'blame',
  'reason',
  'started_at',
  'duration_us',
  'attempts',
  'taints',
] as const;

/** Newest first by start. */
export function readRuns(rows: Rows, filter: RunFilter): readonly RunSummary[] {
  let query = runsWithNames()
    .select(SUMMARY_COLUMNS)
    .orderBy('runs.started_at', 'desc')
    .orderBy('runs.seq', 'desc')
    .limit(boundedLimit(filter.limit));
  if (filter.check !== undefined) query = query.where('runs.check_no', '=', numberOf(filter.check));
  if (filter.status !== undefined) {
    const codes = filter.status.map((status) => STATUS_CODES[status]);
    query = query.where('runs.status', 'in', codes);
    // Lets SQLite use the index over all runs that did not pass.
    if (!codes.includes(STATUS_CODES.passed)) query = query.where('runs.status', '<>', sql.lit(STATUS_CODES.passed));
  }
  if (filter.trigger !== undefined) query = query.where('trigger_code', '=', TRIGGER_CODES[filter.trigger]);
  if (filter.from !== undefined) query = query.where('runs.started_at', '>=', filter.from);
  if (filter.to !== undefined) query = query.where('runs.started_at', '<', filter.to);
  if (filter.before !== undefined) {
    const before = build.selectFrom('runs').select(['started_at', 'seq']).where('id', '=', filter.before);
    query = query.where(sql<boolean>`(runs.started_at, runs.seq) < ${before}`);
  }
  return rows(query).map((row) => summaryOfRow(summaryRow.parse(row)));
}

export function readRun(rows: Rows, id: RunId): Run | undefined {
  const query = runsWithNames()
    .leftJoin('shapes', 'shapes.no', 'runs.shape_no')
    .select([...SUMMARY_COLUMNS, 'body', 'skeleton'])
    .where('id', '=', id);
  const [row] = rows(query);
  return row === undefined ? undefined : runOfRow(runRow.parse(row));
}

export function numberOf(name: string) {
  return build.selectFrom('names').select('no').where('name', '=', name);
}

/** A page is 1 to 1,000 rows whatever is asked for. */
export function boundedLimit(limit: number): number {
  return Math.min(1_000, Math.max(1, Math.floor(limit)));
}

function runsWithNames() {
  return build
    .selectFrom('runs')
    .innerJoin('names as checks', 'checks.no', 'runs.check_no')
    .innerJoin('names as kinds', 'kinds.no', 'runs.kind_no')
    .innerJoin('names as locations', 'locations.no', 'runs.location_no');
}
