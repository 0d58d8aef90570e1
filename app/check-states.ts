import type { Check } from '../core/check.ts';
import { type CheckState, type LatestRun, stateOfRun, type TellState } from '../core/check-state.ts';
import type { Clock, Instant } from '../core/clock.ts';
import { isAhead } from '../core/latest-run.ts';
import { isPausedAt, type Pause, type StoreReader } from '../core/store.ts';
import { windowAt } from '../scheduler/maintenance.ts';
import { latestResultBy } from '../scheduler/result-due.ts';

/** Tells states at this moment: a pause and a maintenance window first, then the latest run, unless its time is over. Pauses are read once. */
export function openStates(reader: Pick<StoreReader, 'pauses'>, clock: Clock): () => TellState {
  return () => {
    const now = clock.now();
    const pauses = new Map(
      reader
        .pauses()
        .filter((pause) => isPausedAt(pause, now))
        .map((pause) => [pause.check, pause]),
    );
    return (check, latest) =>
      pausedState(pauses.get(check.id)) ??
      maintenanceState(check, now) ??
      staleState(check, latest, now) ??
      stateOfRun(latest);
  };
}

function pausedState(pause: Pause | undefined): CheckState | undefined {
  if (pause === undefined) return undefined;
  const { since, until, by } = pause;
  return { name: 'paused', reason: `by ${by}`, since, ...(until === undefined ? {} : { until }) };
}

function maintenanceState({ maintenance }: Check, now: Instant): CheckState | undefined {
  const window = windowAt(maintenance, now);
  if (window === undefined) return undefined;
  return { name: 'maintenance', reason: window.reason, since: window.from, until: window.to };
}

/** A later slot has passed without a result: the monitor stood still, the check was paused or in maintenance until just now, or the clock was set back. */
function staleState(check: Check, latest: LatestRun | undefined, now: Instant): CheckState | undefined {
  if (latest === undefined) return undefined;
  const { startedAt, durationMs } = latest;
  if (isAhead(startedAt, now)) return { name: 'stale', reason: 'no result since the clock was set back' };
  if (now <= latestResultBy(check, startedAt + durationMs)) return undefined;
  return { name: 'stale', reason: 'no result', since: startedAt };
}
