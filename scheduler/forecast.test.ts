import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forecast } from './forecast.ts';
import { EVERY_10S, makeCheck, NOON } from './scheduler.fixture.ts';

const MINUTE = 60_000;
const widths = { light: 50, browser: 2 };
const hourly = (minute: number) => ({ type: 'cron', expression: `${minute} * * * *`, zone: 'UTC' }) as const;

test('counts a day of runs by check and lane', () => {
  const checks = [
    makeCheck({ id: 'probe' }),
    makeCheck({ id: 'journey', lane: 'browser', schedule: hourly(5) }),
    makeCheck({ id: 'by-hand', lane: 'exclusive', schedule: { type: 'manual' } }),
  ];
  const { lanes, checks: views } = forecast({ checks, from: NOON, widths, typicalMs: () => 2_000 });
  assert.deepEqual(lanes, {
    light: { runs: 8_640, meanConcurrency: 0.2, peakConcurrency: 1, width: 50 },
    browser: { runs: 24, meanConcurrency: 48 / 86_400, peakConcurrency: 1, width: 2 },
    exclusive: { runs: 0, meanConcurrency: 0, peakConcurrency: 0, width: 1 },
  });
  assert.deepEqual(
    views.map(({ runsPerDay, nextDue }) => [runsPerDay, nextDue]),
    [
      [8_640, NOON + 10_000],
      [24, NOON + 5 * MINUTE],
      [0, undefined],
    ],
  );
});

test('slots in maintenance are left out', () => {
  const window = {
    type: 'recurring',
    cron: '0 3 * * *',
    zone: 'UTC',
    durationMs: 60 * MINUTE,
    reason: 'backup',
  } as const;
  const [view] = forecast({
    checks: [makeCheck({ maintenance: [window] })],
    from: NOON,
    periodMs: 2 * 86_400_000,
    widths,
    typicalMs: () => 100,
  }).checks;
  assert.deepEqual([view?.runs, view?.excluded, view?.runsPerDay], [2 * 8_280, 2 * 360, 8_280]);
});

test('says which exclusive runs must wait, for whom and how long', () => {
  const checks = [
    makeCheck({ id: 'load', lane: 'exclusive', schedule: hourly(0) }),
    makeCheck({ id: 'audit', lane: 'exclusive', schedule: hourly(3) }),
    makeCheck({ id: 'spec', lane: 'exclusive', schedule: hourly(4) }),
    makeCheck({ id: 'alone', lane: 'exclusive', schedule: hourly(40) }),
  ];
  const { collisions, collisionCount, lanes } = forecast({
    checks,
    from: NOON,
    periodMs: 3 * 60 * MINUTE,
    widths,
    typicalMs: ({ id }) => (id === 'load' ? 5 * MINUTE : MINUTE),
  });
  assert.deepEqual(collisions.slice(0, 2), [
    { at: NOON + 63 * MINUTE, check: 'audit', waitsFor: 'load', waitMs: 2 * MINUTE },
    { at: NOON + 64 * MINUTE, check: 'spec', waitsFor: 'audit', waitMs: 2 * MINUTE },
  ]);
  assert.equal(collisionCount, 4, 'the first hour begins after load, which is due at noon itself');
  assert.equal(lanes.exclusive.peakConcurrency, 2);
});

test('runs that follow each other without a pause do not collide', () => {
  const checks = [hourly(0), hourly(5)].map((schedule, index) =>
    makeCheck({ id: `c${index}`, lane: 'exclusive', schedule }),
  );
  const { collisionCount, lanes } = forecast({ checks, from: NOON, widths, typicalMs: () => 5 * MINUTE });
  assert.deepEqual([collisionCount, lanes.exclusive.peakConcurrency], [0, 1]);
});

test('a check whose runs outlast its period is marked', () => {
  const of = (typicalMs: number): boolean | undefined =>
    forecast({ checks: [makeCheck()], from: NOON, widths, typicalMs: () => typicalMs }).checks[0]?.isOverrunning;
  assert.deepEqual([of(10_000), of(10_001)], [false, true]);
});

test('a thousand checks every second are counted without being laid out', () => {
  const every = { ...EVERY_10S, type: 'interval', everyMs: 1_000, offsetMs: 0 } as const;
  const checks = Array.from({ length: 1_000 }, (_, index) => makeCheck({ id: `c${index}`, schedule: every }));
  const { light } = forecast({ checks, from: NOON, widths, typicalMs: () => 50 }).lanes;
  assert.deepEqual(light, { runs: 86_400_000, meanConcurrency: 50, width: 50 });
});
