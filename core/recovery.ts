import type { Check } from './check.ts';
import type { Instant } from './clock.ts';
import { isUnsettled, type TrackState } from './incident.ts';

/**
 * Time between a pass and the run that confirms it. Less would ask the same moment twice: what restarts often answers for some seconds before
 * it falls again. More would be felt by those who wait for the word that it is over.
 */
export const CONFIRM_RECOVERY_AFTER_MS = 60_000;

export type Recovery = {
  readonly check: Pick<Check, 'confirm' | 'incident'>;
  /** The target's track, after the pass. */
  readonly state: TrackState;
  /** When the pass ended. */
  readonly passedAt: Instant;
  /** The check's next slot. */
  readonly nextDue: Instant | undefined;
  readonly afterMs: number;
};

/** When a recovery is to be confirmed outside the schedule; `undefined` when there is nothing to confirm, or the next slot comes no later. */
export function confirmationDueAt({ check, state, passedAt, nextDue, afterMs }: Recovery): Instant | undefined {
  const dueAt = passedAt + afterMs;
  if (!isRecovering(check, state, passedAt) || nextDue === undefined || nextDue <= dueAt) return undefined;
  return dueAt;
}

/** Whether passes are still wanted for the open incident. One that flaps is not asked more often: it takes time, not passes, to close it. */
export function isRecovering({ confirm, incident }: Recovery['check'], state: TrackState, now: Instant): boolean {
  if (!confirm || state.open === undefined || isUnsettled(state, now)) return false;
  return state.passes >= 1 && state.passes < incident.recoveries;
}
