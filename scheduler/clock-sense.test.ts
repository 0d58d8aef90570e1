import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ClockSense, type ClockVerdict, freshSense, senseClock } from './clock-sense.ts';

const NOON = Date.UTC(2026, 5, 1, 12);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** Verdicts over `[wall, monotonic]` readings, both in milliseconds after noon. */
function verdicts(readings: readonly (readonly [number, number])[], lastRecordAt?: number): readonly ClockVerdict[] {
  let sense: ClockSense = freshSense(lastRecordAt);
  return readings.map(([wall, monotonic]) => {
    const step = senseClock(sense, { now: NOON + wall, monotonic });
    sense = step.sense;
    return step.verdict;
  });
}
const kinds = (...readings: readonly (readonly [number, number])[]): readonly string[] =>
  verdicts(readings).map(({ kind }) => kind);

test('time that passes is steady, also when the process was stopped', () => {
  assert.deepEqual(kinds([0, 0], [1_000, 1_000], [91_000, 91_000]), ['steady', 'steady', 'steady']);
});

test('corrections of a second or two either way are steady', () => {
  assert.deepEqual(kinds([0, 0], [2_500, 1_000], [1_000, 2_000], [-4_000, 3_000]), [
    'steady',
    'steady',
    'steady',
    'steady',
  ]);
});

test('a clock set forward, or a machine that slept, is noticed once', () => {
  assert.deepEqual(
    verdicts([
      [0, 0],
      [HOUR + 1_000, 1_000],
      [HOUR + 2_000, 2_000],
    ]),
    [{ kind: 'steady' }, { kind: 'forward', byMs: HOUR }, { kind: 'steady' }],
  );
});

test('a clock set back is noticed once, and again when it is set back again', () => {
  assert.deepEqual(kinds([0, 0], [-HOUR, 1_000], [-HOUR + 9_000, 10_000], [-2 * HOUR, 11_000], [0, 12_000]), [
    'steady',
    'backward',
    'steady',
    'backward',
    'forward',
  ]);
});

test('a clock that creeps back is noticed when it has gone far enough', () => {
  assert.deepEqual(kinds([0, 0], [-6_000, 1_000], [-12_000, 2_000], [-12_000, 3_000]), [
    'steady',
    'steady',
    'backward',
    'steady',
  ]);
});

test('1970, 2038 and 3010 are not believed, and the right time is again', () => {
  const wrong = [0, Date.UTC(2038, 0, 19), Date.UTC(3010, 0, 1), Number.NaN].map((at) => at - NOON);
  const readings = [[0, 0], ...wrong.map((at, index) => [at, 1_000 + index] as const), [5_000, 5_000]] as const;
  assert.deepEqual(
    verdicts(readings).map(({ kind }) => kind),
    ['steady', 'insane', 'insane', 'insane', 'insane', 'steady'],
  );
});

test('what cannot be believed says so in words', () => {
  const [, jumped] = verdicts([
    [0, 0],
    [40 * DAY, 0],
  ]);
  assert.deepEqual(jumped, {
    kind: 'insane',
    reason: 'the clock jumped by 40 days to 2026-07-11T12:00:00.000Z; set it right, or restart if it is',
  });
  const [absurd] = verdicts([[Number.POSITIVE_INFINITY, 0]]);
  assert.deepEqual(absurd, { kind: 'insane', reason: 'the clock says Infinity, which cannot be' });
});

test('at the start the clock is judged by the last record', () => {
  const first = (lastRecordAt: number | undefined): string | undefined => verdicts([[0, 0]], lastRecordAt)[0]?.kind;
  assert.equal(first(undefined), 'steady');
  assert.equal(first(NOON - 2 * YEAR), 'steady', 'a monitor that was off for two years');
  assert.equal(first(NOON + 40 * DAY), 'steady', 'records made by a clock that was ahead');
  assert.equal(first(NOON - 6 * YEAR), 'insane');
  assert.equal(first(NOON + 6 * YEAR), 'insane');
});
