import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MaintenanceWindow } from '../core/check.ts';
import { inMaintenance } from './maintenance.ts';

const at = (text: string): number => Date.parse(text);

test('a window that comes once holds its beginning and not its end', () => {
  const windows: readonly MaintenanceWindow[] = [{ type: 'once', from: 1_000, to: 2_000, reason: 'move' }];
  assert.deepEqual(
    [999, 1_000, 1_999, 2_000].map((instant) => inMaintenance(windows, instant)),
    [false, true, true, false],
  );
});

test('a window that comes again is exact to the millisecond', () => {
  const nightly: MaintenanceWindow = {
    type: 'recurring',
    cron: '0 3 * * SUN',
    zone: 'Europe/Vienna',
    durationMs: 3_600_000,
    reason: 'backup',
  };
  const start = at('2026-06-07T01:00Z');
  assert.deepEqual(
    [start - 1, start, start + 3_599_999, start + 3_600_000].map((instant) => inMaintenance([nightly], instant)),
    [false, true, true, false],
  );
});

test('on the nights the clocks change a window keeps its length', () => {
  const window: MaintenanceWindow = {
    type: 'recurring',
    cron: '30 1 * * *',
    zone: 'Europe/Vienna',
    durationMs: 2 * 3_600_000,
    reason: 'backup',
  };
  const spring = at('2026-03-29T00:30Z');
  assert.ok(inMaintenance([window], spring));
  assert.ok(inMaintenance([window], at('2026-03-29T02:29Z')), '04:29 on the wall');
  assert.ok(!inMaintenance([window], at('2026-03-29T02:30Z')));
  assert.ok(inMaintenance([window], at('2026-10-25T01:29Z')), '02:29, the second time');
  assert.ok(!inMaintenance([window], at('2026-10-25T01:30Z')));
});

test('a window longer than its period is always open, and no window is never open', () => {
  const always: MaintenanceWindow = {
    type: 'recurring',
    cron: '0 * * * *',
    zone: 'UTC',
    durationMs: 7_200_000,
    reason: 'freeze',
  };
  assert.ok([0, 1, 1_800_000, 3_599_999].every((ms) => inMaintenance([always], at('2026-01-01T00:00Z') + ms)));
  assert.ok(!inMaintenance([], 0));
});
