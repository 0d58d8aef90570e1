import { messageOf } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { acquireMachineLock } from '../../process/machine-lock.ts';
import { realClock } from '../adapters/real-clock.ts';

/** Waits for the lock under which heavy runs of all processes of this user take turns; returns what gives it back. */
export async function takeMachine(what: string, signal: AbortSignal, log: Log): Promise<() => void> {
  const lock = await acquireMachineLock({
    what,
    wait: true,
    nowMs: realClock.now(),
    signal,
    onWaiting: (holder) =>
      log.info({ holder: holder?.what, pid: holder?.pid }, `'${what}' waits for a heavy run of another process`),
  });
  if (lock.held) return lock.release;
  throw new Error(`the machine lock was not taken: ${messageOf(lock.reason)}`);
}
