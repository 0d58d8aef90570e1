import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';

/** Counters of the kernel that only grow; what happened between two readings is their difference. Absent where the kernel does not say. */
export type KernelCounters = {
  /** CPU time by field of `/proc/stat`. */
  readonly cpuTimes: readonly number[];
  /** Microseconds in which some process waited for a CPU, or for memory. */
  readonly cpuWaitedUs?: number;
  readonly memoryWaitedUs?: number;
  /** Microseconds in which the CPU limit of our cgroup held its processes back, over all CPUs. */
  readonly throttledUs?: number;
  /** Processes of our cgroup that were killed because memory ran out. */
  readonly oomKills?: number;
};

export type ReadText = (path: string) => string;
export type CounterReader = () => KernelCounters;

/** Reads what there is. The place of our cgroup is looked up once: a process is hardly ever moved. */
export function openCounters(read: ReadText = readOptional): CounterReader {
  const cgroup = cgroupFolder(read);
  // Pressure within our cgroup where the kernel keeps it: others on this machine may well wait for their own limits.
  const pressure = (what: 'cpu' | 'memory'): string => {
    const own = cgroup === undefined ? '' : read(join(cgroup, `${what}.pressure`));
    return own === '' ? read(`/proc/pressure/${what}`) : own;
  };
  return () => ({
    cpuTimes: (/^cpu\s+(.+)$/m.exec(read('/proc/stat'))?.[1] ?? '').split(/\s+/).map(Number),
    ...counter('cpuWaitedUs', /^some .*total=(\d+)/m, pressure('cpu')),
    ...counter('memoryWaitedUs', /^some .*total=(\d+)/m, pressure('memory')),
    ...(cgroup === undefined
      ? {}
      : {
          ...counter('throttledUs', /^throttled_usec (\d+)/m, read(join(cgroup, 'cpu.stat'))),
          ...counter('oomKills', /^oom_kill (\d+)/m, read(join(cgroup, 'memory.events'))),
        }),
  });
}

/** `freemem` leaves out what the page cache would give back; Linux states it. A cgroup's own limit may be nearer. */
export function freeMemoryShare(read: ReadText = readOptional): number {
  const match = /^MemAvailable:\s+(\d+) kB$/m.exec(read('/proc/meminfo'));
  return (match === null ? freemem() : Number(match[1]) * 1_024) / totalmem();
}

function counter<Name extends keyof KernelCounters>(
  name: Name,
  pattern: RegExp,
  text: string,
): { readonly [Key in Name]?: number } {
  const match = pattern.exec(text);
  return match === null ? {} : ({ [name]: Number(match[1]) } as { readonly [Key in Name]?: number });
}

/** The unified hierarchy (version 2) only; the root of a container's own looks like any other. */
function cgroupFolder(read: ReadText): string | undefined {
  const path = /^0::(.+)$/m.exec(read('/proc/self/cgroup'))?.[1];
  if (path === undefined) return undefined;
  const folders = [join('/sys/fs/cgroup', path), '/sys/fs/cgroup'];
  return folders.find((folder) => read(join(folder, 'cpu.stat')) !== '');
}

/** Absent where there is no such file (macOS, an old kernel): the signal is then left out, not guessed. */
function readOptional(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
