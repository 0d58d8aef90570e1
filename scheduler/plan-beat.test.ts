import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Schedule } from '../core/check.ts';
import { checkId } from '../core/identifiers.ts';
import { type BeatInput, type BeatPlan, planBeat, toleranceMs } from './plan-beat.ts';
import { repeatFrom } from './repeated-time.ts';
import { countSlots, nextSlot, slotsBetween } from './slots.ts';

const EVERY_10S: Schedule = { type: 'interval', everyMs: 10_000, offsetMs: 0 };
const NOON = Date.UTC(2026, 5, 1, 12);

/** A check that runs every ten seconds and whose slot at noon was handed out. */
function plan(some: Partial<BeatInput>): BeatPlan {
  return planBeat({
    schedule: EVERY_10S,
    maintenance: [],
    catchUp: 'none',
    pause: undefined,
    position: { claimedUntil: NOON },
    now: NOON,
    recorded: new Set(),
    waitedMs: 10_000,
    maxRecords: 2_000,
    ...some,
  });
}
const pause = (since: number, until?: number): BeatInput['pause'] => ({
  check: checkId('c'),
  since,
  by: 'test',
  ...(until === undefined ? {} : { until }),
});

test('nothing is due between slots', () => {
  assert.deepEqual(plan({ now: NOON + 9_999 }), {
    skips: [],
    position: { claimedUntil: NOON },
    nextDue: NOON + 10_000,
  });
});

test('a slot that is due starts, with its lateness', () => {
  assert.deepEqual(plan({ now: NOON + 10_007 }), {
    start: { dueAt: NOON + 10_000, latenessMs: 7, kind: 'regular' },
    skips: [],
    position: { claimedUntil: NOON + 10_000 },
    nextDue: NOON + 20_000,
  });
});

test('tolerance is half the period and never more than a minute', () => {
  assert.equal(toleranceMs(10_000), 5_000);
  assert.equal(toleranceMs(86_400_000), 60_000);
  assert.equal(toleranceMs(Number.POSITIVE_INFINITY), 60_000);
  assert.equal(plan({ now: NOON + 15_000 }).start?.latenessMs, 5_000);
  assert.deepEqual(plan({ now: NOON + 15_001 }).skips, [{ dueAt: NOON + 10_000, reason: 'missed' }]);
});

test('after a stop of 90 s the missed are recorded and there is no burst', () => {
  const { start, skips, nextDue } = plan({ now: NOON + 92_000 });
  assert.equal(start?.dueAt, NOON + 90_000);
  assert.deepEqual(
    skips.map(({ dueAt, reason }) => [dueAt - NOON, reason]),
    [10, 20, 30, 40, 50, 60, 70, 80].map((seconds) => [seconds * 1_000, 'missed']),
  );
  assert.equal(nextDue, NOON + 100_000);
});

test('catching up once runs the latest missed slot and no other', () => {
  const { start, skips } = plan({ now: NOON + 38_000, catchUp: 'once' });
  assert.deepEqual(start, { dueAt: NOON + 30_000, latenessMs: 8_000, kind: 'caught-up' });
  assert.deepEqual(
    skips.map(({ dueAt }) => dueAt - NOON),
    [10_000, 20_000],
  );
});

test('there is nothing to catch up with after a later run, in a pause or in maintenance', () => {
  const late = { now: NOON + 38_000, catchUp: 'once' } as const;
  assert.equal(plan({ ...late, recorded: new Set([NOON + 30_000]) }).start, undefined);
  assert.equal(plan({ ...late, pause: pause(NOON + 35_000) }).start, undefined);
  const window = { type: 'once', from: NOON + 35_000, to: NOON + 60_000, reason: 'x' } as const;
  assert.equal(plan({ ...late, maintenance: [window] }).start, undefined);
});

test('slots in a pause and in maintenance are excluded by their own time, not by now', () => {
  const window = { type: 'once', from: NOON + 25_000, to: NOON + 35_000, reason: 'x' } as const;
  const { start, skips } = plan({
    now: NOON + 50_000,
    maintenance: [window],
    pause: pause(NOON + 5_000, NOON + 20_000),
  });
  assert.deepEqual(
    skips.map(({ reason }) => reason),
    ['paused', 'missed', 'maintenance', 'missed'],
  );
  assert.equal(start?.dueAt, NOON + 50_000);
});

test('slots with a record are passed over', () => {
  const recorded = new Set([NOON + 20_000, NOON + 40_000]);
  const { start, skips } = plan({ now: NOON + 41_000, recorded });
  assert.equal(start, undefined);
  assert.deepEqual(
    skips.map(({ dueAt }) => dueAt - NOON),
    [10_000, 30_000],
  );
});

test('a long stop leaves the latest slots one by one and the rest as a gap', () => {
  const { start, skips, gap } = plan({
    now: NOON + 3_600_000,
    maxRecords: 50,
    recorded: new Set([NOON + 20_000, NOON + 3_590_000]),
  });
  assert.equal(start?.dueAt, NOON + 3_600_000);
  assert.equal(skips.length, 48);
  assert.deepEqual(gap, { from: NOON + 10_000, to: NOON + 3_100_000, count: 309 });
});

test('a check on demand is never due', () => {
  assert.deepEqual(plan({ schedule: { type: 'manual' }, now: NOON + 1e9 }), {
    skips: [],
    position: { claimedUntil: NOON },
    nextDue: undefined,
  });
});

test('a clock set back by an hour neither repeats a slot nor silences the check', () => {
  const hour = 3_600_000;
  let position = repeatFrom({ claimedUntil: NOON }, NOON - hour + 4_000, 1);
  const started: number[] = [];
  let claimedAt = NOON - 9_000;
  for (let now = NOON - hour + 4_000; now <= NOON + 20_000; now += 1_000) {
    const beat = plan({ position, now, waitedMs: now - claimedAt + (started.length === 0 ? hour : 0) });
    assert.deepEqual(beat.skips, []);
    assert.ok(beat.nextDue !== undefined && beat.nextDue > now && beat.nextDue <= now + 10_001);
    if (beat.start) started.push(beat.start.dueAt);
    if (beat.start) claimedAt = now;
    position = beat.position;
  }
  assert.equal(started.length, 362);
  assert.deepEqual(started.slice(0, 2), [NOON - hour + 10_001, NOON - hour + 20_001]);
  assert.deepEqual(started.slice(-3), [NOON + 1, NOON + 10_000, NOON + 20_000]);
  assert.equal(position.repeat, undefined);
});

test('a daily check that has just run is not run again because the clock was set back', () => {
  const schedule: Schedule = { type: 'cron', expression: '0 12 * * *', zone: 'UTC' };
  const position = repeatFrom({ claimedUntil: NOON }, NOON - 1_000, 1);
  const beat = plan({ schedule, position, now: NOON + 500, waitedMs: 3_600_000 });
  assert.deepEqual([beat.start, beat.skips, beat.nextDue], [undefined, [], NOON + 86_400_000]);
});

test('a stop in repeated time starts the latest slot alone', () => {
  const position = repeatFrom({ claimedUntil: NOON }, NOON - 600_000, 3);
  const beat = plan({ position, now: NOON - 298_000, waitedMs: 302_000 });
  assert.deepEqual([beat.start?.dueAt, beat.skips], [NOON - 299_997, []]);
});

test('every due slot is in exactly one place, whatever happens', () => {
  const schedules = fc.constantFrom<Schedule>(EVERY_10S, {
    type: 'cron',
    expression: '*/2 1-3 * * *',
    zone: 'Europe/Vienna',
  });
  const start = Date.UTC(2026, 2, 28, 23);
  fc.assert(
    fc.property(
      schedules,
      fc.constantFrom('none', 'once'),
      fc.array(fc.oneof(fc.nat(20_000), fc.nat(4e6)), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 30 }),
      fc.nat(3e6),
      (schedule, catchUp, pauses, maxRecords, seed) => {
        let position = { claimedUntil: start };
        const ends: number[] = [];
        let folded = 0;
        let now = start;
        const all = slotsBetween(schedule, start, start + 5e7, 1e5);
        const recorded = new Set(all.filter((slot) => (slot / 1_000 + seed) % 7 === 0));
        for (const stop of pauses) {
          now += stop;
          const due = countSlots(schedule, position.claimedUntil, now);
          const beat = plan({
            schedule,
            catchUp: catchUp === 'once' ? 'once' : 'none',
            position,
            now,
            maxRecords,
            recorded,
          });
          assert.ok(beat.skips.length <= maxRecords);
          assert.ok(due > 0 || (!beat.start && beat.skips.length === 0));
          assert.equal(beat.nextDue, nextSlot(schedule, now));
          ends.push(...beat.skips.map(({ dueAt }) => dueAt), ...(beat.start ? [beat.start.dueAt] : []));
          folded += beat.gap?.count ?? 0;
          position = beat.position;
        }
        assert.equal(new Set(ends).size, ends.length);
        assert.ok(ends.every((slot) => !recorded.has(slot)));
        const known = all.filter((slot) => slot <= now && recorded.has(slot)).length;
        assert.equal(ends.length + folded + known, countSlots(schedule, start, now));
      },
    ),
    { seed: 11, numRuns: 400 },
  );
});
