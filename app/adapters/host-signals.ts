import { cpus, loadavg, totalmem } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock } from '../../core/clock.ts';
import type { HostFingerprint } from '../../core/observation.ts';
import type { HostSignals } from '../../core/taints.ts';
import { measureCpuFitness } from '../../process/cpu-fitness.ts';
import { type CpuFitness, openCpuFitness } from './cpu-fitness.ts';
import { freeMemoryShare, type KernelCounters, openCounters } from './kernel-counters.ts';

type Sample = {
  readonly at: number;
  readonly lagMs: number;
  readonly counters: KernelCounters;
  readonly loadPerCore: number;
  readonly memoryFree: number;
};

export type HostMonitor = {
  readonly fingerprint: HostFingerprint;
  /** What the host went through since a monotonic instant of the clock. */
  since(monotonic: number): HostSignals;
  /** Longest event-loop delay of the last second, milliseconds. */
  lagMs(): number;
  /** How fast the CPU is now, measured at most once a minute; `undefined` when it cannot be said. */
  readonly fitness: CpuFitness;
  close(): void;
};

const SAMPLE_MS = 1_000;
const KEPT_SAMPLES = 900;
const RESOLUTION_MS = 20;

/** Samples what the kernel counts and how late our own loop is once a second; looking back costs nothing that a run would feel. */
export function openHostMonitor(clock: Clock): HostMonitor {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  const samples: Sample[] = [];
  const cores = cpus().length;
  const readCounters = openCounters();
  /** Of a loop that was blocked the histogram may have to tell yet, and with its reset it would forget to: then the sample itself is overdue. */
  const lagNow = (): number => Math.max(lagOf(histogram.max), overdue(samples.at(-1), clock.monotonic()));
  const sample = (): void => {
    samples.push({
      at: clock.monotonic(),
      lagMs: lagNow(),
      counters: readCounters(),
      loadPerCore: (loadavg()[0] ?? 0) / cores,
      memoryFree: freeMemoryShare(),
    });
    if (samples.length > KEPT_SAMPLES) samples.shift();
    histogram.reset();
  };
  // Runs of the same second look back at the same two samples.
  let latest: { readonly from: Sample; readonly to: Sample; readonly signals: HostSignals } | undefined;
  const between = (from: Sample, to: Sample): HostSignals => {
    if (latest?.from !== from || latest.to !== to) latest = { from, to, signals: signalsBetween(from, to, cores) };
    return latest.signals;
  };
  sample();
  const timer = setInterval(sample, SAMPLE_MS);
  timer.unref();
  return {
    fingerprint: readFingerprint(),
    lagMs: () => Math.max(lagNow(), samples.at(-1)?.lagMs ?? 0),
    fitness: openCpuFitness(clock, measureCpuFitness),
    since(monotonic) {
      const after = samples.findLastIndex(({ at }) => at < monotonic) + 1;
      // Nothing sampled since: then the second before is the nearest that is known.
      const from = samples[Math.max(0, Math.min(after, samples.length - 1) - 1)];
      const to = samples.at(-1);
      const lags = samples.slice(after).map(({ lagMs }) => lagMs);
      return {
        eventLoopLagMs: Math.max(lagNow(), ...lags),
        ...(to === undefined ? {} : { loadPerCore: to.loadPerCore, memoryFree: to.memoryFree }),
        ...(from === undefined || to === undefined || from === to ? {} : between(from, to)),
      };
    },
    close() {
      clearInterval(timer);
      histogram.disable();
    },
  };
}

/** What the counters say of the time between two samples. */
export function signalsBetween(
  from: Pick<Sample, 'at' | 'counters'>,
  to: Pick<Sample, 'at' | 'counters'>,
  cores: number,
): HostSignals {
  const spanUs = (to.at - from.at) * 1_000;
  const grown = (name: Exclude<keyof KernelCounters, 'cpuTimes'>): number | undefined => {
    const [before, after] = [from.counters[name], to.counters[name]];
    return before === undefined || after === undefined ? undefined : Math.max(0, after - before);
  };
  const share = (name: 'cpuWaitedUs' | 'memoryWaitedUs' | 'throttledUs', of = spanUs): number | undefined => {
    const us = grown(name);
    return us === undefined || of <= 0 ? undefined : Math.min(1, us / of);
  };
  const known: { readonly [Key in keyof HostSignals]: HostSignals[Key] | undefined } = {
    cpuSteal: stealBetween(from.counters.cpuTimes, to.counters.cpuTimes),
    cpuWaiting: share('cpuWaitedUs'),
    cpuThrottled: share('throttledUs', spanUs * cores),
    memoryWaiting: share('memoryWaitedUs'),
    oomKills: grown('oomKills'),
  };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
}

/** The histogram measures the whole timer period; what exceeds its resolution is delay. */
function lagOf(maxNanoseconds: number): number {
  return Math.max(0, maxNanoseconds / 1e6 - RESOLUTION_MS);
}

function overdue(last: Sample | undefined, now: number): number {
  return last === undefined ? 0 : Math.max(0, now - last.at - SAMPLE_MS);
}

function readFingerprint(): HostFingerprint {
  const list = cpus();
  return {
    platform: process.platform,
    arch: process.arch,
    cpuModel: list[0]?.model ?? 'unknown',
    cores: list.length,
    memoryBytes: totalmem(),
  };
}

const STEAL_FIELD = 7;

function stealBetween(before: readonly number[], after: readonly number[]): number | undefined {
  const total = (times: readonly number[]): number => times.slice(0, STEAL_FIELD + 1).reduce((a, b) => a + b, 0);
  const all = total(after) - total(before);
  const stolen = (after[STEAL_FIELD] ?? 0) - (before[STEAL_FIELD] ?? 0);
  return all > 0 ? stolen / all : undefined;
}
