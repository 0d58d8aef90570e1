import type { Check, Schedule } from '../../core/check.ts';
import type { CheckState } from '../../core/check-state.ts';
import { formatQuantity } from '../../core/units.ts';
import type { Standing, Uptime } from '../../core/uptime.ts';

/** `12 s ago`, in words for people; the exact instant stands in the title of the element. */
export function ago(at: number, now: number): string {
  const passed = Math.max(0, now - at);
  const [, unitMs, unit] = AGES.find(([below]) => passed < below) ?? AGES[3];
  return passed < 1_000 ? 'just now' : `${Math.floor(passed / unitMs)} ${unit} ago`;
}

const AGES = [
  [60_000, 1_000, 's'],
  [3_600_000, 60_000, 'min'],
  [172_800_000, 3_600_000, 'h'],
  [Number.POSITIVE_INFINITY, 86_400_000, 'days'],
] as const;

/** `2026-11-22 20:38:51Z`: to the second, in UTC, because people compare it with logs of other machines. */
export function instantText(at: number): string {
  return new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');
}

/** `99.95 %`, `97.2–99.1 %` when unknown slots leave it open, `–` when nothing is known. */
export function uptimeText({ ratio, low, high, expected }: Uptime): string {
  if (expected === 0 || ratio === undefined) return '–';
  const percent = (share: number): string => (share === 1 ? '100' : (Math.floor(share * 10_000) / 100).toFixed(2));
  return percent(low) === percent(high) ? `${percent(low)} %` : `${percent(low)}–${percent(high)} %`;
}

export function scheduleText(schedule: Schedule): string {
  switch (schedule.type) {
    case 'interval':
      return `every ${formatQuantity(schedule.everyMs, 'ms')}`;
    case 'cron':
      return `${schedule.expression} (${schedule.zone})`;
    case 'manual':
      return 'on demand';
  }
}

/** Why a check stands as it does: `by ann, since … until …`, the first breach, nothing when it passed. */
export function stateText({ reason = '', since, until }: CheckState): string {
  const from = since === undefined ? '' : ` since ${instantText(since)}`;
  const to = until === undefined ? '' : ` until ${instantText(until)}`;
  return `${reason}${from}${to}`;
}

export const STANDING_WORDS: Readonly<Record<Standing, string>> = {
  good: 'good',
  bad: 'bad',
  unknown: 'not measured',
  excluded: 'not expected',
};

export function kindText(check: Pick<Check, 'kind' | 'lane' | 'severity'>): string {
  return `${check.kind} · ${check.severity}`;
}
