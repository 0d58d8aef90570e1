/** A day of the month as cron can name it: `15`, `L` and `L-3` (days before the last), `15W` and `LW` (nearest Monday to Friday). */
export type DayRule =
  | { readonly type: 'day'; readonly day: number }
  | { readonly type: 'before-last'; readonly days: number }
  | { readonly type: 'nearest-workday'; readonly day: number | 'last' };

/** A day of the week, 0 = Sunday: `5`, `5#2` (the second Friday), `5L` (the last Friday). */
export type WeekdayRule = { readonly weekday: number; readonly which: 'every' | 'last' | number };

/** A cron expression as plain data; numbers ascending. `undefined` days mean that any day will do. */
export type CronFields = {
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: readonly number[];
  readonly daysOfMonth: readonly DayRule[] | undefined;
  readonly daysOfWeek: readonly WeekdayRule[] | undefined;
};
