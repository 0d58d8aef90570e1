import type { Shortage, Strain, Taint } from './observation.ts';

/** What the host went through while a run measured. Absent where it could not be read. */
export type HostSignals = {
  readonly eventLoopLagMs?: number;
  /** 0 to 1 of all CPU time. */
  readonly cpuSteal?: number;
  /** Share of time in which the CPU limit of our cgroup kept processes from running, 0 to 1. */
  readonly cpuThrottled?: number;
  /** Share of time in which a process waited for a CPU, 0 to 1. */
  readonly cpuWaiting?: number;
  readonly loadPerCore?: number;
  /** Free memory as a share of all, 0 to 1. */
  readonly memoryFree?: number;
  /** Share of time in which a process waited for memory, 0 to 1. */
  readonly memoryWaiting?: number;
  readonly oomKills?: number;
  readonly shortage?: Shortage;
  readonly latenessMs?: number;
  readonly besideExclusive?: boolean;
  readonly clockJumped?: boolean;
};

/**
 * Limits above which a result is marked. Lag: false timeouts are reported long before 1 s; 20 ms and a tenth of the duration is where a phase
 * time stops being the target's. Waiting for a CPU: two browsers on two cores wait for each other a quarter of the time and measure
 * well. The load average says the same less exactly, and a minute late, so it counts only where the kernel does not say it.
 */
const LIMITS = {
  lagMs: 20,
  lagShare: 0.1,
  steal: 0.05,
  throttled: 0.05,
  cpuWaiting: 0.6,
  loadPerCore: 2,
  memoryFree: 0.05,
  memoryWaiting: 0.1,
  latenessMs: 1_000,
} as const;

/**
 * What a run felt that measured in our own process: a CPU that was taken from it shows as the delay of its event loop, and exactly. That
 * other processes wait, or that many want to run, does it no harm.
 */
export function feltInProcess({
  cpuWaiting: _,
  cpuThrottled: __,
  loadPerCore: ___,
  ...felt
}: HostSignals): HostSignals {
  return felt;
}

/** The circumstances worth telling, given how long the run took. */
export function taintsOf(signals: HostSignals, durationMs: number): readonly Taint[] {
  const found: readonly (readonly [Taint, boolean])[] = [
    ['event-loop-lag', isLagging(signals, durationMs)],
    ['cpu-steal', (signals.cpuSteal ?? 0) > LIMITS.steal],
    ['host-overloaded', isOverloaded(signals)],
    ['memory-pressure', isShortOfMemory(signals)],
    ['late', (signals.latenessMs ?? 0) > LIMITS.latenessMs],
    ['beside-exclusive', signals.besideExclusive === true],
    ['clock-jump', signals.clockJumped === true],
  ];
  return found.filter(([, applies]) => applies).map(([taint]) => taint);
}

function isLagging({ eventLoopLagMs: lagMs = 0 }: HostSignals, durationMs: number): boolean {
  return lagMs > LIMITS.lagMs && lagMs > durationMs * LIMITS.lagShare;
}

function isOverloaded({ cpuThrottled = 0, cpuWaiting, loadPerCore = 0, shortage }: HostSignals): boolean {
  if (cpuThrottled > LIMITS.throttled || shortage !== undefined) return true;
  return cpuWaiting === undefined ? loadPerCore > LIMITS.loadPerCore : cpuWaiting > LIMITS.cpuWaiting;
}

function isShortOfMemory({ memoryFree = 1, memoryWaiting = 0, oomKills = 0 }: HostSignals): boolean {
  return memoryFree < LIMITS.memoryFree || memoryWaiting > LIMITS.memoryWaiting || oomKills > 0;
}

/** What is kept of the signals with a run besides lag, steal and load: the rest is of interest only where it counts. */
export function strainOf(signals: HostSignals): Strain | undefined {
  const { cpuWaiting = 0, cpuThrottled = 0, memoryWaiting = 0, memoryFree = 1, oomKills = 0 } = signals;
  const { shortage, clockJumped = false } = signals;
  const isWaiting = cpuWaiting > LIMITS.cpuWaiting;
  const isThrottled = cpuThrottled > LIMITS.throttled;
  // Nearly always: then nothing is made.
  if (!isWaiting && !isThrottled && !isShortOfMemory(signals) && shortage === undefined && !clockJumped)
    return undefined;
  return {
    ...(isWaiting ? { cpuWaiting } : {}),
    ...(isThrottled ? { cpuThrottled } : {}),
    ...(memoryWaiting > LIMITS.memoryWaiting ? { memoryWaiting } : {}),
    ...(memoryFree < LIMITS.memoryFree ? { memoryFree } : {}),
    ...(oomKills > 0 ? { oomKills } : {}),
    ...(shortage === undefined ? {} : { shortage }),
    ...(clockJumped ? { clockJumped } : {}),
  };
}
