import type { Instant } from '../../core/clock.ts';
import type { NoticeId } from '../../core/identifiers.ts';
import type { Delivery, Notice, PendingNotice } from '../../core/notice.ts';
import type { Store } from '../../core/store.ts';

/** More would be a flood that nobody reads, and memory has an end. */
const MOST_NOTICES = 1_000;

/** An outbox in memory, for what must be told while the store cannot take it: first in, first out for each incident and channel. */
export type MemoryNotices = Pick<Store, 'dueNotices' | 'nextNoticeAt' | 'recordDelivery'> & {
  /** Takes a notice once, whatever has become of it since; `false` when there is no room. */
  add(notice: Notice): boolean;
  /** What its receiver answered in the end. */
  answerTo(id: NoticeId): Delivery | undefined;
  /** The store has it now: it is not sent from here any more. */
  forget(id: NoticeId): void;
};

export function keepNotices(): MemoryNotices {
  const waiting = new Map<NoticeId, PendingNotice>();
  const ended = new Map<NoticeId, Delivery>();
  return {
    add(notice) {
      if (waiting.has(notice.id) || ended.has(notice.id)) return true;
      if (waiting.size + ended.size >= MOST_NOTICES) return false;
      waiting.set(notice.id, { notice, attempts: 0, dueAt: 0 });
      return true;
    },
    answerTo: (id) => ended.get(id),
    forget(id) {
      waiting.delete(id);
      ended.delete(id);
    },
    async dueNotices(now, limit) {
      return headsOf(waiting.values())
        .filter(({ dueAt }) => dueAt <= now)
        .slice(0, limit);
    },
    async nextNoticeAt() {
      const dues = headsOf(waiting.values()).map(({ dueAt }) => dueAt);
      return dues.reduce<Instant | undefined>((least, due) => Math.min(least ?? due, due), undefined);
    },
    async recordDelivery(delivery, retryAt) {
      const pending = waiting.get(delivery.notice);
      if (pending === undefined) return;
      if (retryAt === undefined) {
        waiting.delete(delivery.notice);
        // Notices about Vigie itself never go to the store, so nobody will ask.
        if (pending.notice.content.check.kind !== 'self') ended.set(delivery.notice, delivery);
      } else waiting.set(delivery.notice, { ...pending, attempts: delivery.attempt, dueAt: retryAt });
    },
  };
}

/** The first of each incident and channel: a recovery never overtakes the opening. */
function headsOf(all: Iterable<PendingNotice>): readonly PendingNotice[] {
  const heads = new Map<string, PendingNotice>();
  for (const pending of all) {
    const line = `${pending.notice.incident}\n${pending.notice.channel}`;
    if (!heads.has(line)) heads.set(line, pending);
  }
  return [...heads.values()];
}
