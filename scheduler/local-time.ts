import { countDays, nextDay } from './cron-days.ts';
import type { CronFields } from './cron-fields.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/**
 * Cron on a wall clock without a zone. Local times are milliseconds as if the wall clock were UTC; every local time
 * exists exactly once here. What a zone makes of it is the matter of `next-after.ts`.
 */
export function nextLocal(fields: CronFields, from: number): number | undefined {
  const today = floorDay(from);
  const first = nextDay(fields, today);
  const time = first === today ? nextTime(fields, from - today) : undefined;
  if (time !== undefined) return today + time;
  const day = first === today ? nextDay(fields, today + DAY_MS) : first;
  return day === undefined ? undefined : day + (nextTime(fields, 0) ?? 0);
}

/** How many local times in `[from, to)` match. */
export function countLocal(fields: CronFields, from: number, to: number): number {
  return to <= from ? 0 : countBefore(fields, from, to) - countBefore(fields, from, from);
}

/** Matches from the midnight before `origin` up to `to`. */
function countBefore(fields: CronFields, origin: number, to: number): number {
  const perDay = fields.hours.length * fields.minutes.length * fields.seconds.length;
  const lastDay = floorDay(to);
  const whole = countDays(fields, floorDay(origin), lastDay) * perDay;
  return whole + countDays(fields, lastDay, lastDay + DAY_MS) * timesBefore(fields, to - lastDay);
}

/** The first matching time of day at or after `from`, both in milliseconds since midnight. */
function nextTime({ hours, minutes, seconds }: CronFields, from: number): number | undefined {
  const start = Math.ceil(from / 1_000) * 1_000;
  for (const hour of hours) {
    if ((hour + 1) * HOUR_MS <= start) continue;
    for (const minute of minutes) {
      const base = hour * HOUR_MS + minute * MINUTE_MS;
      if (base + MINUTE_MS <= start) continue;
      const second = seconds.find((candidate) => base + candidate * 1_000 >= start);
      if (second !== undefined) return base + second * 1_000;
    }
  }
  return undefined;
}

/** How many matching times of day lie before `until`. */
function timesBefore({ hours, minutes, seconds }: CronFields, until: number): number {
  const hour = Math.floor(until / HOUR_MS);
  const minute = Math.floor((until % HOUR_MS) / MINUTE_MS);
  const rest = until % MINUTE_MS;
  let total = hours.filter((candidate) => candidate < hour).length * minutes.length * seconds.length;
  if (!hours.includes(hour)) return total;
  total += minutes.filter((candidate) => candidate < minute).length * seconds.length;
  return minutes.includes(minute) ? total + seconds.filter((second) => second * 1_000 < rest).length : total;
}

function floorDay(local: number): number {
  return Math.floor(local / DAY_MS) * DAY_MS;
}
