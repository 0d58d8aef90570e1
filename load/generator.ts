import type { Clock } from '../core/clock.ts';
import { type Fault, fault } from '../core/fault.ts';
import type { Measure } from '../core/measure.ts';
import type { Taint } from '../core/observation.ts';
import { formatQuantity } from '../core/units.ts';
import type { GroupUsage } from '../process/ending.ts';

/** Reads a text file of the system; rejects where it does not exist (not Linux). */
export type ReadSystemFile = (path: string) => Promise<string>;

/** How this machine, which generates the load, fared meanwhile. Shares are 0 to 1. */
export type GeneratorState = {
  readonly cpuBusy: number;
  readonly cpuSteal: number;
  /** Share of the samples in which there was no CPU to spare. */
  readonly starved: number;
  readonly samples: number;
  /** Least share of memory available; absent when not known. */
  readonly memoryAvailable?: number;
};

type CpuTimes = { readonly idle: number; readonly steal: number; readonly total: number };

const EVERY_MS = 1_000;
/** A sample is starved when this machine was all but fully busy, or the hypervisor took a lasting share. */
const BUSY = 0.95;
const STEAL = 0.1;
/** "Most of the run", and long enough that a slow start of k6 is not the whole of it. */
const MOSTLY = 0.8;
const LEAST_SAMPLES = 5;
/** Iterations dropped out of those planned; a handful at the start of an arrival-rate scenario is ordinary. */
const DROPPED = 0.01;
const LITTLE_MEMORY = 0.05;

/** Samples once a second until the returned function is called; that gives nothing where `/proc` does not exist. */
export function watchGenerator(clock: Clock, read: ReadSystemFile): () => Promise<GeneratorState | undefined> {
  const times: CpuTimes[] = [];
  let memoryAvailable: number | undefined;
  let cancel = (): void => undefined;
  let isStopped = false;
  const sample = async (): Promise<void> => {
    const [cpu, memory] = await Promise.all([
      readOr(read, '/proc/stat', parseCpu),
      readOr(read, '/proc/meminfo', parseMemory),
    ]);
    if (cpu !== undefined) times.push(cpu);
    if (memory !== undefined) memoryAvailable = Math.min(memoryAvailable ?? 1, memory);
  };
  let latest = Promise.resolve();
  const tick = (): void => {
    latest = sample().then(() => {
      if (!isStopped && times.length > 0) cancel = clock.schedule(EVERY_MS, tick);
    });
  };
  tick();
  return async () => {
    isStopped = true;
    cancel();
    await latest;
    await sample();
    const state = summarize(times);
    return state === undefined || memoryAvailable === undefined ? state : { ...state, memoryAvailable };
  };
}

async function readOr<T>(
  read: ReadSystemFile,
  path: string,
  parse: (text: string) => T | undefined,
): Promise<T | undefined> {
  try {
    return parse(await read(path));
  } catch {
    // No such file: not Linux, or a container that hides it. Then nothing is known of the generator, and it is never blamed.
    return undefined;
  }
}

/** The first line of `/proc/stat`: user nice system idle iowait irq softirq steal; guest times are within user. */
export function parseCpu(text: string): CpuTimes | undefined {
  const fields = /^cpu +(.*)$/m.exec(text)?.[1]?.split(' ').map(Number).slice(0, 8) ?? [];
  const [, , , idle = Number.NaN, waiting = Number.NaN, , , steal = 0] = fields;
  const total = fields.reduce((sum, field) => sum + field, 0);
  return Number.isFinite(total + idle + waiting) ? { idle: idle + waiting, steal, total } : undefined;
}

export function parseMemory(text: string): number | undefined {
  const total = Number(/^MemTotal: +(\d+)/m.exec(text)?.[1]);
  const available = Number(/^MemAvailable: +(\d+)/m.exec(text)?.[1]);
  return total > 0 && available >= 0 ? available / total : undefined;
}

function summarize(times: readonly CpuTimes[]): GeneratorState | undefined {
  const first = times[0];
  const last = times.at(-1);
  const whole = first && last ? between(first, last) : undefined;
  if (whole === undefined) return undefined;
  const spans = times.slice(1).flatMap((time, index) => {
    const before = times[index];
    const span = before === undefined ? undefined : between(before, time);
    return span === undefined ? [] : [span];
  });
  const starved = spans.filter(({ cpuBusy, cpuSteal }) => cpuBusy > BUSY || cpuSteal > STEAL).length;
  return { ...whole, starved: spans.length === 0 ? 0 : starved / spans.length, samples: spans.length };
}

function between(before: CpuTimes, after: CpuTimes): Pick<GeneratorState, 'cpuBusy' | 'cpuSteal'> | undefined {
  const total = after.total - before.total;
  if (total <= 0) return undefined;
  const share = (part: number): number => Math.min(1, Math.max(0, part / total));
  return { cpuBusy: 1 - share(after.idle - before.idle), cpuSteal: share(after.steal - before.steal) };
}

export type Iterations = { readonly completed: number; readonly dropped: number };
type GeneratorJudgement = { readonly fault?: Fault; readonly taints: readonly Taint[] };

/**
 * Whether the generator is to blame. Dropped iterations alone prove nothing: a slow target causes them too. Only when
 * this machine had no CPU to spare for most of the run AND at least 1 % of the planned iterations could not be started
 * is the load not what was asked for, and the run is inconclusive. A starved run that dropped nothing is kept and
 * marked: its times are longer than the target's. When the target runs on the same machine it counts as load of it.
 */
export function judgeGenerator(
  state: GeneratorState | undefined,
  { completed, dropped }: Iterations,
): GeneratorJudgement {
  if (state === undefined) return { taints: [] };
  const isStarved = state.samples >= LEAST_SAMPLES && state.starved >= MOSTLY;
  const planned = completed + dropped;
  const taints: readonly Taint[] = [
    ...(isStarved ? (['host-overloaded'] as const) : []),
    ...(state.cpuSteal > STEAL ? (['cpu-steal'] as const) : []),
    ...((state.memoryAvailable ?? 1) < LITTLE_MEMORY ? (['memory-pressure'] as const) : []),
  ];
  if (!isStarved || planned === 0 || dropped / planned < DROPPED) return { taints };
  const message = `this machine had no CPU to spare in ${formatQuantity(state.starved, 'ratio')} of the run (busy ${formatQuantity(state.cpuBusy, 'ratio')}, stolen ${formatQuantity(state.cpuSteal, 'ratio')}) and ${dropped} of ${planned} iterations could not be started: use a bigger machine, or less load`;
  return { fault: fault('host-overloaded', message), taints };
}

/** The same as measures, for budgets and for comparison. */
export function generatorMeasures(
  state: GeneratorState | undefined,
  usage: GroupUsage | undefined,
  { durationMs, cores }: { readonly durationMs: number; readonly cores: number },
): readonly Measure[] {
  const ratio = (name: string, value: number | undefined): readonly Measure[] =>
    value === undefined ? [] : [{ name: `generator.${name}`, value, unit: 'ratio' }];
  const k6Cpu = usage === undefined || durationMs <= 0 ? undefined : Math.min(1, usage.cpuMs / durationMs / cores);
  return [
    ...ratio('cpu_busy', state?.cpuBusy),
    ...ratio('cpu_steal', state?.cpuSteal),
    ...ratio('cpu_starved', state?.starved),
    ...ratio('memory_available', state?.memoryAvailable),
    ...ratio('k6_cpu', k6Cpu),
    ...(usage === undefined
      ? []
      : [{ name: 'generator.k6_memory', value: usage.peakRssBytes, unit: 'bytes' } as const]),
  ];
}
