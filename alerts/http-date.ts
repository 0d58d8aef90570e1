import type { Instant } from '../core/clock.ts';

const DAYS = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const LONG_DAYS = '(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)';
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MONTH = `(?<month>${MONTHS.join('|')})`;
const TIME = '(?<hour>[01]\\d|2[0-3]):(?<minute>[0-5]\\d):(?<second>[0-5]\\d|60)';

/** The three forms of RFC 9110 section 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`. */
const FORMS = [
  `${DAYS}, (?<day>\\d{2}) ${MONTH} (?<year>\\d{4}) ${TIME} GMT`,
  `${LONG_DAYS}, (?<day>\\d{2})-${MONTH}-(?<year>\\d{2}) ${TIME} GMT`,
  `${DAYS} ${MONTH} (?<day>\\d{2}| \\d) ${TIME} (?<year>\\d{4})`,
].map((form) => new RegExp(`^${form}$`));

/** Reads a date of an HTTP header; `undefined` for what is none. The name of the day is not held against the date. */
export function parseHttpDate(text: string, now: Instant): Instant | undefined {
  const groups = FORMS.map((form) => form.exec(text)?.groups).find((found) => found !== undefined);
  if (groups === undefined) return undefined;
  const { day = '', month = '', year = '', hour, minute, second } = groups;
  const [fullYear, dayOfMonth] = [year.length === 2 ? nearYear(Number(year), now) : Number(year), Number(day)];
  const midnight = Date.UTC(fullYear, MONTHS.indexOf(month), dayOfMonth);
  // `Date.UTC` makes a 3 March of a 31 February.
  if (new Date(midnight).getUTCDate() !== dayOfMonth) return undefined;
  return midnight + (Number(hour) * 3_600 + Number(minute) * 60 + Number(second)) * 1_000;
}

/** A year of two digits that would be more than 50 years ahead is of the century before (RFC 9110 section 5.6.7). */
function nearYear(digits: number, now: Instant): number {
  const year = new Date(now).getUTCFullYear();
  const inCentury = year - (year % 100) + digits;
  return inCentury > year + 50 ? inCentury - 100 : inCentury;
}
