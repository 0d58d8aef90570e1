import type { RunId } from '../core/identifiers.ts';
import type { Run } from '../core/run.ts';
import type { RunFilter, RunSummary } from '../core/store.ts';
import type { ParametersOf, Sqlite, SqlRow, SqlValue, Statement } from '../process/sqlite.ts';
import { STATUS_CODES, TRIGGER_CODES } from './codes.ts';
import { runOfRow, runRow, summaryOfRow, summaryRow } from './run-row.ts';

type Named = Readonly<Record<string, SqlValue>>;
/** Runs a query and gives its rows. */
export type Rows = <const Sql extends string>(query: Sql, parameters: ParametersOf<Sql>) => readonly SqlRow[];

/** More than there are queries, all combinations of filters in use included. */
const MOST_PREPARED = 200;

export function rowsOf(database: Sqlite): Rows {
  const prepared = new Map<string, Statement<Named>>();
  return (query: string, parameters: Named) => {
    const known = prepared.get(query) ?? database.prepare(query);
    if (prepared.size >= MOST_PREPARED) prepared.clear();
    prepared.set(query, known);
    return known.all(parameters);
  };
}

/** The conditions that were asked for, as one clause. */
export function whereOf(conditions: readonly (string | false)[]): string {
  const wanted = conditions.filter((condition) => condition !== false);
  return wanted.length === 0 ? '' : `where ${wanted.join(' and ')}`;
}

/** What was given, for a query with a condition for each; the others are not in its text. */
export function given(parameters: Readonly<Record<string, SqlValue | undefined>>): Named {
  return Object.fromEntries(
    Object.entries(parameters).filter((entry): entry is [string, SqlValue] => entry[1] !== undefined),
  );
}

const SUMMARY = `
  select runs.id, checks.name as "check", kinds.name as kind, locations.name as location, trigger_code, due_at, status, blame, reason,
    started_at, duration_us, attempts, taints`;
/** The number of the check that a parameter names. */
export const NUMBER_OF_CHECK = '(select no from names where name = :check)';
const RUNS = `
  from runs
  join names as checks on checks.no = runs.check_no
  join names as kinds on kinds.no = runs.kind_no
  join names as locations on locations.no = runs.location_no`;

/** Newest first by start. */
export function readRuns(rows: Rows, filter: RunFilter): readonly RunSummary[] {
  const { check, status, trigger, from, to, before, limit } = filter;
  const where = whereOf([
    check !== undefined && `runs.check_no = ${NUMBER_OF_CHECK}`,
    status !== undefined && statusIn(status.map((word) => STATUS_CODES[word])),
    trigger !== undefined && 'trigger_code = :trigger',
    from !== undefined && 'runs.started_at >= :from',
    to !== undefined && 'runs.started_at < :to',
    before !== undefined && '(runs.started_at, runs.seq) < (select started_at, seq from runs where id = :before)',
  ]);
  const query: string = `${SUMMARY} ${RUNS} ${where} order by runs.started_at desc, runs.seq desc limit :limit`;
  const code = trigger === undefined ? undefined : TRIGGER_CODES[trigger];
  const parameters = given({ check, trigger: code, from, to, before, limit: boundedLimit(limit) });
  return rows(query, parameters).map((row) => summaryOfRow(summaryRow.parse(row)));
}

/** Codes are ours, so they stand in the text. */
function statusIn(codes: readonly number[]): string {
  // Lets SQLite use the index over all runs that did not pass.
  const notPassed = codes.includes(STATUS_CODES.passed) ? '' : ` and runs.status <> ${STATUS_CODES.passed}`;
  return `runs.status in (${codes.join(', ')})${notPassed}`;
}

export function readRun(rows: Rows, id: RunId): Run | undefined {
  const [row] = rows(
    `${SUMMARY}, body, skeleton ${RUNS} left join shapes on shapes.no = runs.shape_no where runs.id = :id`,
    { id },
  );
  return row === undefined ? undefined : runOfRow(runRow.parse(row));
}

/** A page is 1 to 1,000 rows whatever is asked for. */
export function boundedLimit(limit: number): number {
  return Math.min(1_000, Math.max(1, Math.floor(limit)));
}
