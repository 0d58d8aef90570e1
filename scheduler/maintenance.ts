import type { MaintenanceWindow } from '../core/check.ts';
import type { Instant } from '../core/clock.ts';
import { nextSlot } from './slots.ts';

/**
 * Whether an instant lies in one of the windows. A recurring window begins when its cron fires in its zone and lasts
 * `durationMs` of real time, so on the night the clocks change its end moves on the wall clock, its length does not.
 */
export function inMaintenance(windows: readonly MaintenanceWindow[], instant: Instant): boolean {
  return windows.some((window) => isIn(window, instant));
}

function isIn(window: MaintenanceWindow, instant: Instant): boolean {
  switch (window.type) {
    case 'once':
      return window.from <= instant && instant < window.to;
    case 'recurring': {
      // Open when it began within the last durationMs; asking for the first beginning after that needs no way to look back.
      const began = nextSlot(scheduleOf(window), instant - window.durationMs);
      return began !== undefined && began <= instant;
    }
  }
}

type Recurring = Extract<MaintenanceWindow, { readonly type: 'recurring' }>;
type Beginnings = { readonly type: 'cron'; readonly expression: string; readonly zone: string };

/** One schedule per window object, so that its parsed cron is found again. */
const schedules = new WeakMap<Recurring, Beginnings>();

function scheduleOf(window: Recurring): Beginnings {
  const known = schedules.get(window);
  if (known) return known;
  const made: Beginnings = { type: 'cron', expression: window.cron, zone: window.zone };
  schedules.set(window, made);
  return made;
}
