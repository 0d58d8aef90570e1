import type { Clock } from '../core/clock.ts';

/** How long the audits of a run may still take; what comes after them (killing, asking, keeping) has its own share. */
export type TimeLeft = {
  readonly leftMs: () => number;
  readonly killGraceMs: number;
  readonly askMs: number;
};

const KILL_GRACE_MS = 2_000;
const ASK_MS = 5_000;
const REST_MS = 2_000;

/** Starts counting. The inner deadline lies before that of the attempt, so that a hanging tool is ours to report. */
export function countDown(timeoutMs: number, clock: Clock): TimeLeft {
  // A short deadline keeps at least 70 % of itself for the audits.
  const share = Math.min(1, (timeoutMs * 0.3) / (KILL_GRACE_MS + ASK_MS + REST_MS));
  const reserveMs = (KILL_GRACE_MS + ASK_MS + REST_MS) * share;
  const end = clock.monotonic() + timeoutMs - reserveMs;
  return { leftMs: () => end - clock.monotonic(), killGraceMs: KILL_GRACE_MS * share, askMs: ASK_MS * share };
}
