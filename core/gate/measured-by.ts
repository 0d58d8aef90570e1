import type { Observation } from '../observation.ts';
import type { Run } from '../run.ts';

/**
 * What a stored run measured, as it may stand beside others: its first attempt, because later ones record more and take longer for it. A run
 * that only took too long, or broke its budgets, has measured all the same; to leave the slow ones out would make any history fast.
 */
export function measuredBy(run: Run): Observation | undefined {
  const first = run.attempts[0]?.observation;
  if (first === undefined || first.fault !== undefined) return undefined;
  const isOther = first.assertions.some(({ ok, level, ground }) => !ok && level !== 'warn' && ground !== 'time');
  return isOther ? undefined : first;
}
