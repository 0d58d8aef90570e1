import type { Instant } from '../core/clock.ts';
import type { CronFields } from './cron-fields.ts';

/** Every minute of a stretch of real time with the wall clock that a zone shows, by `Intl` and not by our code. */
export type WallClock = readonly { readonly instant: Instant; readonly local: number }[];

export function wallClock(zone: string, from: Instant, minutes: number): WallClock {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  return Array.from({ length: minutes }, (_, index) => {
    const instant = from + index * 60_000;
    const [day, month, year, hour, minute] = format
      .format(instant)
      .split(/[/, :]+/)
      .map(Number);
    return { instant, local: Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute) };
  });
}

/** The rule of the scheduler told in the plainest way: minute by minute, looking at the wall clock. */
export function fireByWatching(fields: CronFields, clock: WallClock): readonly Instant[] {
  const keepsCadence = fields.hours.length === 24;
  const fired: Instant[] = [];
  let shown = (clock[0]?.local ?? 0) - 60_000;
  for (const { instant, local } of clock) {
    const missing: number[] = [];
    for (let skipped = shown + 60_000; skipped < local; skipped += 60_000) missing.push(skipped);
    const isNew = local > shown;
    const gapFired = !keepsCadence && missing.some((time) => matches(fields, time));
    if (gapFired || ((isNew || keepsCadence) && matches(fields, local))) fired.push(instant);
    shown = Math.max(shown, local);
  }
  return fired;
}

/** Plain numbers only; `L`, `W` and `#` have tests of their own. */
function matches(fields: CronFields, local: number): boolean {
  const date = new Date(local);
  const { daysOfMonth, daysOfWeek } = fields;
  return (
    fields.minutes.includes(date.getUTCMinutes()) &&
    fields.hours.includes(date.getUTCHours()) &&
    fields.months.includes(date.getUTCMonth() + 1) &&
    (!daysOfMonth || daysOfMonth.some((rule) => rule.type === 'day' && rule.day === date.getUTCDate())) &&
    (!daysOfWeek || daysOfWeek.some((rule) => rule.weekday === date.getUTCDay()))
  );
}
