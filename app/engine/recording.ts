import { messageOf, VigieError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Plan } from '../../core/plan.ts';
import type { Run } from '../../core/run.ts';
import type { Store } from '../../core/store.ts';
import { openStore } from '../../results/open-store.ts';
import { realClock } from '../adapters/real-clock.ts';
import { controlPath, handOver, serveControl } from './control-socket.ts';

/** Where a command puts its runs: the store itself, or whoever holds it. */
export type Recording = {
  readonly to: 'store' | 'holder' | 'nowhere';
  record(run: Run): Promise<void>;
  close(): Promise<void>;
};

export const RECORD_NOTHING: Recording = { to: 'nowhere', record: async () => {}, close: async () => {} };

/**
 * Becomes the writer of the data folder for the time of a command, and takes the runs of other commands meanwhile. When a daemon
 * or another command holds the folder, hands the runs to that.
 */
export async function openRecording({ settings }: Pick<Plan, 'settings'>, log: Log): Promise<Recording> {
  const { dataFolder } = settings;
  const store = await openUnlessHeld(dataFolder, log);
  if (store === undefined)
    return { to: 'holder', record: (run) => recordBeside(run, dataFolder, log), close: async () => {} };
  const control = await serveControl(controlPath(dataFolder), (run) => store.commit({ run }), log).catch(
    async (error: unknown) => {
      await store.close();
      throw error;
    },
  );
  return {
    to: 'store',
    record: (run) => store.commit({ run }),
    async close() {
      await control.close();
      await store.close();
    },
  };
}

/** How long a holder may be between holding the folder and listening, or the other way round at its end. */
const CHANGE_OVER_MS = 5_000;
const LOOK_MS = 100;

async function recordBeside(run: Run, dataFolder: string, log: Log): Promise<void> {
  const end = realClock.monotonic() + CHANGE_OVER_MS;
  for (;;) {
    try {
      return await handOver(controlPath(dataFolder), run);
    } catch (error) {
      if (!(error instanceof VigieError) || error.code !== 'nobody-listens' || realClock.monotonic() > end) throw error;
    }
    // The holder has ended since.
    const store = await openUnlessHeld(dataFolder, log);
    if (store !== undefined) return commitAndClose(store, run);
    await new Promise<void>((resolve) => realClock.schedule(LOOK_MS, resolve));
  }
}

async function commitAndClose(store: Store, run: Run): Promise<void> {
  try {
    await store.commit({ run });
  } finally {
    await store.close();
  }
}

async function openUnlessHeld(folder: string, log: Log): Promise<Store | undefined> {
  try {
    return await openStore({ folder, log, clock: realClock });
  } catch (error) {
    if (!(error instanceof VigieError) || error.code !== 'data-folder-locked') throw error;
    log.debug({ reason: messageOf(error) }, 'the data folder is held; runs go to its holder');
    return undefined;
  }
}
