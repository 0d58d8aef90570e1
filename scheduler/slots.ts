import { createHash } from 'node:crypto';
import type { Schedule } from '../core/check.ts';
import type { Instant } from '../core/clock.ts';
import { VigieError } from '../core/errors.ts';
import type { CheckId } from '../core/identifiers.ts';
import { checkCron } from './cron.ts';
import type { CronFields } from './cron-fields.ts';
import { countBetween, nextAfter } from './next-after.ts';

type CronSchedule = Extract<Schedule, { readonly type: 'cron' }>;

/** The first slot after an instant; `undefined` for a schedule that has none. */
export function nextSlot(schedule: Schedule, after: Instant): Instant | undefined {
  switch (schedule.type) {
    case 'interval': {
      const { everyMs, offsetMs } = schedule;
      return (Math.floor((after - offsetMs) / everyMs) + 1) * everyMs + offsetMs;
    }
    case 'cron':
      return nextAfter(fieldsOf(schedule), schedule.zone, after);
    case 'manual':
      return undefined;
  }
}

/** Slots in `(after, until]`, oldest first, at most `limit` of them. */
export function slotsBetween(schedule: Schedule, after: Instant, until: Instant, limit: number): readonly Instant[] {
  const slots: Instant[] = [];
  let slot = nextSlot(schedule, after);
  while (slot !== undefined && slot <= until && slots.length < limit) {
    slots.push(slot);
    slot = nextSlot(schedule, slot);
  }
  return slots;
}

/** How many slots there are in `(after, until]`; as quick for a year as for a minute. */
export function countSlots(schedule: Schedule, after: Instant, until: Instant): number {
  if (until <= after) return 0;
  switch (schedule.type) {
    case 'interval': {
      const { everyMs, offsetMs } = schedule;
      return Math.floor((until - offsetMs) / everyMs) - Math.floor((after - offsetMs) / everyMs);
    }
    case 'cron':
      return countBetween(fieldsOf(schedule), schedule.zone, after, until);
    case 'manual':
      return 0;
  }
}

/** The instant after which exactly the last `keep` slots of `(after, until]` lie, or `after` when there are no more than that. */
export function startOfLast(schedule: Schedule, after: Instant, until: Instant, keep: number): Instant {
  let [low, high] = [after, until];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (countSlots(schedule, middle, until) > keep) low = middle;
    else high = middle;
  }
  return countSlots(schedule, low, until) > keep ? high : low;
}

/** Time from a slot to the one after it; Infinity when it is the last. */
export function stepAfter(schedule: Schedule, slot: Instant): number {
  if (schedule.type === 'interval') return schedule.everyMs;
  return (nextSlot(schedule, slot) ?? Number.POSITIVE_INFINITY) - slot;
}

/** Where in its period a check's slots lie: a hash of its id, so that checks spread and stay put over restarts. */
export function spreadOffset(check: CheckId, everyMs: number): number {
  const share = createHash('sha256').update(check).digest().readUIntBE(0, 6) / 2 ** 48;
  return Math.floor(share * everyMs);
}

/** Parsed expressions by schedule object; a plan's schedules are frozen, and go from here when the plan goes. */
const parsed = new WeakMap<CronSchedule, CronFields>();

function fieldsOf(schedule: CronSchedule): CronFields {
  const known = parsed.get(schedule);
  if (known) return known;
  const result = checkCron(schedule.expression, schedule.zone);
  if ('problem' in result) throw new VigieError('config-invalid', result.problem);
  parsed.set(schedule, result.fields);
  return result.fields;
}
