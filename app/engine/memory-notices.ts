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
  /** Lines whose receiver never accepted the opening: it does not hear of what follows. */
  const neverHeard = new Set<string>();

  function drop(opening: Notice): void {
    for (const { notice } of lineUp(waiting.values(), opening)) waiting.delete(notice.id);
    const oldest = neverHeard.size < MOST_NOTICES ? undefined : neverHeard.values().next().value;
    if (oldest !== undefined) neverHeard.delete(oldest);
    neverHeard.add(lineOf(opening));
  }

  return {
    add(notice) {
      if (waiting.has(notice.id) || ended.has(notice.id) || neverHeard.has(lineOf(notice))) return true;
      if (waiting.size + ended.size >= MOST_NOTICES) return false;
      const { change } = notice.content;
      if (change === 'recovered' || change === 'removed')
        for (const one of lineUp(waiting.values(), notice)) waiting.set(one.notice.id, { ...one, isOver: true });
      waiting.set(notice.id, { notice, attempts: 0, dueAt: 0, isOver: change === 'recovered' || change === 'removed' });
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
        if (delivery.outcome.status === 'rejected' && pending.notice.content.change === 'opened') drop(pending.notice);
        // Notices about Vigie itself never go to the store, so nobody will ask.
        if (pending.notice.content.check.kind !== 'self') ended.set(delivery.notice, delivery);
      } else waiting.set(delivery.notice, { ...pending, attempts: delivery.attempt, dueAt: retryAt });
    },
  };
}

/** What waits for the same incident and channel. */
function lineUp(all: Iterable<PendingNotice>, notice: Notice): readonly PendingNotice[] {
  return [...all].filter((one) => lineOf(one.notice) === lineOf(notice));
}

function lineOf({ incident, channel }: Notice): string {
  return `${incident}\n${channel}`;
}

/** The first of each incident and channel: a recovery never overtakes the opening. */
function headsOf(all: Iterable<PendingNotice>): readonly PendingNotice[] {
  const heads = new Map<string, PendingNotice>();
  for (const pending of all) {
    const line = lineOf(pending.notice);
    if (!heads.has(line)) heads.set(line, pending);
  }
  return [...heads.values()];
}
