import { setTimeout as delay } from 'node:timers/promises';
import type { GroupUsage } from './ending.ts';
import { isLiving, listPids, type ProcStat, readKernelUnits, readStats } from './proc.ts';

type GroupMeter = {
  /** Looks at the group now and returns the most that was seen so far; undefined when nothing was seen (not Linux). */
  readonly sample: () => Promise<GroupUsage | undefined>;
};

/**
 * Measures CPU time and memory of a process group from `/proc`.
 * A pid that was found to be somebody else's is not read again, so that a look costs little beside many processes.
 */
function meterGroup(group: number): GroupMeter {
  if (process.platform !== 'linux') return { sample: () => Promise.resolve(undefined) };
  const units = readKernelUnits();
  let strangers: ReadonlySet<number> = new Set();
  let most: GroupUsage | undefined;
  return {
    sample: async () => {
      const pids = await listPids();
      const stats = await readStats(pids.filter((pid) => !strangers.has(pid)));
      const members = stats.filter((stat) => stat.group === group && isLiving(stat));
      const memberPids = new Set(members.map((stat) => stat.pid));
      strangers = new Set(pids.filter((pid) => !memberPids.has(pid)));
      most = greater(most, sum(members, units));
      return most;
    },
  };
}

/**
 * Measures a group until the returned function is called, which gives what was seen.
 * Looks often at first, so that a short program is seen too, then once a second.
 */
export function meterWhileRunning(group: number): () => Promise<GroupUsage | undefined> {
  const meter = meterGroup(group);
  const stop = new AbortController();
  const seen = (async () => {
    let latest = await meter.sample();
    for (let pauseMs = 25; !stop.signal.aborted; pauseMs = Math.min(pauseMs * 2, 1_000)) {
      // The one rejection is that of the abort, which ends the pause early and is what it is for.
      await delay(pauseMs, undefined, { signal: stop.signal, ref: false }).catch(() => undefined);
      latest = await meter.sample();
    }
    return latest;
  })();
  return () => {
    stop.abort();
    return seen;
  };
}

function sum(stats: readonly ProcStat[], units: ReturnType<typeof readKernelUnits>): GroupUsage {
  const usage = { cpuMs: 0, peakRssBytes: 0, peakProcesses: 0 };
  for (const stat of stats) {
    usage.cpuMs += stat.cpuTicks * units.tickMs;
    usage.peakRssBytes += stat.rssPages * units.pageBytes;
    usage.peakProcesses += 1;
  }
  return usage;
}

function greater(before: GroupUsage | undefined, now: GroupUsage): GroupUsage | undefined {
  if (now.peakProcesses === 0) return before;
  return {
    cpuMs: Math.max(before?.cpuMs ?? 0, now.cpuMs),
    peakRssBytes: Math.max(before?.peakRssBytes ?? 0, now.peakRssBytes),
    peakProcesses: Math.max(before?.peakProcesses ?? 0, now.peakProcesses),
  };
}
