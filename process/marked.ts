import { readFile } from 'node:fs/promises';
import { areGoneWithin, signalGroup, VANISH_MS } from './group.ts';
import { type Owner, ownerFromText, ownerToText } from './owner.ts';
import { isLiving, listPids, type ProcStat, readStats } from './proc.ts';

/**
 * Every child process gets this variable besides the environment that its caller built. It is how a process that left
 * its group (`setsid`), and whatever a killed daemon left behind, is found again on Linux.
 */
export const MARK_VARIABLE = 'VIGIE_RUN_MARK';

export function makeMark(owner: Owner, random: string): string {
  return `${ownerToText(owner)}_${random}`;
}

/** Whose child a mark was made for; undefined for a process without a mark. */
export function ownerOfMark(mark: string): Owner | undefined {
  return ownerFromText(mark);
}

/**
 * The processes whose mark is accepted, and all that share a group with one of them: such a group is of a session that
 * our child began, so nobody else is in it. Not every process of a browser can be known by its mark, because a browser
 * writes titles over the environment of some and hides that of others. `seenBefore` keeps a group known whose marked
 * processes are gone by now. Empty where there is no `/proc`. Never our own group.
 */
export async function findMarked(
  isWanted: (mark: string) => boolean,
  seenBefore: readonly ProcStat[] = [],
): Promise<readonly ProcStat[]> {
  const living = (await readStats(await listPids())).filter(isLiving);
  const marks = await Promise.all(living.map(({ pid }) => readMark(pid)));
  const isSeen = (stat: ProcStat): boolean =>
    seenBefore.some(({ pid, startTicks }) => pid === stat.pid && startTicks === stat.startTicks);
  const roots = living.filter((stat, index) => isWanted(marks[index] ?? '') || isSeen(stat));
  const groups = new Set(roots.map(({ group }) => group));
  const ours = living.find(({ pid }) => pid === process.pid)?.group;
  return living.filter(({ group }) => groups.has(group) && group !== ours);
}

/** A process may fork or leave its group between the look and the kill: looked for again this often at most. */
const MAX_ROUNDS = 5;

/** Ends what left the group of a run, and waits until it is gone. Returns the pids that were killed. */
export async function killMarked(
  isWanted: (mark: string) => boolean,
  seenBefore: readonly ProcStat[] = [],
): Promise<readonly number[]> {
  const killed = new Set<number>();
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const found = await findMarked(isWanted, seenBefore);
    // The group in one go: one by one, what forks between two kills would be left in a group that nothing names any more.
    const groups = new Set(found.map(({ group }) => group));
    // False for a group that is gone by now, or of which all that is left is another user's.
    const ended = new Set([...groups].filter((group) => signalGroup(group, 'SIGKILL')));
    const pids = found.filter(({ group }) => ended.has(group)).map(({ pid }) => pid);
    if (pids.length === 0) break;
    for (const pid of pids) killed.add(pid);
    await areGoneWithin(VANISH_MS, pids);
  }
  return [...killed];
}

async function readMark(pid: number): Promise<string | undefined> {
  try {
    const variables = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0');
    return variables.find((line) => line.startsWith(`${MARK_VARIABLE}=`))?.slice(MARK_VARIABLE.length + 1);
  } catch {
    // EACCES: another user's process, not ours to end. ENOENT, ESRCH: gone by now.
    return undefined;
  }
}
