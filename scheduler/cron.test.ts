import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkCron } from './cron.ts';

function problemOf(expression: string, zone = 'UTC'): string {
  const result = checkCron(expression, zone);
  return 'problem' in result ? result.problem : assert.fail(`'${expression}' should be refused`);
}

test('a good expression becomes plain fields', () => {
  assert.deepEqual(checkCron('*/20 9,8 1 JAN *', 'Europe/Vienna'), {
    fields: {
      seconds: [0],
      minutes: [0, 20, 40],
      hours: [8, 9],
      months: [1],
      daysOfMonth: [{ type: 'day', day: 1 }],
      daysOfWeek: undefined,
    },
  });
});

test('names, macros, Sunday as 7 and special days are read', () => {
  const of = (expression: string): unknown => {
    const result = checkCron(expression, 'UTC');
    return 'fields' in result ? (result.fields.daysOfWeek ?? result.fields.daysOfMonth) : result.problem;
  };
  assert.deepEqual(of('@daily'), undefined);
  assert.deepEqual(of('@weekly'), [{ weekday: 0, which: 'every' }]);
  assert.deepEqual(of('0 0 ? * 7'), [{ weekday: 0, which: 'every' }]);
  assert.deepEqual(of('0 0 * * FRI#2,1L'), [
    { weekday: 5, which: 2 },
    { weekday: 1, which: 'last' },
  ]);
  assert.deepEqual(of('0 0 L,L-3,15W,LW * *'), [
    { type: 'before-last', days: 0 },
    { type: 'before-last', days: 3 },
    { type: 'nearest-workday', day: 15 },
    { type: 'nearest-workday', day: 'last' },
  ]);
});

test('both kinds of day together are refused, however they are written', () => {
  for (const expression of ['0 0 1 * 1', '0 0 1-31 * 1', '0 0 */2 * MON', '0 0 0 L * 5L', '0 0 1 * 0-6']) {
    assert.match(problemOf(expression), /day of month and day of week/, expression);
  }
});

test('days that no month has are refused', () => {
  assert.match(problemOf('0 0 30 2 *'), /impossible day of month/);
  assert.match(problemOf('0 0 31W 4,6 *'), /never fires/);
  assert.match(problemOf('0 0 L-30 2 *'), /never fires/);
});

test('nonsense is named with the field that is wrong', () => {
  assert.match(problemOf('61 * * * *'), /minute.*61/);
  assert.match(problemOf('* * *'), /expected 5 or 6 fields but got 3/);
  assert.match(problemOf(''), /cannot be scheduled/);
  assert.match(problemOf('* * * * * * * *'), /expected 5 or 6 fields/);
  assert.match(problemOf('@sometimes'), /cannot be scheduled/);
  assert.match(problemOf('<script>'), /cannot be scheduled/);
});

test('an unknown zone is refused with a suggestion', () => {
  assert.match(problemOf('* * * * *', 'Europe/Viena'), /did you mean 'Europe\/Vienna'/);
  assert.match(problemOf('* * * * *', ''), /unknown/);
});
