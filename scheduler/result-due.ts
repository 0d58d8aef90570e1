import type { Check } from '../core/check.ts';
import type { Instant } from '../core/clock.ts';
import { toleranceMs } from './plan-beat.ts';
import { nextSlot, stepAfter } from './slots.ts';

/** How much later than its own deadline a run may end before it is given up. */
export const OVERDUE_GRACE_MS = 30_000;
/** Time for a result to be recorded and shown once its run has ended. */
const RECORDING_MS = 10_000;

/** The longest a run of this check may take by its own deadlines: all attempts with the pauses between them, milliseconds. */
export function longestRunMs({ timeoutMs, retry, confirm }: Pick<Check, 'timeoutMs' | 'retry' | 'confirm'>): number {
  const attempts = 1 + retry.count + (confirm ? 1 : 0);
  const pauses = Array.from({ length: retry.count }, (_, index) => retry.backoffMs * retry.backoffFactor ** index);
  return attempts * timeoutMs + pauses.reduce((total, pause) => total + pause, 0);
}

/**
 * By when the slot after a run that ended at this instant must have a result of its own, if it started as late and took as long as it may.
 * Slots that fell due while the run was under way have none: they are skipped, or wait for its end. Infinity for a schedule without further slots.
 */
export function latestResultBy(check: Check, endedAt: Instant): Instant {
  const slot = nextSlot(check.schedule, endedAt);
  if (slot === undefined) return Number.POSITIVE_INFINITY;
  return slot + toleranceMs(stepAfter(check.schedule, slot)) + longestRunMs(check) + OVERDUE_GRACE_MS + RECORDING_MS;
}
