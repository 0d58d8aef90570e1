import type { Delivery, Notice, PendingNotice } from '../../core/notice.ts';
import type { Store } from '../../core/store.ts';

/** The outbox part of a store, kept in memory: same order rule, no disk. `broken` makes it refuse, as a full disk would. */
export class MemoryOutbox implements Pick<Store, 'dueNotices' | 'nextNoticeAt' | 'recordDelivery'> {
  readonly ledger: Delivery[] = [];
  broken = false;
  #pending: readonly PendingNotice[];

  constructor(notices: readonly Notice[]) {
    this.#pending = notices.map((notice) => ({ notice, attempts: 0, dueAt: 0, isOver: false }));
  }

  /** The incidents of all that waits have ended. */
  end(): void {
    this.#pending = this.#pending.map((pending) => ({ ...pending, isOver: true }));
  }

  get waiting(): number {
    return this.#pending.length;
  }

  async dueNotices(now: number, limit: number): Promise<readonly PendingNotice[]> {
    const heads = this.#pending.filter(
      (one, index) => this.#pending.findIndex((other) => laneOf(other) === laneOf(one)) === index,
    );
    return heads.filter((pending) => pending.dueAt <= now).slice(0, limit);
  }

  async nextNoticeAt(): Promise<number | undefined> {
    return this.#pending.length === 0 ? undefined : Math.min(...this.#pending.map((pending) => pending.dueAt));
  }

  async recordDelivery(delivery: Delivery, retryAt: number | undefined): Promise<void> {
    if (this.broken) throw new Error('the disk is full');
    this.ledger.push(delivery);
    this.#pending = this.#pending.flatMap((pending) => {
      if (pending.notice.id !== delivery.notice) return [pending];
      return retryAt === undefined ? [] : [{ ...pending, attempts: delivery.attempt, dueAt: retryAt }];
    });
  }
}

function laneOf({ notice }: PendingNotice): string {
  return `${notice.incident}\n${notice.channel}`;
}
