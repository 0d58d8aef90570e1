import type { Delay, FaultValues } from './definitions.ts';
import { type FaultTarget, isInScope } from './switches.ts';

/** How long an answer is held back, in milliseconds. `random` gives numbers in [0, 1). */
export function answerDelayMs(faults: FaultValues, request: FaultTarget, random: () => number): number {
  const { baseLatency, latency, latencyFactor = 1 } = faults;
  const base = baseLatency && isInScope(baseLatency, request, 'api') ? drawMs(baseLatency, random) : 0;
  const added = latency && isInScope(latency, request, 'api') ? drawMs(latency, random) : 0;
  return base * latencyFactor + added;
}

/** Jitter is symmetric, so that the mean stays what was asked for. */
function drawMs({ ms, jitterMs = 0 }: Delay, random: () => number): number {
  return Math.max(0, ms + (random() * 2 - 1) * jitterMs);
}
