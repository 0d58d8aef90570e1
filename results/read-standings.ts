import { z } from 'zod';
import type { Instant } from '../core/clock.ts';
import type { CheckId } from '../core/identifiers.ts';
import type { RollUp } from '../core/store.ts';
import type { Standing, StandingCounts } from '../core/uptime.ts';
import { gapSlotsIn, type StoredGap } from './gap-slots.ts';
import { NUMBER_OF_CHECK, type Rows } from './read-runs.ts';
import { standingOfCodes } from './run-row.ts';
import { HOUR_MS } from './write-rollup.ts';

type Counts = Record<Standing, number>;

const rollUpRow = z.object({
  hour_at: z.number(),
  good: z.number(),
  bad: z.number(),
  unknown: z.number(),
  excluded: z.number(),
  sum_us: z.number(),
  min_us: z.number(),
  max_us: z.number(),
});
const countRow = z.object({ status: z.number(), skip_reason: z.number().nullable(), slots: z.number() });
const gapRow = z.object({ from_at: z.number(), to_at: z.number(), slot_count: z.number() });

/**
 * Counts over slots due in `[from, to)` at all locations. Whole hours come from roll-ups, the ends from slots. Where slots are gone by
 * retention, an hour counts whole when its beginning lies inside.
 */
export function readStandings(rows: Rows, check: CheckId, from: Instant, to: Instant): StandingCounts {
  const counts: Counts = { good: 0, bad: 0, unknown: 0, excluded: 0 };
  if (!(from < to)) return counts;
  const since = slotsSince(rows);
  const [first, cut] = [ceilHour(from), floorHour(to)];
  const hasSlotsAtStart = from >= since;
  const hasSlotsAtEnd = cut >= since;
  const last = hasSlotsAtEnd ? cut : ceilHour(to);
  if (first < last) addRollUps(counts, readHours(rows, check, first, last));
  if (hasSlotsAtStart) addSlots(counts, rows, check, from, Math.min(first, to));
  if (hasSlotsAtEnd) addSlots(counts, rows, check, Math.max(last, first), to);
  for (const gap of readGaps(rows, check, from, to)) counts.unknown += gapSlotsIn(gap, from, to);
  return counts;
}

/** Hour by hour, oldest first; hours in which nothing was due or recorded are left out. `runs` and durations are of runs that measured. */
export function readRollUps(rows: Rows, check: CheckId, from: Instant, to: Instant): readonly RollUp[] {
  const byHour = new Map(readHours(rows, check, from, to).map((hour) => [hour.from, hour]));
  for (const gap of readGaps(rows, check, from, to)) {
    const start = Math.max(floorHour(gap.from), ceilHour(from));
    for (let hour = start; hour < to && hour <= gap.to; hour += HOUR_MS) {
      const missed = gapSlotsIn(gap, hour, hour + HOUR_MS);
      if (missed > 0) byHour.set(hour, withMissed(byHour.get(hour) ?? emptyHour(hour), missed));
    }
  }
  return [...byHour.values()].sort((a, b) => a.from - b.from);
}

function withMissed(hour: RollUp, missed: number): RollUp {
  return { ...hour, counts: { ...hour.counts, unknown: hour.counts.unknown + missed } };
}

function emptyHour(from: Instant): RollUp {
  const counts = { good: 0, bad: 0, unknown: 0, excluded: 0 };
  return { from, counts, runs: 0, durationMs: { sum: 0, min: 0, max: 0 } };
}

function addRollUps(counts: Counts, hours: readonly RollUp[]): void {
  for (const hour of hours) {
    counts.good += hour.counts.good;
    counts.bad += hour.counts.bad;
    counts.unknown += hour.counts.unknown;
    counts.excluded += hour.counts.excluded;
  }
}

function addSlots(counts: Counts, rows: Rows, check: CheckId, from: Instant, to: Instant): void {
  if (from >= to) return;
  const found = rows(
    `select status, skip_reason, count(*) as slots from slots
     where check_no = ${NUMBER_OF_CHECK} and due_at >= :from and due_at < :to group by status, skip_reason`,
    { check, from, to },
  );
  for (const row of z.array(countRow).parse(found)) {
    counts[standingOfCodes(row.status, row.skip_reason)] += row.slots;
  }
}

function readHours(rows: Rows, check: CheckId, from: Instant, to: Instant): readonly RollUp[] {
  const found = rows(
    `select hour_at, sum(standing_good) as good, sum(standing_bad) as bad, sum(standing_unknown) as unknown,
       sum(standing_excluded) as excluded, sum(sum_us) as sum_us, min(min_us) as min_us, max(max_us) as max_us
     from rollups where check_no = ${NUMBER_OF_CHECK} and hour_at >= :from and hour_at < :to
     group by hour_at order by hour_at`,
    { check, from, to },
  );
  return z.array(rollUpRow).parse(found).map(rollUpOfRow);
}

function rollUpOfRow({ hour_at: from, good, bad, unknown, excluded, ...row }: z.infer<typeof rollUpRow>): RollUp {
  const runs = good + bad;
  const durationMs = { sum: row.sum_us / 1_000, min: runs === 0 ? 0 : row.min_us / 1_000, max: row.max_us / 1_000 };
  return { from, counts: { good, bad, unknown, excluded }, runs, durationMs };
}

/** Gaps that touch `[from, to)`, of all locations. */
export function readGaps(rows: Rows, check: CheckId, from: Instant, to: Instant): readonly StoredGap[] {
  const found = rows(
    `select from_at, to_at, slot_count from gaps where check_no = ${NUMBER_OF_CHECK} and from_at < :to and to_at >= :from`,
    { check, from, to },
  );
  return z
    .array(gapRow)
    .parse(found)
    .map((row) => ({ from: row.from_at, to: row.to_at, count: row.slot_count }));
}

function slotsSince(rows: Rows): Instant {
  const found = rows("select number_value from meta where name = 'slots_complete_since'", {});
  const [row] = z.array(z.object({ number_value: z.number() })).parse(found);
  return row?.number_value ?? Number.NEGATIVE_INFINITY;
}

function floorHour(at: Instant): Instant {
  return Math.floor(at / HOUR_MS) * HOUR_MS;
}

function ceilHour(at: Instant): Instant {
  return Math.ceil(at / HOUR_MS) * HOUR_MS;
}
