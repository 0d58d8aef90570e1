import { BACKWARD_STEP_MS, type Instant } from './clock.ts';
import type { CheckId } from './identifiers.ts';
import type { RunSummary, StoreReader } from './store.ts';

/** The run that tells how a check stands now. Runs that lie ahead of now were made before the clock was set back, and newer ones lie before them. */
export function latestRunOf(reader: Pick<StoreReader, 'runs'>, check: CheckId, now: Instant): RunSummary | undefined {
  return reader.runs({ check, to: now + BACKWARD_STEP_MS, limit: 1 })[0];
}

/** Whether an instant lies so far ahead of now that the clock was set back since. */
export function isAhead(instant: Instant, now: Instant): boolean {
  return instant >= now + BACKWARD_STEP_MS;
}
