import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Schedule } from '../core/check.ts';
import { checkId } from '../core/identifiers.ts';
import { countSlots, nextSlot, slotsBetween, spreadOffset, startOfLast, stepAfter } from './slots.ts';

const TEN_SECONDS: Schedule = { type: 'interval', everyMs: 10_000, offsetMs: 3_000 };
const HOURLY: Schedule = { type: 'cron', expression: '0 * * * *', zone: 'Europe/Vienna' };

test('an interval is anchored at its offset since 1970', () => {
  assert.equal(nextSlot(TEN_SECONDS, 0), 3_000);
  assert.equal(nextSlot(TEN_SECONDS, 2_999), 3_000);
  assert.equal(nextSlot(TEN_SECONDS, 3_000), 13_000);
  assert.deepEqual(slotsBetween(TEN_SECONDS, 3_000, 33_000, 10), [13_000, 23_000, 33_000]);
  assert.deepEqual(slotsBetween(TEN_SECONDS, 3_000, 33_000, 2), [13_000, 23_000]);
});

test('an interval does not care for the clocks being changed', () => {
  const everyTwoHours: Schedule = { type: 'interval', everyMs: 7_200_000, offsetMs: 0 };
  const night = Date.UTC(2026, 2, 29);
  assert.deepEqual(slotsBetween(everyTwoHours, night - 1, night + 4 * 3_600_000, 9), [
    night,
    night + 7_200_000,
    night + 14_400_000,
  ]);
});

test('a manual schedule has no slots', () => {
  assert.equal(nextSlot({ type: 'manual' }, 0), undefined);
  assert.equal(countSlots({ type: 'manual' }, 0, 1e12), 0);
  assert.equal(stepAfter({ type: 'manual' }, 0), Number.POSITIVE_INFINITY);
});

test('a cron that nobody checked is refused with a reason', () => {
  assert.throws(() => nextSlot({ type: 'cron', expression: '0 0 30 2 *', zone: 'UTC' }, 0), /impossible day/);
});

test('counting agrees with listing, and the last few begin where they should', () => {
  const schedules = fc.constantFrom<Schedule>(TEN_SECONDS, HOURLY, {
    type: 'cron',
    expression: '30 2 * * *',
    zone: 'Europe/Vienna',
  });
  const start = Date.UTC(2026, 9, 20);
  fc.assert(
    fc.property(
      schedules,
      fc.nat(1e8),
      fc.nat(5e7),
      fc.integer({ min: 1, max: 50 }),
      (schedule, skip, length, keep) => {
        const [after, until] = [start + skip, start + skip + length];
        const all = slotsBetween(schedule, after, until, 1e6);
        assert.equal(countSlots(schedule, after, until), all.length);
        const last = slotsBetween(schedule, startOfLast(schedule, after, until, keep), until, 1e6);
        assert.deepEqual(last, all.slice(-keep));
      },
    ),
    { seed: 7, numRuns: 300 },
  );
});

test('checks are spread over their period, evenly and always at the same place', () => {
  const offsets = Array.from({ length: 1_000 }, (_, index) => spreadOffset(checkId(`check-${index}`), 10_000));
  assert.ok(offsets.every((offset) => Number.isInteger(offset) && offset >= 0 && offset < 10_000));
  const perSecond = Array.from({ length: 10 }, (_, s) => offsets.filter((o) => Math.floor(o / 1_000) === s).length);
  assert.ok(Math.min(...perSecond) > 70 && Math.max(...perSecond) < 130, perSecond.join(' '));
  assert.equal(spreadOffset(checkId('parts-search'), 60_000), 41_926);
});
