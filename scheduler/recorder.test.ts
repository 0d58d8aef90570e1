import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../core/fake-clock.ts';
import { fault } from '../core/fault.ts';
import type { Log } from '../core/log.ts';
import type { Cursor } from '../core/store.ts';
import { Ledger } from './ledger.ts';
import { Recorder, type RecorderOptions } from './recorder.ts';
import { makeCheck, makeRun, NOON } from './scheduler.fixture.ts';

/** A recorder over a store that does what `answer` says, and what was written in which order. */
function scene(answer: (what: string) => Promise<void> | void, some: Partial<RecorderOptions> = {}) {
  const clock = new FakeClock(NOON);
  const written: string[] = [];
  const cursors: Cursor[] = [];
  const said: string[] = [];
  const say = (_: unknown, message: string): void => void said.push(message);
  const log: Log = { debug: say, info: say, warn: say, error: say };
  const write = async (what: string, its: readonly Cursor[]): Promise<void> => {
    await answer(what);
    written.push(what);
    cursors.push(...its);
  };
  const recorder = new Recorder({
    clock,
    log,
    onRun: (run, cursor) => write(`${run.check}@${(run.slot?.dueAt ?? 0) - NOON}`, [cursor]),
    onSkipped: (skipped, gaps, its) =>
      write(`${skipped.length} skipped, ${gaps.map(({ check, count }) => `${check} gap of ${count}`).join()}`, its),
    ...some,
  });
  const ledgers = new Map<string, Ledger>();
  const ledgerOf = (id: string): Ledger => {
    const ledger = ledgers.get(id) ?? new Ledger(makeCheck({ id }).id, 'local', NOON, NOON + 1_000);
    ledgers.set(id, ledger);
    return ledger;
  };
  const record = (id: string, at: number): void => {
    const check = makeCheck({ id });
    const slot = { check: check.id, location: 'local', dueAt: NOON + at };
    ledgerOf(id).open(slot.dueAt);
    recorder.recordRun(ledgerOf(id), makeRun(check, slot, NOON, NOON, fault('internal', 'x')), slot.dueAt);
  };
  return { clock, recorder, record, written, cursors, said, ledgerOf };
}

test('while the store is away each check keeps its order, and all is written when it is back', async () => {
  let isAway = true;
  const { clock, recorder, record, written, said } = scene(() =>
    isAway ? Promise.reject(new Error('locked')) : undefined,
  );
  for (const at of [1, 2, 3]) for (const id of ['a', 'b']) record(id, at);
  await clock.advance(2_000);
  assert.deepEqual([written, recorder.stats().waiting, recorder.stats().isStoreFailing], [[], 6, true]);
  isAway = false;
  await clock.advance(60_000);
  assert.deepEqual(
    written.filter((what) => what.startsWith('a')),
    ['a@1', 'a@2', 'a@3'],
  );
  assert.deepEqual([written.length, recorder.stats().waiting], [6, 0]);
  assert.deepEqual(said, ['The store refuses records; they are kept and tried again', 'The store takes records again']);
});

test('one write that fails again does not let later ones of its check go first', async () => {
  let [isAway, failuresLeft] = [true, 1];
  const { clock, record, written } = scene((what) => {
    if (isAway) throw new Error('locked');
    if (what !== 'a@1' || failuresLeft === 0) return;
    failuresLeft -= 1;
    throw new Error('busy');
  });
  for (const what of ['a', 'b']) for (const at of [1, 2]) record(what, at);
  await clock.advance(500);
  isAway = false;
  await clock.advance(60_000);
  assert.deepEqual(written, ['b@1', 'a@1', 'b@2', 'a@2']);
});

test('the cursor does not pass what was given up before its gap is written', async () => {
  let isAway = true;
  const { clock, record, cursors } = scene(
    (what) => {
      if (isAway) throw new Error('locked');
      return what.includes('gap') ? new Promise(() => {}) : undefined;
    },
    { maxWaitingRows: 20 },
  );
  for (const at of [1, 2, 3]) record('a', at);
  await clock.advance(500);
  isAway = false;
  await clock.advance(60_000);
  record('a', 4);
  await clock.advance(0);
  assert.deepEqual(
    cursors.map(({ lowWater }) => lowWater - NOON),
    [1, 2, 2],
  );
});

test('trying again slows down to once in half a minute', async () => {
  let tries = 0;
  const { clock, record } = scene(() => {
    tries += 1;
    throw new Error('away');
  });
  record('a', 1);
  await clock.advance(31_500);
  assert.equal(tries, 1 + 5);
  await clock.advance(300_000);
  assert.equal(tries, 1 + 5 + 10);
});

test('a record that alone is refused is given up and becomes a gap of one', async () => {
  const { clock, recorder, record, written, ledgerOf } = scene((what) => {
    if (what === 'a@1') throw new Error('UNIQUE constraint failed');
  });
  record('a', 1);
  for (let at = 2; at < 20; at += 1) {
    await clock.advance(10_000);
    record('a', at);
  }
  await clock.advance(100_000);
  assert.deepEqual([recorder.stats().waiting, recorder.stats().folded], [0, 1]);
  assert.ok(written.includes('0 skipped, a gap of 1'));
  assert.equal(written.filter((what) => what.startsWith('a@')).length, 18);
  assert.equal(ledgerOf('a').cursor([]).lowWater, NOON + 1_000);
});

test('a store that never answers costs no more than the limit', async () => {
  const { clock, recorder, record, said, ledgerOf } = scene(() => new Promise(() => {}), { maxWaitingRows: 100 });
  for (let at = 1; at <= 100; at += 1) record('a', at);
  assert.deepEqual([recorder.stats().waiting, recorder.stats().folded], [10, 90]);
  assert.deepEqual(ledgerOf('a').lost, { from: NOON + 11, to: NOON + 100, count: 90 });
  assert.equal(said.length, 7, 'told at 1, 2, 4 … 64');
  const left = recorder.flush(1_000);
  await clock.advance(1_000);
  assert.equal(await left, 10);
  assert.equal(clock.pending, 0);
});

test('flushing does not wait for the next try', async () => {
  let isAway = true;
  const { clock, recorder, record } = scene(() => (isAway ? Promise.reject(new Error('locked')) : undefined));
  record('a', 1);
  await clock.advance(100_000);
  isAway = false;
  assert.equal(await recorder.flush(1_000), 0);
  assert.equal(clock.pending, 0);
});

test('many skips are cut into commits of a thousand rows, none left out', async () => {
  const { clock, recorder, written, cursors, ledgerOf } = scene(() => {});
  const all = ['a', 'b', 'c'].map((id) => {
    const { check } = ledgerOf(id);
    const skipped = Array.from({ length: 1_500 }, (_, index) => ({
      slot: { check, location: 'local', dueAt: NOON - index },
      reason: 'missed' as const,
      recordedAt: NOON,
    }));
    for (const { slot } of skipped) ledgerOf(id).open(slot.dueAt);
    return { ledger: ledgerOf(id), skipped, gaps: [] };
  });
  recorder.recordSkips(all);
  await clock.advance(0);
  const rows = written.map((what) => Number.parseInt(what, 10));
  assert.equal(
    rows.reduce((total, count) => total + count, 0),
    4_500,
  );
  assert.ok(rows.length <= 6 && Math.max(...rows) <= 1_000, rows.join(' '));
  assert.deepEqual(
    ['a', 'b', 'c'].map((id) => ledgerOf(id).cursor([]).lowWater),
    [NOON + 1_000, NOON + 1_000, NOON + 1_000],
  );
  assert.ok(cursors.length >= 3);
});
