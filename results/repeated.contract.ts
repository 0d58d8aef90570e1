import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VigieError } from '../core/errors.ts';
import { checkId } from '../core/identifiers.ts';
import { quietState, type TrackState } from '../core/incident.ts';
import type { Run, SkipReason } from '../core/run.ts';
import type { Commit, SkippedSlot } from '../core/store.ts';
import {
  FAILED,
  HOUR,
  MINUTE,
  openTrack,
  START,
  sampleIncident,
  sampleNotice,
  sampleRun,
} from './fixtures/sample-records.ts';
import type { OpenUnderTest, StoreUnderTest } from './store-under-test.ts';

const HOME = checkId('home');
const NONE = { cursors: [], tracks: [], pauses: [], lastPings: [], listenerSpans: [] };

/** A commit whose run is there already: nothing that came with it is lost, and nothing newer is undone. */
export function repeatedContract(open: OpenUnderTest): void {
  added(open);
  stands(open);
}

function added(open: OpenUnderTest): void {
  test('a run committed again with a notice and its incident: both are written', async () => {
    const { store, reader } = await open();
    const { run, incident, opened } = outage();
    await store.commit({ run });
    await store.commit({ run, tracks: [openTrack(incident)], incidents: [incident], notices: [opened] });
    assert.deepEqual(reader.notices(incident.id), [opened]);
    assert.equal(reader.incident(incident.id)?.id, incident.id);
    assert.deepEqual((await store.resume()).tracks, [openTrack(incident)]);
    assert.equal((await store.dueNotices(START + HOUR, 10)).length, 1);
    assert.equal(reader.runs({ limit: 10 }).length, 1);
  });

  test('a run committed again with the end of its incident: it is closed, and the notice of it is written', async () => {
    const { store, reader } = await open();
    const { run, incident, opened, closed, recovered } = outage();
    const passed = sampleRun({ dueAt: START + MINUTE });
    await store.commit({ run, tracks: [openTrack(incident)], incidents: [incident], notices: [opened] });
    await store.commit({ run: passed });
    await store.commit({ run: passed, tracks: [quiet()], incidents: [closed], notices: [recovered] });
    assert.deepEqual(reader.incident(incident.id)?.closed, closed.closed);
    assert.deepEqual(reader.notices(incident.id), [opened, recovered]);
    assert.deepEqual((await store.resume()).tracks, [quiet()]);
  });

  test('a run committed again with skipped slots and gaps: those that are missing are written, once', async () => {
    const { store, reader } = await open();
    const run = sampleRun();
    const gap = {
      check: HOME,
      location: 'local',
      from: START - HOUR,
      to: START - MINUTE,
      count: 60,
      recordedAt: START,
    };
    await store.commit({ run, skipped: [skip(1)] });
    const again = { run, skipped: [skip(1), skip(2)], gaps: [gap] };
    await store.commit(again);
    await store.commit(again);
    assert.deepEqual(await store.recordedSlots(HOME, 'local', START - 1, START + HOUR), [
      START,
      START + MINUTE,
      START + 2 * MINUTE,
    ]);
    assert.deepEqual(reader.standings(HOME, START, START + HOUR), { good: 1, bad: 0, unknown: 2, excluded: 0 });
    assert.equal(reader.standings(HOME, START - HOUR, START).unknown, 60);
  });

  test('a run committed again with a slot that has another record: refused, and nothing of it is written', async () => {
    const { store, reader } = await open();
    const { run, incident, opened } = outage();
    await store.commit({ run, skipped: [skip(1)] });
    for (const skipped of [skip(1, 'paused'), skip(0)]) {
      const again = store.commit({ run, skipped: [skip(2), skipped], incidents: [incident], notices: [opened] });
      await rejectsWith(again, 'slot-taken');
    }
    assert.equal(reader.incident(incident.id), undefined);
    assert.deepEqual(await store.recordedSlots(HOME, 'local', START, START + HOUR), [START + MINUTE]);
  });

  test('slots that were skipped, committed again without a run: taken as written', async () => {
    const { store, reader } = await open();
    const gap = {
      check: HOME,
      location: 'local',
      from: START - HOUR,
      to: START - MINUTE,
      count: 60,
      recordedAt: START,
    };
    await store.commit({ skipped: [skip(0)], gaps: [gap] });
    await store.commit({ skipped: [skip(0), skip(1)], gaps: [gap] });
    assert.deepEqual(reader.standings(HOME, START, START + HOUR), { good: 0, bad: 0, unknown: 2, excluded: 0 });
    await rejectsWith(store.commit({ gaps: [{ ...gap, count: 59 }] }), 'slot-taken');
  });

  test('a run committed again with what a check is remembered by: what is missing is written', async () => {
    const { store } = await open();
    const run = sampleRun();
    const cursor = { check: HOME, location: 'local', watchedSince: START - HOUR, lowWater: START };
    const pause = { check: HOME, since: START, by: 'ann' };
    const listener = { since: START, until: START + 10 };
    await store.commit({ run });
    await store.commit({ run, cursors: [cursor], pings: [{ check: HOME, at: START }], listener, pause });
    assert.deepEqual(await store.resume(), {
      cursors: [cursor],
      tracks: [],
      pauses: [pause],
      lastPings: [{ check: HOME, at: START }],
      listenerSpans: [listener],
      lastRecordAt: START + 10,
    });
    await store.commit({ run: sampleRun({ dueAt: START + MINUTE }), resume: HOME });
    assert.deepEqual((await store.resume()).pauses, []);
  });

  test('an id that another run has is refused: what has it now would be lost', async () => {
    const { store, reader } = await open();
    const run = sampleRun();
    await store.commit({ run });
    const other = { ...sampleRun({ dueAt: START + MINUTE }), id: run.id };
    await rejectsWith(store.commit({ run: other }), 'commit-invalid');
    assert.deepEqual(reader.run(run.id), run);
  });
}

function stands(open: OpenUnderTest): void {
  for (const how of ['one batch', 'two batches'])
    test(`a commit that comes again after newer ones undoes nothing of them, in ${how}`, async () => {
      const under = await open();
      const { run, incident, closed, opened, recovered } = outage();
      const place = { check: HOME, location: 'local' };
      const first: Commit = {
        run,
        tracks: [openTrack(incident)],
        incidents: [incident],
        notices: [opened],
        cursors: [{ ...place, watchedSince: START - HOUR, lowWater: START }],
        pings: [{ check: HOME, at: START }],
        listener: { since: START, until: START + 10 },
        pause: { check: HOME, since: START, by: 'ann' },
      };
      const second: Commit = {
        run: sampleRun({ dueAt: START + MINUTE }),
        tracks: [quiet()],
        incidents: [closed],
        notices: [recovered],
        cursors: [{ ...place, watchedSince: START - HOUR, lowWater: START + MINUTE }],
        pings: [{ check: HOME, at: START + MINUTE }],
        listener: { since: START, until: START + MINUTE },
        resume: HOME,
      };
      await commitAll(under, how, [first, second, first, second, first]);
      assert.deepEqual(await under.store.resume(), {
        cursors: second.cursors,
        tracks: [quiet()],
        pauses: [],
        lastPings: second.pings,
        listenerSpans: [second.listener],
        lastRecordAt: START + MINUTE,
      });
      assert.deepEqual(under.reader.incident(incident.id)?.closed, closed.closed);
      assert.deepEqual(under.reader.notices(incident.id), [opened, recovered]);
    });

  test('a track is brought back by a late commit neither when nothing is open, nor over a later outcome', async () => {
    const under = await open();
    const runs = [0, 1, 2].map((minute) => sampleRun({ dueAt: START + minute * MINUTE, verdict: FAILED }));
    const after = runs.map((_, last) => ({ ...quiet(), recent: runs.slice(0, last + 1).map(outcomeOf) }));
    const commits = runs.map((run, index) => ({ run, tracks: after.slice(index, index + 1) }));
    await commitAll(under, 'two batches', [...commits, ...commits.slice(0, 2)]);
    assert.deepEqual((await under.store.resume()).tracks, after.slice(2));
    const passed = { run: sampleRun({ dueAt: START + 3 * MINUTE }), tracks: [quiet()] };
    await commitAll(under, 'two batches', [passed, ...commits]);
    assert.deepEqual((await under.store.resume()).tracks, [quiet()]);
  });

  test('a track that was moved on since its run was committed is written, also after runs that came later', async () => {
    const under = await open();
    const [first, second, third] = [0, 1, 2].map((minute) =>
      sampleRun({ dueAt: START + minute * MINUTE, verdict: FAILED }),
    ) as [Run, Run, Run];
    const upTo = (...runs: readonly Run[]): TrackState => ({ ...quiet(), recent: runs.map(outcomeOf) });
    await commitAll(under, 'two batches', [
      { run: first, tracks: [upTo(first)] },
      { run: second, tracks: [upTo(first, second)] },
      // The third could not be written; its state goes with whatever is written next.
      { run: first, tracks: [upTo(first, second, third)] },
    ]);
    assert.deepEqual((await under.store.resume()).tracks, [upTo(first, second, third)]);
    const incident = sampleIncident(third);
    const closed = { ...incident, closed: { at: START + 4 * MINUTE, how: 'recovered' } } as const;
    await commitAll(under, 'two batches', [
      { run: third, tracks: [openTrack(incident)], incidents: [incident] },
      { run: first, tracks: [quiet()], incidents: [closed] },
    ]);
    assert.deepEqual((await under.store.resume()).tracks, [quiet()]);
  });

  test('a track of a cause that checks share stands when any of them has moved on', async () => {
    const under = await open();
    const cause = checkId('vigie.network-down');
    const bad = (dueAt: number): TrackState => ({
      ...quietState(cause, 'local', 'fault'),
      affected: [{ check: HOME, since: dueAt, bad: 1 }],
    });
    const first = { run: sampleRun(), tracks: [bad(START)] };
    const second = { run: sampleRun({ check: 'parts' }), tracks: [quietState(cause, 'local', 'fault')] };
    await commitAll(under, 'two batches', [first, second]);
    const rest = [first, second];
    await commitAll(under, 'two batches', rest);
    assert.deepEqual((await under.store.resume()).tracks, second.tracks);
  });

  test('a closed incident is never opened again, whatever is committed', async () => {
    const under = await open();
    const { run, incident, closed } = outage();
    await commitAll(under, 'two batches', [
      { run, incidents: [incident] },
      { incidents: [closed] },
      { incidents: [incident] },
    ]);
    assert.deepEqual(under.reader.incident(incident.id)?.closed, closed.closed);
  });

  test('a pause that was ended is not begun again by a late commit, and a later one is not ended', async () => {
    const under = await open();
    const run = sampleRun();
    const later = sampleRun({ dueAt: START + MINUTE });
    const pause = { check: HOME, since: START, by: 'ann' };
    const next = { check: HOME, since: START + HOUR, by: 'bob' };
    await commitAll(under, 'two batches', [{ run, pause }, { resume: HOME }, { run: later }, { run, pause }]);
    assert.deepEqual(await under.store.resume(), { ...NONE, lastRecordAt: later.slot?.dueAt });
    await commitAll(under, 'two batches', [{ pause: next }, { run, pause }, { run: later, resume: HOME }]);
    assert.deepEqual((await under.store.resume()).pauses, [next]);
  });
}

/** What is committed in one turn travels in one batch. */
async function commitAll({ store }: StoreUnderTest, how: string, commits: readonly Commit[]): Promise<void> {
  if (how === 'one batch') await Promise.all(commits.map((commit) => store.commit(commit)));
  else for (const commit of commits) await store.commit(commit);
}

function outage() {
  const run = sampleRun({ verdict: FAILED });
  const incident = sampleIncident(run);
  const closed = { ...incident, closed: { at: START + MINUTE + 200, how: 'recovered' } } as const;
  return {
    run,
    incident,
    closed,
    opened: sampleNotice(incident, 'opened'),
    recovered: sampleNotice(incident, 'recovered'),
  };
}

function quiet(): TrackState {
  return quietState(HOME, 'local', 'target');
}

function outcomeOf({ startedAt, verdict }: Run): TrackState['recent'][number] {
  return { bad: verdict.status === 'failed', at: startedAt };
}

function skip(minute: number, reason: SkipReason = 'overlap'): SkippedSlot {
  return { slot: { check: HOME, location: 'local', dueAt: START + minute * MINUTE }, reason, recordedAt: START };
}

async function rejectsWith(promise: Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(promise, (error) => error instanceof VigieError && error.code === code);
}
