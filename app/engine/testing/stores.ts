import { VigieError } from '../../../core/errors.ts';
import type { Delivery } from '../../../core/notice.ts';
import type { Commit, Store } from '../../../core/store.ts';

/** The writing side of a store that keeps commits in memory and fails when it is told to. */
export class MemoryStore implements Pick<Store, 'commit' | 'recordDelivery'> {
  readonly commits: Commit[] = [];
  readonly deliveries: Delivery[] = [];
  /** Asked before each commit; what it returns is thrown. */
  refuse: (commit: Commit) => Error | undefined = () => undefined;

  async commit(commit: Commit): Promise<void> {
    const refusal = this.refuse(commit);
    if (refusal !== undefined) throw refusal;
    this.commits.push(commit);
  }

  async recordDelivery(delivery: Delivery): Promise<void> {
    this.deliveries.push(delivery);
  }
}

export const diskFull = (): Error => new VigieError('store-write-failed', 'the disk is full');
export const slotTaken = (): Error => new VigieError('slot-taken', 'the slot has a record already');
