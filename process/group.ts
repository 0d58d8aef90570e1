import { setTimeout as delay } from 'node:timers/promises';
import { startOf } from './owner.ts';
import { livingMembers } from './proc.ts';

/** How long a group may take to vanish after SIGKILL: only a process stuck in the kernel needs longer. */
export const VANISH_MS = 5_000;
/** Below this a look at the kernel's own answer is enough; after it zombies are told apart from the living. */
const LOOK_CLOSER_AFTER_MS = 100;

/** Sends a signal to every process of a group; false when there is none (or none that we may signal). */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-group, signal);
    return true;
  } catch {
    // ESRCH: the group is empty. EPERM: all that is left belongs to another user; the caller counts what stays behind.
    return false;
  }
}

/** Asks a group to end, waits, then ends it. `forced` tells that SIGKILL was needed. */
export async function stopGroup(group: number, graceMs: number): Promise<{ forced: boolean; leftBehind: number }> {
  if (!signalGroup(group, 'SIGTERM')) return { forced: false, leftBehind: await countLeft(group) };
  // A stopped process (SIGSTOP) keeps SIGTERM pending and would always run into the grace.
  signalGroup(group, 'SIGCONT');
  if (await isGoneWithin(group, graceMs)) return { forced: false, leftBehind: 0 };
  return { forced: true, leftBehind: await killGroup(group) };
}

/** Ends a group at once and waits until it is gone. Returns how many processes stayed behind, normally 0. */
export async function killGroup(group: number): Promise<number> {
  if (!signalGroup(group, 'SIGKILL')) return countLeft(group);
  if (await isGoneWithin(group, VANISH_MS)) return 0;
  return countLeft(group);
}

async function countLeft(group: number): Promise<number> {
  return (await livingMembers(group)).length;
}

async function isGoneWithin(group: number, limitMs: number): Promise<boolean> {
  return waitFor(limitMs, async (waitedMs) => {
    if (!signalGroup(group, 0)) return true;
    return waitedMs > LOOK_CLOSER_AFTER_MS && (await hasOnlyZombies(group));
  });
}

/** Waits until none of the processes is left, at most `limitMs`. */
export async function areGoneWithin(limitMs: number, pids: readonly number[]): Promise<boolean> {
  return waitFor(limitMs, () => Promise.resolve(pids.every((pid) => startOf(pid) === undefined)));
}

async function waitFor(limitMs: number, isDone: (waitedMs: number) => Promise<boolean>): Promise<boolean> {
  const startMs = performance.now();
  for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, 100)) {
    const waitedMs = performance.now() - startMs;
    if (await isDone(waitedMs)) return true;
    if (waitedMs >= limitMs) return false;
    await delay(Math.min(pauseMs, Math.max(1, limitMs - waitedMs)));
  }
}

async function hasOnlyZombies(group: number): Promise<boolean> {
  return process.platform === 'linux' && (await countLeft(group)) === 0;
}
