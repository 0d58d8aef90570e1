import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { VigieError } from '../core/errors.ts';
import { checkId } from '../core/identifiers.ts';
import type { StoreReader } from '../core/store.ts';
import { FAILED, HOUR, MINUTE, openTrack, START, sampleIncident, sampleRun } from './fixtures/sample-records.ts';
import { historyContract } from './history.contract.ts';
import { outboxContract } from './outbox.contract.ts';
import { repeatedContract } from './repeated.contract.ts';
import { retentionContract } from './retention.contract.ts';
import type { OpenUnderTest, StoreUnderTest } from './store-under-test.ts';

const HOME = checkId('home');

/** What every store must do. PostgreSQL passes the same suite. */
export function storeContract(name: string, openFresh: () => Promise<StoreUnderTest>): void {
  describe(`${name}: store contract`, () => {
    const opened: StoreUnderTest[] = [];
    const open = async (): Promise<StoreUnderTest> => {
      const under = await openFresh();
      opened.push(under);
      return under;
    };
    after(async () => {
      for (const under of opened) await under.close();
    });
    ledger(open);
    state(open);
    repeatedContract(open);
    outboxContract(open);
    historyContract(open);
    retentionContract(open);
  });
}

function ledger(open: OpenUnderTest): void {
  test('a run comes back as it was', async () => {
    const { store, reader } = await open();
    const run = sampleRun();
    await store.commit({ run });
    assert.deepEqual(reader.run(run.id), run);
  });

  test('a slot has one record: a second run of it is refused and nothing of its commit is written', async () => {
    const { store, reader } = await open();
    const first = sampleRun();
    const second = sampleRun({ verdict: FAILED });
    const incident = sampleIncident(second);
    await store.commit({ run: first });
    await rejectsWith(
      store.commit({ run: second, incidents: [incident], tracks: [openTrack(incident)] }),
      'slot-taken',
    );
    assert.equal(reader.run(second.id), undefined);
    assert.equal(reader.incident(incident.id), undefined);
    assert.deepEqual((await store.resume()).tracks, []);
    assert.deepEqual(countsOf(reader), { good: 1, bad: 0, unknown: 0, excluded: 0 });
  });

  test('a skip of a slot that has a run is refused, and a run of a slot that was skipped', async () => {
    const { store } = await open();
    const run = sampleRun();
    const skip = {
      slot: { check: HOME, location: 'local', dueAt: START + MINUTE },
      reason: 'overlap',
      recordedAt: START,
    } as const;
    await store.commit({ run, skipped: [skip] });
    await rejectsWith(store.commit({ skipped: [{ ...skip, slot: { ...skip.slot, dueAt: START } }] }), 'slot-taken');
    await rejectsWith(store.commit({ run: sampleRun({ dueAt: START + MINUTE }) }), 'slot-taken');
  });

  test('the same run committed again is taken as written and changes nothing', async () => {
    const { store, reader } = await open();
    const run = sampleRun();
    await store.commit({ run });
    await store.commit({ run });
    assert.deepEqual(countsOf(reader), { good: 1, bad: 0, unknown: 0, excluded: 0 });
  });

  test('a commit that is refused leaves the others of the same moment alone', async () => {
    const { store, reader } = await open();
    const runs = [0, 1, 1, 2].map((minute) => sampleRun({ dueAt: START + minute * MINUTE }));
    const endings = await Promise.allSettled(runs.map((run) => store.commit({ run })));
    assert.deepEqual(
      endings.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
    );
    assert.equal(reader.latestRuns(HOME, 10).length, 3);
  });

  test('two locations have slots of their own', async () => {
    const { store, reader } = await open();
    await store.commit({ run: sampleRun({ location: 'paris' }) });
    await store.commit({ run: sampleRun({ location: 'lyon' }) });
    assert.deepEqual(await store.recordedSlots(HOME, 'paris', START - 1, START), [START]);
    assert.deepEqual(countsOf(reader), { good: 2, bad: 0, unknown: 0, excluded: 0 });
  });
}

function state(open: OpenUnderTest): void {
  test('the last record of a slot is its own instant: what a wrong clock said at its end does not count', async () => {
    const wrong = START + 12 * 365 * 24 * HOUR;
    const { store } = await open();
    await store.commit({ run: { ...sampleRun(), finishedAt: wrong } });
    const slot = { check: HOME, location: 'local', dueAt: START + HOUR };
    await store.commit({ skipped: [{ slot, reason: 'shutdown', recordedAt: wrong }] });
    assert.equal((await store.resume()).lastRecordAt, START + HOUR);
  });

  test('a start finds cursors, tracks, pauses, pings and listener spans as they were', async () => {
    const under = await open();
    const run = sampleRun({ verdict: FAILED });
    const tracks = [openTrack(sampleIncident(run))];
    const cursor = { check: HOME, location: 'local', watchedSince: START - HOUR, lowWater: START };
    const pause = { check: checkId('parts'), since: START, by: 'ann' };
    await under.store.commit({ run, tracks, cursors: [cursor], pause });
    await under.store.commit({
      pings: [{ check: HOME, at: START + 5 }],
      listener: { since: START, until: START + 10 },
    });
    const { store } = await under.reopen();
    assert.deepEqual(await store.resume(), {
      cursors: [cursor],
      tracks,
      pauses: [pause],
      lastPings: [{ check: HOME, at: START + 5 }],
      listenerSpans: [{ since: START, until: START + 10 }],
      lastRecordAt: START + 10,
    });
  });
}

function countsOf(reader: StoreReader) {
  return reader.standings(HOME, START - 24 * HOUR, START + 24 * HOUR);
}

async function rejectsWith(promise: Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(promise, (error) => error instanceof VigieError && error.code === code);
}
