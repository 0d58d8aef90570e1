import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { setImmediate as breathe } from 'node:timers/promises';

/** One line of `/proc/<pid>/stat`, the fields that we need. Times are in clock ticks, memory in pages. */
export type ProcStat = {
  readonly pid: number;
  readonly state: string;
  readonly group: number;
  readonly cpuTicks: number;
  readonly startTicks: string;
  readonly rssPages: number;
};

/** Reads `/proc/<pid>/stat`; undefined when there is no such process (or no `/proc`). */
function readStat(pid: number): ProcStat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // Gone between the listing and the read, or no /proc on this system: both mean "no such process" to the callers.
    return undefined;
  }
}

/**
 * The group that a process is in: its own pid where it leads one, or where there is no `/proc` to ask. A program that is
 * started through a script, as Debian's headless shell is, is in the group of the script.
 */
export function groupOf(pid: number): number {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.group ?? pid;
  } catch {
    return pid;
  }
}

/** The pids that `/proc` lists; empty where there is no `/proc`. */
export async function listPids(): Promise<readonly number[]> {
  try {
    return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  } catch {
    return [];
  }
}

/** Living (not zombie) processes of a group. A zombie holds no resources, and in a container nobody may ever reap it. */
export async function livingMembers(group: number): Promise<readonly ProcStat[]> {
  const stats = await readStats(await listPids());
  return stats.filter((stat) => stat.group === group && isLiving(stat));
}

/** A millisecond or so; then others have their turn. */
const READ_AT_ONCE = 50;

/**
 * Reads several; those that are gone by then are left out. Read synchronously: the kernel answers out of its memory, and
 * by promises the same takes five times the CPU, for every process of the machine at the start and the end of each child.
 */
export async function readStats(pids: readonly number[]): Promise<readonly ProcStat[]> {
  const stats: ProcStat[] = [];
  for (const [index, pid] of pids.entries()) {
    if (index > 0 && index % READ_AT_ONCE === 0) await breathe();
    const stat = readStat(pid);
    if (stat !== undefined) stats.push(stat);
  }
  return stats;
}

export function isLiving(stat: ProcStat): boolean {
  return stat.state !== 'Z' && stat.state !== 'X';
}

/** The command name stands in parentheses and may itself hold spaces and parentheses, hence the last `)`. */
export function parseStat(line: string): ProcStat | undefined {
  const nameEnd = line.lastIndexOf(')');
  const fields = line.slice(nameEnd + 2).split(' ');
  const [state, , group] = fields;
  const startTicks = fields[19];
  if (nameEnd < 0 || state === undefined || group === undefined || startTicks === undefined) return undefined;
  return {
    pid: Number.parseInt(line, 10),
    state,
    group: Number(group),
    // Own user and system time, and that of children already waited for (fields 14 to 17 of proc(5)).
    cpuTicks: fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0),
    startTicks,
    rssPages: Number(fields[21]),
  };
}

const AUXV_PAGE_SIZE = 6n;
const AUXV_TICKS_PER_SECOND = 17n;

/** Size of a page and ticks per second as the kernel told this process, see getauxval(3). */
export function readKernelUnits(): { readonly pageBytes: number; readonly tickMs: number } {
  const auxv = readFileSync('/proc/self/auxv');
  const entries = new Map<bigint, bigint>();
  for (let at = 0; at + 16 <= auxv.length; at += 16) {
    entries.set(auxv.readBigUInt64LE(at), auxv.readBigUInt64LE(at + 8));
  }
  return {
    pageBytes: Number(entries.get(AUXV_PAGE_SIZE) ?? 4096n),
    tickMs: 1000 / Number(entries.get(AUXV_TICKS_PER_SECOND) ?? 100n),
  };
}
