import { performance } from 'node:perf_hooks';
import type { Clock } from '../../core/clock.ts';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock: the only place outside `process/` that reads the time or sets a timer for logic. */
export const realClock: Clock = Object.freeze({
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(delayMs: number, wake: () => void): () => void {
    const timer = setTimeout(wake, Math.min(Math.max(0, delayMs), LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
});
