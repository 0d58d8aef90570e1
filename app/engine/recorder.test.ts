import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Check } from '../../core/check.ts';
import { SILENT_LOG } from '../../core/log.ts';
import type { Delivery, Notice } from '../../core/notice.ts';
import type { Reporter } from '../../core/reporter.ts';
import { keepIncidents } from './incident-keeper.ts';
import { openRecorder, type Recorder } from './recorder.ts';
import { fanOut } from './reporter-fan.ts';
import { makeCheck } from './testing/kinds.ts';
import { countingEntropy, FAILED, makePlan, makeRun, PASSED, START } from './testing/runs.ts';
import { diskFull, MemoryStore, slotTaken } from './testing/stores.ts';

const check = makeCheck();

type Stage = {
  readonly store: MemoryStore;
  readonly recorder: Recorder;
  readonly told: string[];
  readonly woken: string[];
  readonly answers: Map<Notice['id'], Delivery>;
};

function stage({ isWatched = () => true }: { readonly isWatched?: (id: Check['id']) => boolean } = {}): Stage {
  const store = new MemoryStore();
  const told: string[] = [];
  const woken: string[] = [];
  const answers = new Map<Notice['id'], Delivery>();
  const reporter: Reporter = {
    name: 'test',
    onRun: (run) => void told.push(`run ${run.verdict.status}`),
    onIncident: ({ change }) => void told.push(change),
    onSkipped: (skipped) => void told.push(`${skipped.length} skipped`),
  };
  const recorder = openRecorder({
    store,
    incidents: keepIncidents([], countingEntropy()),
    reporters: fanOut([reporter], SILENT_LOG),
    plan: () => makePlan([check]),
    isWatched,
    deliveryOf: ({ id }) => answers.get(id),
    onNotices: (part) => woken.push(...(part.notices ?? []).map(({ content }) => content.change)),
    log: SILENT_LOG,
  });
  return { store, recorder, told, woken, answers };
}

describe('a run', () => {
  it('is committed with its incident, the notices and the cursor in one transaction, and told after that', async () => {
    const { store, recorder, told, woken } = stage();
    const cursor = { check: check.id, location: 'local', watchedSince: START, lowWater: START };
    await recorder.recordRun(makeRun(1, FAILED), check, cursor);
    const [commit] = store.commits;
    assert.equal(store.commits.length, 1);
    assert.deepEqual(commit?.cursors, [cursor]);
    assert.equal(commit?.incidents?.[0]?.track, 'target');
    assert.equal(commit?.tracks?.[0]?.open?.id, commit?.incidents?.[0]?.id);
    assert.deepEqual([commit?.notices?.map(({ channel }) => channel), woken], [['ops'], ['opened']]);
    assert.deepEqual(told, ['run failed', 'opened']);
  });
  it('that changes nothing is committed alone', async () => {
    const { store, recorder } = stage();
    await recorder.recordRun(makeRun(1, PASSED), check);
    assert.deepEqual(Object.keys(store.commits[0] ?? {}), ['run']);
  });
  it('takes one step however often its commit has to be repeated, and nobody is told before it is durable', async () => {
    const { store, recorder, told } = stage();
    const twice = makeCheck({ incident: { failures: 2, of: 2, recoveries: 1, onDegraded: false } });
    const run = makeRun(1, FAILED);
    store.refuse = diskFull;
    for (let attempt = 0; attempt < 5; attempt += 1) await assert.rejects(recorder.recordRun(run, twice), /full/);
    assert.deepEqual(told, []);
    store.refuse = () => undefined;
    await recorder.recordRun(run, twice);
    assert.deepEqual(told, ['run failed']);
    await recorder.recordRun(makeRun(2, FAILED), twice);
    assert.deepEqual(told, ['run failed', 'run failed', 'opened']);
  });
  it('that is given up takes its record with it, not the alarm: the next commit carries it', async () => {
    const { store, recorder, told } = stage();
    store.refuse = diskFull;
    await assert.rejects(recorder.recordRun(makeRun(1, FAILED), check));
    store.refuse = () => undefined;
    await recorder.recordRun(makeRun(2, FAILED), check);
    assert.deepEqual(told, ['run failed', 'opened']);
    assert.equal(store.commits[0]?.notices?.[0]?.content.change, 'opened');
  });
  it('repeated late brings no older state of its incident back', async () => {
    const { store, recorder } = stage();
    const opening = makeRun(1, FAILED);
    store.refuse = ({ run }) => (run?.id === opening.id ? diskFull() : undefined);
    await assert.rejects(recorder.recordRun(opening, check));
    await recorder.recordRun(makeRun(2, PASSED), check);
    store.refuse = () => undefined;
    await recorder.recordRun(opening, check);
    const [second, first] = store.commits;
    assert.equal(second?.incidents?.[0]?.closed?.how, 'recovered');
    assert.deepEqual(
      second?.notices?.map(({ content }) => content.change),
      ['opened', 'recovered'],
    );
    assert.deepEqual(Object.keys(first ?? {}), ['run']);
  });
  it('whose slot has a record already ends its repetition, and still raises its alarm', async () => {
    const { store, recorder, told } = stage();
    store.refuse = ({ run }) => (run === undefined ? undefined : slotTaken());
    await recorder.recordRun(makeRun(1, FAILED), check);
    assert.deepEqual(told, ['opened']);
    assert.equal(store.commits[0]?.notices?.length, 1);
  });
  it('of a check that has left the configuration opens no incident that nobody would close', async () => {
    const { store, recorder, told } = stage({ isWatched: () => false });
    await recorder.recordRun(makeRun(1, FAILED), check);
    assert.deepEqual([told, Object.keys(store.commits[0] ?? {})], [['run failed'], ['run']]);
  });
});

describe('what is owed', () => {
  it('is settled without a run, once', async () => {
    const { store, recorder, woken } = stage();
    store.refuse = diskFull;
    await assert.rejects(recorder.recordRun(makeRun(1, FAILED), check));
    await recorder.settle();
    assert.equal(recorder.owedNotices().length, 1);
    store.refuse = () => undefined;
    await recorder.settle();
    await recorder.settle();
    assert.deepEqual([store.commits.length, recorder.owedNotices().length, woken], [1, 0, ['opened']]);
  });
  it('takes along what receivers have answered meanwhile, before the outbox can look', async () => {
    const { store, recorder, answers } = stage();
    store.refuse = diskFull;
    await assert.rejects(recorder.recordRun(makeRun(1, FAILED), check));
    const [notice] = recorder.owedNotices();
    assert.ok(notice !== undefined);
    const outcome = { status: 'accepted', detail: 'ok' } as const;
    const delivery: Delivery = { notice: notice.id, channel: 'ops', attempt: 1, at: START, durationMs: 1, outcome };
    answers.set(notice.id, delivery);
    store.refuse = () => undefined;
    await recorder.settle();
    assert.deepEqual(store.deliveries, [delivery]);
  });
});

describe('skipped slots', () => {
  const skip = (minute: number) => ({
    slot: { check: check.id, location: 'local', dueAt: START + minute * 60_000 },
    reason: 'paused' as const,
    recordedAt: START,
  });
  it('are written one by one when one of a batch has a record already', async () => {
    const { store, recorder, told } = stage();
    const taken = skip(2).slot.dueAt;
    store.refuse = ({ skipped }) => (skipped?.some(({ slot }) => slot.dueAt === taken) ? slotTaken() : undefined);
    const cursor = { check: check.id, location: 'local', watchedSince: START, lowWater: START };
    await recorder.recordSkipped([skip(1), skip(2), skip(3)], [], [cursor]);
    const written = store.commits.flatMap(({ skipped }) => skipped ?? []).map(({ slot }) => slot.dueAt);
    assert.deepEqual(written, [skip(1).slot.dueAt, skip(3).slot.dueAt]);
    assert.deepEqual(store.commits.at(-1), { cursors: [cursor] });
    assert.deepEqual(told, ['3 skipped']);
  });
  it('reject when the store refuses, so that they are kept', async () => {
    const { store, recorder } = stage();
    store.refuse = diskFull;
    await assert.rejects(recorder.recordSkipped([skip(1)], [], []), /full/);
  });
});
