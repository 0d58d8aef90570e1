import { checkId } from '../../core/identifiers.ts';
import { SILENT_LOG } from '../../core/log.ts';
import type { Store } from '../../core/store.ts';
import { sampleRun } from '../../results/fixtures/sample-records.ts';
import { openStore } from '../../results/open-store.ts';

const MOST_UNDER_WAY = 2_000;

export type History = {
  readonly folder: string;
  readonly checks: number;
  /** Runs of each check, at equal distances up to `until`. */
  readonly runsEach: number;
  readonly everyMs: number;
  readonly until: number;
  readonly signal: AbortSignal;
};

/** Writes the past of many checks through the store's own interface, as fast as it takes it. Returns milliseconds spent. */
export async function writeHistory({ folder, checks, runsEach, everyMs, until, signal }: History): Promise<number> {
  const store = await openStore({
    folder,
    log: SILENT_LOG,
    clock: { now: () => Date.now() },
    mostQueued: 2 * MOST_UNDER_WAY,
  });
  const begin = performance.now();
  try {
    let underWay: Promise<void>[] = [];
    for (let back = runsEach - 1; back >= 0; back -= 1) {
      for (let index = 0; index < checks; index += 1) {
        underWay.push(commitOne(store, `check-${index}`, until - back * everyMs));
        if (underWay.length < MOST_UNDER_WAY) continue;
        await Promise.all(underWay);
        underWay = [];
        signal.throwIfAborted();
      }
    }
    await Promise.all(underWay);
  } finally {
    await store.close();
  }
  return performance.now() - begin;
}

function commitOne(store: Store, check: string, dueAt: number): Promise<void> {
  const run = sampleRun({ check, dueAt });
  const cursor = { check: checkId(check), location: 'local', watchedSince: dueAt, lowWater: dueAt };
  return store.commit({ run, cursors: [cursor] });
}
