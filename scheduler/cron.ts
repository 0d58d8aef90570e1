import { validateDetailed } from 'node-cron';
import { suggest } from '../core/suggest.ts';
import { hasAnyDay } from './cron-days.ts';
import type { CronFields, DayRule, WeekdayRule } from './cron-fields.ts';
import { isZone } from './zone.ts';

export type CronCheck = { readonly fields: CronFields } | { readonly problem: string };
type Token = number | string;

/** Reads a cron expression (5 fields, or 6 with seconds first) and makes sure that it can fire in `zone`. Never throws. */
export function checkCron(expression: string, zone: string): CronCheck {
  if (!isZone(zone)) return { problem: unknownZone(expression, zone) };
  const { fields, errors } = validateDetailed(expression);
  if (!fields) {
    const reasons = errors.map((error) => `${error.field}: ${error.message}`).join('; ');
    return { problem: `'${expression}' cannot be scheduled (${reasons}); write e.g. '*/5 * * * *'` };
  }
  const restricted = restrictedDays(expression);
  if (restricted.ofMonth && restricted.ofWeek) return { problem: bothDays(expression) };
  const plain: CronFields = {
    seconds: ascending(fields.second),
    minutes: ascending(fields.minute),
    hours: ascending(fields.hour),
    months: ascending(fields.month),
    daysOfMonth: restricted.ofMonth || !isFull(fields.dayOfMonth, 31) ? fields.dayOfMonth.map(dayRule) : undefined,
    daysOfWeek: restricted.ofWeek || !isFull(fields.dayOfWeek, 7) ? fields.dayOfWeek.map(weekdayRule) : undefined,
  };
  return hasAnyDay(plain) ? { fields: plain } : { problem: neverFires(expression) };
}

/**
 * Whether each day field says anything. Judged by the text: crontab joins `1-31` and `1` by OR, node-cron by AND,
 * although `1-31` is every day.
 */
function restrictedDays(expression: string): { readonly ofMonth: boolean; readonly ofWeek: boolean } {
  const parts = expression.trim().split(/\s+/);
  const [ofMonth, , ofWeek] = parts.slice(-3);
  const isMacro = parts.length < 5;
  const restricts = (text = '*'): boolean => !isMacro && !/^[*?](?:\/1)?$/.test(text);
  return { ofMonth: restricts(ofMonth), ofWeek: restricts(ofWeek) };
}

function dayRule(token: Token): DayRule {
  if (typeof token === 'number') return { type: 'day', day: token };
  const text = token.toUpperCase();
  if (text === 'L') return { type: 'before-last', days: 0 };
  if (text.startsWith('L-')) return { type: 'before-last', days: Number(text.slice(2)) };
  return { type: 'nearest-workday', day: text === 'LW' ? 'last' : Number(text.slice(0, -1)) };
}

function weekdayRule(token: Token): WeekdayRule {
  if (typeof token === 'number') return { weekday: token % 7, which: 'every' };
  const [weekday, nth] = token.split('#');
  return { weekday: Number.parseInt(weekday ?? '', 10) % 7, which: nth === undefined ? 'last' : Number(nth) };
}

function isFull(tokens: readonly Token[], size: number): boolean {
  return new Set(tokens.filter((token) => typeof token === 'number')).size === size;
}

function ascending(numbers: readonly number[]): readonly number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function unknownZone(expression: string, zone: string): string {
  const near = suggest(zone, Intl.supportedValuesOf('timeZone'));
  const hint = near === undefined ? `use a name such as 'Europe/Vienna' or 'UTC'` : `did you mean '${near}'?`;
  return `The time zone '${zone}' of cron '${expression}' is unknown; ${hint}`;
}

function bothDays(expression: string): string {
  return (
    `'${expression}' restricts day of month and day of week; crontab would run on either, other programs only where both meet. ` +
    `Leave one of them '*', or make two checks`
  );
}

function neverFires(expression: string): string {
  return `'${expression}' never fires: none of its months has such a day; change the day of month or the month`;
}
