import type { Clock } from '../../core/clock.ts';
import { messageOf, VigieError } from '../../core/errors.ts';
import type { Store } from '../../core/store.ts';

/** Why nothing can be recorded, and for how long. */
export type StoreTrouble = { readonly forMs: number; readonly reason: string };
export type WatchedStore = {
  readonly store: Store;
  /** Absent while commits become durable, or when none was asked for. */
  trouble(): StoreTrouble | undefined;
};

/** A commit that has no answer for so long is in trouble too: the disk stands still. */
const SLOW_MS = 30_000;
const FAILURES = ['store-write-failed', 'store-full', 'store-open-failed', 'store-unsafe'];

/** Watches how commits end. A commit that is refused for what it says is no trouble of the store. */
export function watchStore(store: Store, clock: Clock): WatchedStore {
  const waiting = new Set<{ readonly since: number }>();
  let failing: { readonly since: number; readonly reason: string } | undefined;

  async function watched(work: Promise<void>): Promise<void> {
    const asked = { since: clock.monotonic() };
    waiting.add(asked);
    try {
      await work;
      failing = undefined;
    } catch (error) {
      if (isTrouble(error)) failing ??= { since: asked.since, reason: messageOf(error) };
      throw error;
    } finally {
      waiting.delete(asked);
    }
  }

  function trouble(): StoreTrouble | undefined {
    const now = clock.monotonic();
    if (failing !== undefined) return { forMs: now - failing.since, reason: failing.reason };
    const [oldest] = waiting;
    if (oldest === undefined || now - oldest.since < SLOW_MS) return undefined;
    return { forMs: now - oldest.since, reason: 'the disk does not answer' };
  }

  return {
    trouble,
    store: {
      resume: () => store.resume(),
      commit: (commit) => watched(store.commit(commit)),
      recordedSlots: (check, location, after, until) => store.recordedSlots(check, location, after, until),
      dueNotices: (now, limit) => store.dueNotices(now, limit),
      nextNoticeAt: () => store.nextNoticeAt(),
      recordDelivery: (delivery, retryAt) => watched(store.recordDelivery(delivery, retryAt)),
      maintain: (now, retention) => store.maintain(now, retention),
      health: () => store.health(),
      close: () => store.close(),
    },
  };
}

function isTrouble(error: unknown): boolean {
  return error instanceof VigieError && FAILURES.includes(error.code);
}
