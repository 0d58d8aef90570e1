import type { Instant } from '../../core/clock.ts';
import type { HeartbeatEnding } from './endings.ts';

/** What is known when a heartbeat check looks. */
export type Pulse = {
  readonly now: Instant;
  /** Period and grace together, milliseconds. */
  readonly windowMs: number;
  readonly lastPingAt: Instant | undefined;
  readonly watchedSince: Instant;
  readonly listenerWasDown: (from: Instant, to: Instant) => boolean;
};

/** How the check ends. Only a silence that we are sure of is the job's fault. */
export function endingOf({ now, windowMs, lastPingAt, watchedSince, listenerWasDown }: Pulse): HeartbeatEnding {
  if (lastPingAt !== undefined && now - lastPingAt <= windowMs) return 'beating';
  if (lastPingAt === undefined && now - watchedSince <= windowMs) return 'waiting';
  // Only the window counts: a ping missed before it would have been followed by another one within it.
  if (listenerWasDown(now - windowMs, now)) return 'deaf';
  return lastPingAt === undefined ? 'neverPinged' : 'silent';
}
