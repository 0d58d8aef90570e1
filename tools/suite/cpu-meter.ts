import { readFileSync } from 'node:fs';
import { parseStat, readKernelUnits } from '../../process/proc.ts';

/**
 * Gives, at each call, the CPU time of the child processes that ended since the call before, with all that those waited
 * for. Called when a test file ends, that is what the file took. Undefined where there is no `/proc`.
 */
export function meterEndedChildren(): () => number | undefined {
  if (process.platform !== 'linux') return () => undefined;
  const { tickMs } = readKernelUnits();
  let before = readChildrenMs(tickMs);
  return () => {
    const now = readChildrenMs(tickMs);
    const sinceMs = Math.max(0, now - before);
    before = now;
    return sinceMs;
  };
}

function readChildrenMs(tickMs: number): number {
  const ticks = parseStat(readFileSync('/proc/self/stat', 'utf8'))?.cpuTicks ?? 0;
  const { user, system } = process.cpuUsage();
  return ticks * tickMs - (user + system) / 1_000;
}
