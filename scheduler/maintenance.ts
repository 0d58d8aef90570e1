import type { MaintenanceWindow } from '../core/check.ts';
import type { Instant } from '../core/clock.ts';
import { nextSlot } from './slots.ts';

/** A span of maintenance, `[from, to)`, and what it is for. */
export type OpenWindow = { readonly from: Instant; readonly to: Instant; readonly reason: string };

/** Whether an instant lies in one of the windows; see `windowAt`. */
export function inMaintenance(windows: readonly MaintenanceWindow[], instant: Instant): boolean {
  return windows.some((window) => spanAt(window, instant) !== undefined);
}

/**
 * The window in which an instant lies, of several the one that ends last. A recurring window begins when its cron fires in its zone and
 * lasts `durationMs` of real time, so on the night the clocks change its end moves on the wall clock, its length does not.
 */
export function windowAt(windows: readonly MaintenanceWindow[], instant: Instant): OpenWindow | undefined {
  const spans = windows.flatMap((window) => spanAt(window, instant) ?? []);
  return spans.toSorted((a, b) => b.to - a.to)[0];
}

function spanAt(window: MaintenanceWindow, instant: Instant): OpenWindow | undefined {
  const { reason } = window;
  switch (window.type) {
    case 'once':
      return window.from <= instant && instant < window.to ? { from: window.from, to: window.to, reason } : undefined;
    case 'recurring': {
      // Open when it began within the last durationMs; asking for the first beginning after that needs no way to look back.
      const from = nextSlot(scheduleOf(window), instant - window.durationMs);
      return from !== undefined && from <= instant ? { from, to: from + window.durationMs, reason } : undefined;
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
