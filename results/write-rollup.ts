import type Database from 'better-sqlite3';
import { sql } from 'kysely';
import type { Standing } from '../core/uptime.ts';
import { STATUS_CODES } from './codes.ts';
import { boundRow, build } from './schema/builder.ts';

export const HOUR_MS = 3_600_000;
/** Stands for "no run yet" in `min_us`, so that the least of two needs no special case. */
const NO_MINIMUM = 2 ** 52;

type Place = { readonly check: number; readonly location: number };

/** Adds each record of a slot to the hour in which it was due. Manual and gate runs stand outside: roll-ups are about slots. */
export class RollUpWriter {
  readonly #add: Database.Statement<number[]>;

  constructor(database: Database.Database) {
    this.#add = database.prepare(addition());
  }

  run(place: Place, dueAt: number, status: number, durationUs: number): void {
    const is = (code: number): number => (status === code ? 1 : 0);
    const { passed, degraded, failed, inconclusive } = STATUS_CODES;
    const unknown = is(inconclusive);
    // The length of a run that could not measure says nothing about the target.
    const [sum, min, max] = unknown === 1 ? [0, NO_MINIMUM, 0] : [durationUs, durationUs, durationUs];
    const standings = [is(passed) + is(degraded), is(failed), unknown, 0];
    this.#write(place, dueAt, [...standings, is(passed), is(degraded), is(failed), unknown, 0, sum, min, max]);
  }

  skip(place: Place, dueAt: number, standing: Standing): void {
    const unknown = standing === 'unknown' ? 1 : 0;
    this.#write(place, dueAt, [0, 0, unknown, 1 - unknown, 0, 0, 0, 0, 1, 0, NO_MINIMUM, 0]);
  }

  #write({ check, location }: Place, dueAt: number, counts: readonly number[]): void {
    this.#add.run(check, location, Math.floor(dueAt / HOUR_MS) * HOUR_MS, ...counts);
  }
}

const COUNTS = [
  'standing_good',
  'standing_bad',
  'standing_unknown',
  'standing_excluded',
  'passed',
  'degraded',
  'failed',
  'inconclusive',
  'skipped',
  'sum_us',
] as const;

function addition(): string {
  const row = boundRow(['check_no', 'location_no', 'hour_at', ...COUNTS, 'min_us', 'max_us']);
  const sums = COUNTS.map((name) => [name, sql`${sql.ref(`rollups.${name}`)} + ${sql.ref(`excluded.${name}`)}`]);
  return build
    .insertInto('rollups')
    .values(row)
    .onConflict((on) =>
      on.columns(['check_no', 'location_no', 'hour_at']).doUpdateSet(() => ({
        ...Object.fromEntries(sums),
        min_us: extreme('min_us', '<'),
        max_us: extreme('max_us', '>'),
      })),
    )
    .compile().sql;
}

/** The lesser or greater of the stored and the new value, in SQL that both engines understand. */
function extreme(column: 'min_us' | 'max_us', comparison: '<' | '>') {
  const [old, fresh] = [sql.ref(`rollups.${column}`), sql.ref(`excluded.${column}`)];
  return sql<number>`case when ${fresh} ${sql.raw(comparison)} ${old} then ${fresh} else ${old} end`;
}
