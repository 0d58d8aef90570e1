import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkId } from '../core/identifiers.ts';
import type { Run, Verdict } from '../core/run.ts';
import type { Gap, RunFilter, SkippedSlot, StoreReader } from '../core/store.ts';
import { type Standing, standingOf } from '../core/uptime.ts';
import {
  DAY,
  DEGRADED,
  FAILED,
  HOUR,
  INCONCLUSIVE,
  MINUTE,
  START,
  sampleIncident,
  sampleRun,
} from './fixtures/sample-records.ts';
import type { OpenUnderTest } from './store-under-test.ts';

const HOME = checkId('home');
const VERDICTS: readonly Verdict[] = [{ status: 'passed' }, FAILED, INCONCLUSIVE, DEGRADED];
const SKIPS = ['overlap', 'maintenance', 'missed'] as const;

/** What every reader must show of what was committed. */
export function historyContract(open: OpenUnderTest): void {
  test('every kind of ending comes back as it was, and its line says why', async () => {
    const { store, reader } = await open();
    const runs = VERDICTS.map((verdict, minute) => sampleRun({ verdict, dueAt: START + minute * MINUTE }));
    const manual = sampleRun({ trigger: 'manual', dueAt: START + HOUR });
    for (const run of [...runs, manual]) await store.commit({ run });
    for (const run of [...runs, manual]) assert.deepEqual(reader.run(run.id), run);
    assert.deepEqual(
      reader
        .latestRuns(HOME, 10)
        .map(({ status, standing, blame, reason, trigger }) => [status, standing, blame, reason, trigger]),
      [
        ['passed', 'good', undefined, undefined, 'manual'],
        ['degraded', 'good', undefined, 'expected status is 200, got 503', 'slot'],
        ['inconclusive', 'unknown', 'network', 'resolver-down: the resolver 192.0.2.53 did not answer', 'slot'],
        ['failed', 'bad', undefined, 'expected status is 200, got 503', 'slot'],
        ['passed', 'good', undefined, undefined, 'slot'],
      ],
    );
    assert.equal(reader.run(sampleRun().id), undefined);
  });

  test('pages of runs join without a hole or a double, whatever the filter', async () => {
    const { store, reader } = await open();
    const runs = Array.from({ length: 60 }, (_, index) =>
      sampleRun({
        check: index % 2 === 0 ? 'home' : 'parts',
        // Several runs start in the same millisecond.
        dueAt: START + Math.floor(index / 6) * MINUTE,
        location: `place-${index % 6}`,
        verdict: VERDICTS[index % 4] ?? FAILED,
      }),
    );
    await Promise.all(runs.map((run) => store.commit({ run })));
    assert.equal(pageThrough(reader, {}).length, 60);
    assert.equal(pageThrough(reader, { check: HOME }).length, 30);
    assert.equal(pageThrough(reader, { status: ['failed', 'inconclusive'] }).length, 30);
    assert.equal(pageThrough(reader, { status: ['passed'], check: HOME }).length, 15);
    assert.equal(pageThrough(reader, { from: START + 5 * MINUTE, to: START + 7 * MINUTE }).length, 12);
    assert.equal(pageThrough(reader, { trigger: 'gate' }).length, 0);
    assert.equal(pageThrough(reader, { check: checkId('nobody') }).length, 0);
  });

  test('slots show runs, skips and gaps, newest first', async () => {
    const { store, reader } = await open();
    const run = sampleRun();
    await store.commit({
      run,
      skipped: [
        { slot: { check: HOME, location: 'local', dueAt: START + MINUTE }, reason: 'maintenance', recordedAt: START },
      ],
      gaps: [gap(START + 2 * MINUTE, START + 4 * MINUTE, 3)],
    });
    const missed = { standing: 'unknown', status: 'skipped', reason: 'missed' };
    assert.deepEqual(reader.slots(HOME, START, START + HOUR, 100), [
      { dueAt: START + 4 * MINUTE, ...missed },
      { dueAt: START + 3 * MINUTE, ...missed },
      { dueAt: START + 2 * MINUTE, ...missed },
      { dueAt: START + MINUTE, standing: 'excluded', status: 'skipped', reason: 'maintenance' },
      { dueAt: START, standing: 'good', status: 'passed', run: run.id },
    ]);
    assert.equal(reader.slots(HOME, START, START + HOUR, 2).length, 2);
  });

  test('a gap counts as unknown, split exactly where it is cut', async () => {
    const { store, reader } = await open();
    // Three hours down, a slot every 10 s.
    await store.commit({ gaps: [gap(START, START + 3 * HOUR - 10_000, 1_080)] });
    const unknownIn = (from: number, to: number): number => reader.standings(HOME, from, to).unknown;
    assert.equal(unknownIn(START - DAY, START + DAY), 1_080);
    assert.equal(unknownIn(START, START + MINUTE), 6);
    assert.equal(unknownIn(START + 90_000, START + HOUR), 351);
    assert.deepEqual(
      reader.rollUps(HOME, START, START + DAY).map(({ from, counts }) => [from, counts.unknown]),
      [0, 1, 2].map((hour) => [START + hour * HOUR, 360]),
    );
    await assert.rejects(store.commit({ gaps: [gap(START, START + HOUR, 1)] }), { code: 'slot-taken' });
  });

  test('counts over any stretch of time are the sums over its records', async () => {
    const { store, reader } = await open();
    let number = 0;
    await fc.assert(
      fc.asyncProperty(anyHistory, anyStretch, async (history, [from, to]) => {
        number += 1;
        const check = `check-${number}`;
        const records = history.map((record) => toRecord(check, record));
        await Promise.all(
          records.map(({ run, skip }) => store.commit({ ...(run && { run }), ...(skip && { skipped: [skip] }) })),
        );
        const expected: Record<Standing, number> = { good: 0, bad: 0, unknown: 0, excluded: 0 };
        for (const { dueAt, standing } of records) if (dueAt >= from && dueAt < to) expected[standing] += 1;
        assert.deepEqual(reader.standings(checkId(check), from, to), expected);
      }),
      { numRuns: 40 },
    );
  });

  test('roll-ups hold the length of runs that measured, and only runs of slots', async () => {
    const { store, reader } = await open();
    const run = (minute: number, durationMs: number, verdict: Verdict): Run => {
      const sample = sampleRun({ dueAt: START + minute * MINUTE, verdict });
      return { ...sample, attempts: sample.attempts.map((attempt) => ({ ...attempt, durationMs })) };
    };
    await store.commit({ run: run(0, 100.5, { status: 'passed' }) });
    await store.commit({ run: run(1, 300, FAILED) });
    await store.commit({ run: run(2, 9_999, INCONCLUSIVE) });
    await store.commit({ run: sampleRun({ trigger: 'manual' }) });
    assert.deepEqual(reader.rollUps(HOME, START, START + HOUR), [
      {
        from: START,
        counts: { good: 1, bad: 1, unknown: 1, excluded: 0 },
        runs: 2,
        durationMs: { sum: 400.5, min: 100.5, max: 300 },
      },
    ]);
  });

  test('incidents are found by check, track, openness and time', async () => {
    const { store, reader } = await open();
    const [first, second] = [
      sampleRun({ verdict: FAILED }),
      sampleRun({ verdict: FAILED, check: 'parts', dueAt: START + HOUR }),
    ];
    const opened = sampleIncident(first, 'aaaaaaaa');
    const other = sampleIncident(second, 'bbbbbbbb');
    await store.commit({ run: first, incidents: [opened] });
    await store.commit({ run: second, incidents: [other] });
    const closed = { ...opened, closed: { at: START + MINUTE, by: first.id, how: 'recovered' } as const };
    await store.commit({ incidents: [closed] });
    assert.deepEqual(reader.incidents({ limit: 10 }), [other, closed]);
    assert.deepEqual(reader.incidents({ limit: 10, open: true }), [other]);
    assert.deepEqual(reader.incidents({ limit: 10, open: false, check: HOME }), [closed]);
    assert.deepEqual(reader.incidents({ limit: 10, from: START + 2 * MINUTE }), [other]);
    assert.deepEqual(reader.incidents({ limit: 10, track: 'fault' }), []);
    assert.deepEqual(reader.incident(opened.id), closed);
  });

  test('a reader in the middle of a look does not hold up a commit', async () => {
    const { store, reader } = await open();
    await store.commit({ run: sampleRun() });
    const commits = Array.from({ length: 20 }, (_, minute) =>
      store.commit({ run: sampleRun({ dueAt: START + (minute + 1) * MINUTE }) }),
    );
    let isDone = false;
    const all = Promise.all(commits).finally(() => {
      isDone = true;
    });
    for (; !isDone; await new Promise((resolve) => setImmediate(resolve))) reader.latestRuns(HOME, 100);
    await all;
    assert.equal(reader.latestRuns(HOME, 100).length, 21);
  });
}

function gap(from: number, to: number, count: number): Gap {
  return { check: HOME, location: 'local', from, to, count, recordedAt: START + DAY };
}

/** All ids, page by page of seven; asserts that none comes twice and that starts never rise. */
function pageThrough(reader: StoreReader, filter: Omit<RunFilter, 'limit' | 'before'>): readonly string[] {
  const ids: Run['id'][] = [];
  let startedAt = Number.POSITIVE_INFINITY;
  for (;;) {
    const last = ids.at(-1);
    const page = reader.runs({ ...filter, limit: 7, ...(last === undefined ? {} : { before: last }) });
    for (const run of page) {
      assert.ok(run.startedAt <= startedAt && !ids.includes(run.id));
      startedAt = run.startedAt;
      ids.push(run.id);
    }
    if (page.length < 7) return ids;
  }
}

type HistoryRecord = { readonly minute: number; readonly ending: number };

/** Records of a few hours, one at most in a minute; stretches begin and end anywhere. */
const anyHistory = fc.uniqueArray(
  fc.record({ minute: fc.integer({ min: 0, max: 400 }), ending: fc.integer({ min: 0, max: 6 }) }),
  { selector: ({ minute }) => minute, maxLength: 40 },
);
const anyInstant = fc.integer({ min: -120, max: 920 }).map((halves) => START + (halves * MINUTE) / 2);
const anyStretch = fc.tuple(anyInstant, anyInstant);

function toRecord(check: string, { minute, ending }: HistoryRecord) {
  const dueAt = START + minute * MINUTE;
  const verdict = VERDICTS[ending];
  if (verdict !== undefined) return { dueAt, standing: standingOf(verdict), run: sampleRun({ check, dueAt, verdict }) };
  const reason = SKIPS[ending - VERDICTS.length] ?? 'missed';
  const skip: SkippedSlot = { slot: { check: checkId(check), location: 'local', dueAt }, reason, recordedAt: dueAt };
  return { dueAt, standing: standingOf({ status: 'skipped', reason }), skip };
}
