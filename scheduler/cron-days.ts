import type { CronFields, DayRule, WeekdayRule } from './cron-fields.ts';

const DAY_MS = 86_400_000;
/** The calendar repeats itself within 40 years for every rule there is; the fifth Friday of February is the rarest. */
const HORIZON_MONTHS = 12 * 45;
/** 2000-01-01, from which the horizon covers every kind of leap year. */
const ANY_MONTH = 12 * 2000;

type DayRules = Pick<CronFields, 'months' | 'daysOfMonth' | 'daysOfWeek'>;

/** Whether the schedule has any day at all. */
export function hasAnyDay(fields: DayRules): boolean {
  return nextDay(fields, Date.UTC(ANY_MONTH / 12, 0, 1)) !== undefined;
}

/** The first matching day at or after `from`; both are midnights of a local calendar, written as if it were UTC. */
export function nextDay(fields: DayRules, from: number): number | undefined {
  const date = new Date(from);
  const first = date.getUTCFullYear() * 12 + date.getUTCMonth();
  for (let month = first; month < first + HORIZON_MONTHS; month += 1) {
    const least = month === first ? date.getUTCDate() : 1;
    const day = daysOf(fields, month).find((candidate) => candidate >= least);
    if (day !== undefined) return monthStart(month) + (day - 1) * DAY_MS;
  }
  return undefined;
}

/** How many matching days there are in `[from, to)`, both midnights. */
export function countDays(fields: DayRules, from: number, to: number): number {
  if (to <= from) return 0;
  const [start, end] = [new Date(from), new Date(to)];
  const first = start.getUTCFullYear() * 12 + start.getUTCMonth();
  const last = end.getUTCFullYear() * 12 + end.getUTCMonth();
  let total = 0;
  for (let month = first; month <= last; month += 1) {
    const least = month === first ? start.getUTCDate() : 1;
    const below = month === last ? end.getUTCDate() : 32;
    total += daysOf(fields, month).filter((day) => day >= least && day < below).length;
  }
  return total;
}

const ALL_DAYS: readonly number[] = Array.from({ length: 31 }, (_, index) => index + 1);

/** Matching days of a month (counted from year 0), ascending. */
function daysOf(fields: DayRules, month: number): readonly number[] {
  if (!fields.months.includes((month % 12) + 1)) return [];
  const length = (monthStart(month + 1) - monthStart(month)) / DAY_MS;
  const { daysOfMonth, daysOfWeek } = fields;
  if (!daysOfMonth && !daysOfWeek) return length === 31 ? ALL_DAYS : ALL_DAYS.slice(0, length);
  const firstWeekday = new Date(monthStart(month)).getUTCDay();
  return ALL_DAYS.slice(0, length).filter(
    (day) =>
      (!daysOfMonth || daysOfMonth.some((rule) => isDay(rule, day, length, firstWeekday))) &&
      (!daysOfWeek || daysOfWeek.some((rule) => isWeekday(rule, day, length, firstWeekday))),
  );
}

function isDay(rule: DayRule, day: number, length: number, firstWeekday: number): boolean {
  switch (rule.type) {
    case 'day':
      return rule.day === day;
    case 'before-last':
      return length - rule.days === day;
    case 'nearest-workday':
      return nearestWorkday(rule.day === 'last' ? length : rule.day, length, firstWeekday) === day;
  }
}

/** Saturday goes to Friday, Sunday to Monday, but never out of the month. */
function nearestWorkday(day: number, length: number, firstWeekday: number): number | undefined {
  if (day > length) return undefined;
  const weekday = (firstWeekday + day - 1) % 7;
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 0) return day === length ? day - 2 : day + 1;
  return day;
}

function isWeekday(rule: WeekdayRule, day: number, length: number, firstWeekday: number): boolean {
  if ((firstWeekday + day - 1) % 7 !== rule.weekday) return false;
  if (rule.which === 'every') return true;
  return rule.which === 'last' ? day + 7 > length : Math.ceil(day / 7) === rule.which;
}

function monthStart(month: number): number {
  return Date.UTC(Math.floor(month / 12), month % 12, 1);
}
