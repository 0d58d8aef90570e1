import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkCron } from './cron.ts';
import type { CronFields } from './cron-fields.ts';
import { countBetween, nextAfter } from './next-after.ts';
import { fireByWatching, type WallClock, wallClock } from './wall-clock.fixture.ts';

function fieldsOf(expression: string, zone = 'UTC'): CronFields {
  const result = checkCron(expression, zone);
  assert.ok('fields' in result, `${expression} should be fine`);
  return result.fields;
}

/** The first `count` instants after `from`, as UTC text without the year. */
function fires(expression: string, zone: string, from: string, count: number): readonly string[] {
  const fields = fieldsOf(expression, zone);
  const found: string[] = [];
  let at = Date.parse(from);
  while (found.length < count) {
    const next = nextAfter(fields, zone, at);
    assert.ok(next !== undefined && next > at);
    found.push(new Date(next).toISOString().slice(5, 16));
    at = next;
  }
  return found;
}

const SPRING = '2026-03-28T22:00Z';
const AUTUMN = '2026-10-24T22:00Z';

test('a time in the gap runs once, right after it', () => {
  assert.deepEqual(fires('30 2 * * *', 'Europe/Vienna', SPRING, 2), ['03-29T01:00', '03-30T00:30']);
  assert.deepEqual(fires('*/15 2 * * *', 'Europe/Vienna', SPRING, 2), ['03-29T01:00', '03-30T00:00']);
});

test('a gap time and a time at the end of the gap are one', () => {
  assert.deepEqual(fires('0 2,3 * * *', 'Europe/Vienna', SPRING, 3), ['03-29T01:00', '03-30T00:00', '03-30T01:00']);
});

test('a time that comes twice runs at its first coming', () => {
  assert.deepEqual(fires('30 2 * * *', 'Europe/Vienna', AUTUMN, 2), ['10-25T00:30', '10-26T01:30']);
});

test('a search that begins in the repeated hour does not find what has been', () => {
  assert.deepEqual(fires('30 2 * * *', 'Europe/Vienna', '2026-10-25T01:10Z', 1), ['10-26T01:30']);
  assert.deepEqual(fires('30 3 * * *', 'Europe/Vienna', '2026-10-25T01:10Z', 1), ['10-25T02:30']);
});

test('a schedule for every hour keeps its cadence through both', () => {
  assert.deepEqual(fires('*/30 * * * *', 'Europe/Vienna', '2026-03-29T00:00Z', 3), [
    '03-29T00:30',
    '03-29T01:00',
    '03-29T01:30',
  ]);
  assert.deepEqual(fires('0 * * * *', 'Europe/Vienna', '2026-10-24T23:30Z', 4), [
    '10-25T00:00',
    '10-25T01:00',
    '10-25T02:00',
    '10-25T03:00',
  ]);
});

test('Lord Howe moves its clocks by half an hour', () => {
  assert.deepEqual(fires('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T00:00Z', 2), ['10-03T15:30', '10-04T15:15']);
  assert.deepEqual(fires('45 1 * * *', 'Australia/Lord_Howe', '2026-04-04T00:00Z', 2), ['04-04T14:45', '04-05T15:15']);
});

test('the day that Apia never had runs once, when the next day begins', () => {
  assert.deepEqual(fires('0 12 * * *', 'Pacific/Apia', '2011-12-29T12:00Z', 3), [
    '12-29T22:00',
    '12-30T10:00',
    '12-30T22:00',
  ]);
});

test('rare days are found', () => {
  const year = (expression: string, from: string): string =>
    new Date(nextAfter(fieldsOf(expression), 'UTC', Date.parse(from)) ?? 0).toISOString().slice(0, 10);
  assert.equal(year('0 0 29 2 *', '2026-01-01'), '2028-02-29');
  assert.equal(year('0 0 29 2 *', '2096-03-01'), '2104-02-29');
  assert.equal(year('0 0 31 * *', '2026-03-31'), '2026-05-31');
  assert.equal(year('0 0 L * *', '2028-02-01'), '2028-02-29');
  assert.equal(year('0 0 L-2 * *', '2026-04-01'), '2026-04-28');
  assert.equal(year('0 0 15W * *', '2026-08-01'), '2026-08-14');
  assert.equal(year('0 0 1W * *', '2026-08-01'), '2026-08-03');
  assert.equal(year('0 0 31W * *', '2026-05-01'), '2026-05-29');
  assert.equal(year('0 0 LW * *', '2026-02-01'), '2026-02-27');
  assert.equal(year('0 0 * * 5#2', '2026-08-01'), '2026-08-14');
  assert.equal(year('0 0 * * 7L', '2026-08-01'), '2026-08-30');
  assert.equal(year('0 0 * 2 5#5', '2026-08-01'), '2036-02-29');
});

test('seconds are exact and an instant between seconds is rounded up', () => {
  const fields = fieldsOf('*/20 * * * * *');
  assert.equal(nextAfter(fields, 'UTC', 0), 20_000);
  assert.equal(nextAfter(fields, 'UTC', 19_999), 20_000);
  assert.equal(nextAfter(fields, 'UTC', 20_000.5), 40_000);
  assert.equal(nextAfter(fieldsOf('59 59 23 31 12 *'), 'UTC', 0), Date.UTC(1970, 11, 31, 23, 59, 59));
});

const DAY = 1_440;
const CLOCKS: readonly (readonly [string, WallClock])[] = (
  [
    ['Europe/Vienna', '2026-03-27', 4],
    ['Europe/Vienna', '2026-10-23', 4],
    ['America/New_York', '2026-03-06', 4],
    ['America/New_York', '2026-10-30', 4],
    ['Australia/Lord_Howe', '2026-04-03', 4],
    ['Australia/Lord_Howe', '2026-10-02', 4],
    ['Pacific/Apia', '2011-12-28', 5],
    ['Asia/Kolkata', '2026-02-27', 3],
    ['UTC', '2028-02-27', 4],
  ] as const
).map(([zone, from, days]) => [zone, wallClock(zone, Date.parse(from), days * DAY)] as const);

const numbers = (from: number, to: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constant('*'),
    fc.uniqueArray(fc.integer({ min: from, max: to }), { minLength: 1, maxLength: 4 }).map((some) => some.join(',')),
  );
const expressions = fc
  .tuple(
    fc.oneof(numbers(0, 59), fc.constantFrom('*/5', '*/7', '*/30', '5-59/10')),
    fc.oneof(numbers(0, 23), fc.constantFrom('1-3', '2', '0-22', '*/2')),
    fc.oneof(
      fc.constant('* *'),
      numbers(1, 28).map((day) => `${day} *`),
      fc.constantFrom('* 3,10', '* 2,12', '29-30 *'),
    ),
    numbers(0, 6),
  )
  .map(
    ([minute, hour, dayAndMonth, weekday]) =>
      `${minute} ${hour} ${dayAndMonth} ${dayAndMonth.startsWith('* ') ? weekday : '*'}`,
  );

test('finds what watching the wall clock finds, and counts as many', () => {
  fc.assert(
    fc.property(expressions, fc.constantFrom(...CLOCKS), fc.nat(600), (expression, [zone, clock], skip) => {
      const fields = fieldsOf(expression, zone);
      const [first, last] = [clock[skip]?.instant ?? 0, clock.at(-1)?.instant ?? 0];
      const expected = fireByWatching(fields, clock).filter((instant) => instant > first);
      const found: number[] = [];
      for (let at = nextAfter(fields, zone, first); at !== undefined && at <= last; at = nextAfter(fields, zone, at)) {
        found.push(at);
      }
      assert.deepEqual(found, expected);
      assert.equal(countBetween(fields, zone, first, last), expected.length);
    }),
    { seed: 20_260_329, numRuns: 1_500 },
  );
});

test('counting a year agrees with walking through it', () => {
  const [from, to] = [Date.UTC(2026, 0, 1, 0, 7), Date.UTC(2027, 0, 1, 5)];
  for (const expression of ['17 */2 * * *', '5 2 * * SUN', '0,30 1-3 * * *', '3 * L * *', '10 0 1 2 3 *']) {
    const fields = fieldsOf(expression, 'Europe/Vienna');
    let walked = 0;
    for (let at = nextAfter(fields, 'Europe/Vienna', from); at !== undefined && at <= to; walked += 1) {
      at = nextAfter(fields, 'Europe/Vienna', at);
    }
    assert.equal(countBetween(fields, 'Europe/Vienna', from, to), walked, expression);
  }
});
