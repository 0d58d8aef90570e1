import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock } from '../../core/fake-clock.ts';
import type { Store } from '../../core/store.ts';
import { watchStore } from './store-watch.ts';
import { diskFull, slotTaken } from './testing/stores.ts';

function storeThat(commit: () => Promise<void>): Store {
  const nothing = async (): Promise<never> => {
    throw new Error('not asked in this test');
  };
  return {
    commit,
    resume: nothing,
    recordedSlots: nothing,
    dueNotices: nothing,
    nextNoticeAt: nothing,
    recordDelivery: nothing,
    maintain: nothing,
    health: nothing,
    close: nothing,
  };
}

describe('the trouble of a store', () => {
  it('lasts from the first commit that failed until one succeeds', async () => {
    const clock = new FakeClock();
    let problem: Error | undefined = diskFull();
    const { store, trouble } = watchStore(
      storeThat(async () => {
        if (problem !== undefined) throw problem;
      }),
      clock,
    );
    assert.equal(trouble(), undefined);
    await assert.rejects(store.commit({}));
    await clock.advance(5_000);
    await assert.rejects(store.commit({}));
    assert.deepEqual(trouble(), { forMs: 5_000, reason: 'the disk is full' });
    problem = undefined;
    await store.commit({});
    assert.equal(trouble(), undefined);
  });
  it('is not a commit that is refused for what it says', async () => {
    const { store, trouble } = watchStore(
      storeThat(async () => {
        throw slotTaken();
      }),
      new FakeClock(),
    );
    await assert.rejects(store.commit({}));
    assert.equal(trouble(), undefined);
  });
  it('is also a disk that does not answer', async () => {
    const clock = new FakeClock();
    const { store, trouble } = watchStore(
      storeThat(() => new Promise(() => {})),
      clock,
    );
    void store.commit({});
    await clock.advance(29_000);
    assert.equal(trouble(), undefined);
    await clock.advance(1_000);
    assert.equal(trouble()?.reason, 'the disk does not answer');
  });
});
