import type { Standing } from '../core/uptime.ts';
import type { ParametersOf, Sqlite, Statement } from '../process/sqlite.ts';
import { STATUS_CODES } from './codes.ts';

export const HOUR_MS = 3_600_000;
/** Stands for "no run yet" in `min_us`, so that the least of two needs no special case. */
const NO_MINIMUM = 2 ** 52;

type Place = { readonly check: number; readonly location: number };

const ADDITION = `
  insert into rollups (
    check_no, location_no, hour_at, standing_good, standing_bad, standing_unknown, standing_excluded,
    passed, degraded, failed, inconclusive, skipped, sum_us, min_us, max_us
  ) values (
    :check, :location, :hour, :good, :bad, :unknown, :excluded,
    :passed, :degraded, :failed, :inconclusive, :skipped, :sum, :min, :max
  ) on conflict (check_no, location_no, hour_at) do update set
    standing_good = rollups.standing_good + excluded.standing_good,
    standing_bad = rollups.standing_bad + excluded.standing_bad,
    standing_unknown = rollups.standing_unknown + excluded.standing_unknown,
    standing_excluded = rollups.standing_excluded + excluded.standing_excluded,
    passed = rollups.passed + excluded.passed,
    degraded = rollups.degraded + excluded.degraded,
    failed = rollups.failed + excluded.failed,
    inconclusive = rollups.inconclusive + excluded.inconclusive,
    skipped = rollups.skipped + excluded.skipped,
    sum_us = rollups.sum_us + excluded.sum_us,
    min_us = min(rollups.min_us, excluded.min_us),
    max_us = max(rollups.max_us, excluded.max_us)`;

type Row = ParametersOf<typeof ADDITION>;
type Counts = Omit<Row, 'check' | 'location' | 'hour'>;

const NONE = {
  good: 0,
  bad: 0,
  unknown: 0,
  excluded: 0,
  passed: 0,
  degraded: 0,
  failed: 0,
  inconclusive: 0,
  skipped: 0,
};
/** Of what did not measure: the length of a run that could not measure says nothing about the target. */
const NO_DURATION = { sum: 0, min: NO_MINIMUM, max: 0 };

/** Adds each record of a slot to the hour in which it was due. Manual and gate runs stand outside: roll-ups are about slots. */
export class RollUpWriter {
  readonly #add: Statement<Row>;

  constructor(database: Sqlite) {
    this.#add = database.prepare(ADDITION);
  }

  run(place: Place, dueAt: number, status: number, durationUs: number): void {
    const is = (code: number): number => (status === code ? 1 : 0);
    const [passed, degraded] = [is(STATUS_CODES.passed), is(STATUS_CODES.degraded)];
    const [failed, inconclusive] = [is(STATUS_CODES.failed), is(STATUS_CODES.inconclusive)];
    const duration = inconclusive === 1 ? NO_DURATION : { sum: durationUs, min: durationUs, max: durationUs };
    const standings = { good: passed + degraded, bad: failed, unknown: inconclusive };
    this.#write(place, dueAt, { ...NONE, ...standings, passed, degraded, failed, inconclusive, ...duration });
  }

  skip(place: Place, dueAt: number, standing: Standing): void {
    const unknown = standing === 'unknown' ? 1 : 0;
    this.#write(place, dueAt, { ...NONE, unknown, excluded: 1 - unknown, skipped: 1, ...NO_DURATION });
  }

  #write(place: Place, dueAt: number, counts: Counts): void {
    this.#add.run({ ...place, hour: Math.floor(dueAt / HOUR_MS) * HOUR_MS, ...counts });
  }
}
