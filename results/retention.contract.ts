import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkId, type RunId } from '../core/identifiers.ts';
import { EMPTY_OBSERVATION } from '../core/observation.ts';
import type { Retention } from '../core/plan.ts';
import type { Store } from '../core/store.ts';
import {
  DAY,
  FAILED,
  HOUR,
  MINUTE,
  START,
  sampleIncident,
  sampleNotice,
  sampleRun,
} from './fixtures/sample-records.ts';
import type { OpenUnderTest } from './store-under-test.ts';

const HOME = checkId('home');
const RETENTION: Retention = {
  passedRunsMs: 7 * DAY,
  failedRunsMs: 90 * DAY,
  artefactsMs: 2 * DAY,
  rollupsMs: 400 * DAY,
};

/** What every store must keep and let go. */
export function retentionContract(open: OpenUnderTest): void {
  test('passes go first; failures, changes of state and all counts stay', async () => {
    const { store, reader } = await open();
    const verdicts = [undefined, undefined, FAILED, undefined, undefined];
    const runs = verdicts.map((verdict, minute) =>
      sampleRun({ dueAt: START + minute * MINUTE, ...(verdict && { verdict }) }),
    );
    for (const run of runs) await store.commit({ run });
    await confirmClock(store, START + 8 * DAY);
    const before = reader.standings(HOME, START, START + HOUR);
    assert.equal(await maintainAll(store, START + 8 * DAY), 3);
    // What is left: the failure, and the pass after it, which ended it.
    assert.deepEqual(idsLeft(reader.latestRuns(HOME, 10)), [runs[3]?.id, runs[2]?.id]);
    assert.deepEqual(reader.standings(HOME, START, START + HOUR), before);
    assert.deepEqual(reader.run(runs[2]?.id ?? sampleRun().id), runs[2]);
    await confirmClock(store, START + 91 * DAY);
    assert.equal(await maintainAll(store, START + 91 * DAY), 2);
    assert.deepEqual(reader.latestRuns(HOME, 10), []);
    assert.deepEqual(reader.standings(HOME, START, START + HOUR), before);
  });

  test('where slots are gone an hour counts whole when its beginning lies inside, else not at all', async () => {
    const { store, reader } = await open();
    for (let minute = 0; minute < 5; minute += 1) {
      await store.commit({
        run: sampleRun({ dueAt: START + minute * MINUTE, ...(minute === 2 && { verdict: FAILED }) }),
      });
    }
    await confirmClock(store, START + 8 * DAY);
    await maintainAll(store, START + 8 * DAY);
    const whole = { good: 4, bad: 1, unknown: 0, excluded: 0 };
    const nothing = { good: 0, bad: 0, unknown: 0, excluded: 0 };
    assert.deepEqual(reader.standings(HOME, START - MINUTE, START + 3 * MINUTE), whole);
    assert.deepEqual(reader.standings(HOME, START + MINUTE, START + DAY), nothing);
    assert.deepEqual(reader.standings(HOME, START + MINUTE, START + 3 * MINUTE), nothing);
    assert.deepEqual(reader.standings(HOME, START, START + 9 * DAY), whole);
  });

  test('steps are small and say when there is more', async () => {
    const { store, reader } = await open();
    const runs = Array.from({ length: 600 }, (_, minute) => sampleRun({ dueAt: START + minute * MINUTE }));
    await Promise.all(runs.map((run) => store.commit({ run })));
    await confirmClock(store, START + 8 * DAY);
    const first = await store.maintain(START + 8 * DAY, RETENTION);
    assert.ok(first.more && first.deletedRuns > 0 && first.deletedRuns < 600);
    assert.equal(first.deletedRuns + (await maintainAll(store, START + 8 * DAY)), 600);
    assert.equal((await store.maintain(START + 8 * DAY, RETENTION)).more, false);
    assert.equal(reader.standings(HOME, START, START + DAY).good, 600);
  });

  test('artefacts go before their run does, and are named once', async () => {
    const { store } = await open();
    const artefacts = [{ kind: 'log', file: 'a.log', mediaType: 'text/plain', sizeBytes: 4 }] as const;
    const withFiles = (minute: number) =>
      sampleRun({ dueAt: START + minute * MINUTE, verdict: FAILED, observation: { ...EMPTY_OBSERVATION, artefacts } });
    const [old, young] = [withFiles(0), withFiles(2 * 24 * 60)];
    await store.commit({ run: old });
    await store.commit({ run: young });
    await confirmClock(store, START + 2 * DAY + HOUR);
    assert.deepEqual((await store.maintain(START + 2 * DAY + HOUR, RETENTION)).expiredArtefacts, [old.id]);
    assert.deepEqual((await store.maintain(START + 2 * DAY + HOUR, RETENTION)).expiredArtefacts, []);
  });

  test('closed incidents go with their notices when roll-ups do; open ones stay', async () => {
    const { store, reader } = await open();
    const run = sampleRun({ verdict: FAILED });
    const openOne = sampleIncident(run, 'aaaaaaaa');
    const closed = { ...sampleIncident(run, 'bbbbbbbb'), closed: { at: START + HOUR, how: 'removed' } as const };
    const notice = sampleNotice(closed, 'opened');
    await store.commit({ run, incidents: [openOne, closed], notices: [notice] });
    await store.recordDelivery(
      {
        notice: notice.id,
        channel: 'mail',
        attempt: 1,
        at: START,
        durationMs: 1,
        outcome: { status: 'accepted', detail: '' },
      },
      undefined,
    );
    await confirmClock(store, START + 401 * DAY);
    await maintainAll(store, START + 401 * DAY);
    assert.deepEqual(reader.incidents({ limit: 10 }), [openOne]);
    assert.deepEqual(reader.notices(closed.id), []);
    assert.deepEqual(reader.rollUps(HOME, START, START + HOUR), []);
  });

  test('a clock that jumped ahead deletes nothing', async () => {
    const { store, reader } = await open();
    await store.commit({ run: sampleRun() });
    assert.equal(await maintainAll(store, Date.UTC(3010, 0, 1)), 0);
    assert.equal(reader.latestRuns(HOME, 10).length, 1);
  });
}

/** A record of another check from that time: the store believes a clock only as far as records go. */
async function confirmClock(store: Store, at: number): Promise<void> {
  await store.commit({ pings: [{ check: checkId('clock'), at }] });
}

/** Runs deleted until nothing is left to do. */
async function maintainAll(store: Store, now: number): Promise<number> {
  let deleted = 0;
  for (let steps = 0; steps < 100; steps += 1) {
    const step = await store.maintain(now, RETENTION);
    deleted += step.deletedRuns;
    if (!step.more) return deleted;
  }
  return assert.fail('maintenance does not end');
}

function idsLeft(runs: readonly { readonly id: RunId }[]): readonly RunId[] {
  return runs.map(({ id }) => id);
}
