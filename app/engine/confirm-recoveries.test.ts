import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Check } from '../../core/check.ts';
import { FakeClock } from '../../core/fake-clock.ts';
import { runId } from '../../core/identifiers.ts';
import { SILENT_LOG } from '../../core/log.ts';
import type { Plan } from '../../core/plan.ts';
import type { Run, Trigger, Verdict } from '../../core/run.ts';
import type { Pause } from '../../core/store.ts';
import { Lanes } from '../../scheduler/lanes.ts';
import { confirmRecoveries, type RecoveryParts } from './confirm-recoveries.ts';
import { keepIncidents } from './incident-keeper.ts';
import { makeCheck } from './testing/kinds.ts';
import { countingEntropy, FAILED, makePlan, makeRun, PASSED, UNMEASURED } from './testing/runs.ts';

const minute = 60_000;
const rule = { failures: 1, of: 1, recoveries: 3, onDegraded: false };
const RARE = makeCheck({
  confirm: true,
  schedule: { type: 'interval', everyMs: 15 * minute, offsetMs: 0 },
  incident: rule,
});

/** A monitor of one check whose slots a test makes by hand; `next` are the verdicts of the confirmations, in order. */
function monitor(check: Check = RARE, resumed: Parameters<typeof keepIncidents>[0] = []) {
  const clock = new FakeClock();
  const incidents = keepIncidents(resumed, countingEntropy());
  const lanes = new Lanes({ widths: { light: 1, browser: 1 } });
  const state = {
    plan: makePlan([check]),
    pauses: [] as readonly Pause[],
    active: 0,
    clockDoubt: undefined as string | undefined,
    next: [] as Verdict[],
    hold: undefined as Promise<void> | undefined,
    inMs: 15 * minute,
  };
  const confirmations: string[] = [];
  const changes: string[] = [];
  let made = 0;
  const runOf = (verdict: Verdict, trigger: Trigger): Run => {
    made += 1;
    const { slot: _, ...run } = makeRun(made, verdict, check);
    const now = clock.now();
    return { ...run, id: runId(now, made.toString(16).padStart(8, '0')), trigger, startedAt: now, finishedAt: now };
  };
  const record = async (run: Run): Promise<void> => {
    const part = incidents.step(run, check, state.plan);
    changes.push(...part.changes.map(({ change }) => change));
    await recoveries.reporter.onRun?.(run, check);
  };
  const parts: RecoveryParts = {
    plan: { now: (): Plan => state.plan, isWatched: (id) => state.plan.checks.some((one) => one.id === id) },
    incidents,
    pauses: { all: () => state.pauses },
    scheduler: {
      get clockDoubt() {
        return state.clockDoubt;
      },
      stats: () => ({
        checks: [{ check: check.id, nextDue: clock.now() + state.inMs, active: state.active, lowWater: 0 }],
      }),
    },
    lanes,
    async confirm(_check, cancel) {
      confirmations.push(`${(clock.now() - start) / minute} min`);
      await state.hold;
      return runOf(cancel.aborted ? UNMEASURED : (state.next.shift() ?? PASSED), 'confirmation');
    },
    record,
    clock,
    log: SILENT_LOG,
    afterMs: minute,
  };
  const start = clock.now();
  const recoveries = confirmRecoveries(parts);
  return {
    clock,
    lanes,
    state,
    incidents,
    confirmations,
    changes,
    recoveries,
    run: (verdict: Verdict, trigger: Trigger = 'slot') => record(runOf(verdict, trigger)),
  };
}

describe('a recovery', () => {
  it('is confirmed a minute after each pass until the incident closes', async () => {
    const { clock, confirmations, changes, run } = monitor();
    await run(FAILED);
    await run(PASSED);
    await clock.advance(14 * minute);
    assert.deepEqual(confirmations, ['1 min', '2 min']);
    assert.deepEqual(changes, ['opened', 'recovered']);
    assert.equal(clock.pending, 0);
  });
  for (const [what, verdict] of [
    ['fails', FAILED],
    ['cannot measure', UNMEASURED],
  ] as const) {
    it(`is not confirmed further when a confirmation ${what}, until a slot passes`, async () => {
      const { clock, state, confirmations, changes, run } = monitor();
      state.next = [verdict];
      await run(FAILED);
      await run(PASSED);
      await clock.advance(14 * minute);
      assert.deepEqual(confirmations, ['1 min']);
      assert.equal(clock.pending, 0);
      await run(PASSED);
      await clock.advance(14 * minute);
      assert.equal(changes.at(-1), 'recovered');
    });
  }
  it('is not touched by runs on demand', async () => {
    const { clock, confirmations, run } = monitor();
    await run(FAILED);
    await run(PASSED, 'manual');
    assert.equal(clock.pending, 0);
    await run(PASSED);
    await run(FAILED, 'manual');
    await clock.advance(minute);
    assert.deepEqual(confirmations, ['1 min']);
  });
  it('starts anew with a slot that comes first, and ends with one that does not pass', async () => {
    const { clock, confirmations, run } = monitor();
    await run(FAILED);
    await run(PASSED);
    await clock.advance(minute / 2);
    await run(PASSED);
    assert.equal(clock.pending, 1);
    await clock.advance(minute);
    assert.deepEqual(confirmations, ['1.5 min']);
    await run(FAILED);
    await run(PASSED);
    await run(UNMEASURED);
    assert.equal(clock.pending, 0);
  });
  it('is left to the next slot when that is near', async () => {
    const { clock, state, run } = monitor();
    state.inMs = minute;
    await run(FAILED);
    await run(PASSED);
    assert.equal(clock.pending, 0);
  });
  it('is not confirmed while the check is paused, in maintenance, gone, by a clock that is not believed, or beside its own slot', async () => {
    const window = { type: 'once', from: 0, to: Number.MAX_SAFE_INTEGER, reason: 'move' } as const;
    const spoil: readonly ((state: ReturnType<typeof monitor>['state']) => void)[] = [
      (state) => {
        state.pauses = [{ check: RARE.id, since: 0, by: 'ann' }];
      },
      (state) => {
        state.plan = makePlan([{ ...RARE, maintenance: [window] }]);
      },
      (state) => {
        state.plan = makePlan([]);
      },
      (state) => {
        state.clockDoubt = 'it is 1970';
      },
      (state) => {
        state.active = 1;
      },
    ];
    for (const one of spoil) {
      const { clock, state, confirmations, run } = monitor();
      await run(FAILED);
      await run(PASSED);
      one(state);
      await clock.advance(5 * minute);
      assert.deepEqual([confirmations, clock.pending], [[], 0]);
    }
  });
  it('waits for room in its lane, and leaves it to a slot that passes meanwhile', async () => {
    const { clock, lanes, confirmations, run } = monitor();
    const busy = await lanes.enter({ lane: 'light', what: 'another', dueAt: 0, signal: new AbortController().signal });
    await run(FAILED);
    await run(PASSED);
    await clock.advance(2 * minute);
    assert.deepEqual([confirmations, lanes.counts().light.waiting], [[], 1]);
    await run(PASSED);
    assert.equal(lanes.counts().light.waiting, 0);
    if (busy.entered) busy.release();
    await clock.advance(minute);
    assert.deepEqual(confirmations, ['3 min']);
    assert.deepEqual(lanes.counts().light, { running: 0, waiting: 0 });
  });
  it('is not confirmed twice at once', async () => {
    const { clock, state, confirmations, changes, run } = monitor({ ...RARE, incident: { ...rule, recoveries: 5 } });
    const held = Promise.withResolvers<void>();
    state.hold = held.promise;
    await run(FAILED);
    await run(PASSED);
    await clock.advance(minute);
    await run(PASSED);
    await clock.advance(5 * minute);
    assert.deepEqual(confirmations, ['1 min']);
    held.resolve();
    await clock.advance(5 * minute);
    assert.deepEqual(confirmations, ['1 min', '7 min', '8 min']);
    assert.deepEqual(changes, ['opened', 'recovered']);
  });
  it('is confirmed after a restart, too', async () => {
    const before = monitor();
    await before.run(FAILED);
    await before.run(PASSED);
    const { clock, recoveries, confirmations, changes } = monitor(RARE, before.incidents.states());
    recoveries.resume();
    await clock.advance(5 * minute);
    assert.deepEqual(confirmations, ['1 min', '2 min']);
    assert.deepEqual(changes, ['recovered']);
  });
  it('is given up at a stop: what waits is dropped, what runs is told to end and recorded', async () => {
    const waits = monitor();
    await waits.run(FAILED);
    await waits.run(PASSED);
    await waits.recoveries.stop();
    await waits.run(PASSED);
    assert.deepEqual([waits.clock.pending, waits.confirmations], [0, []]);

    const runs = monitor();
    const held = Promise.withResolvers<void>();
    runs.state.hold = held.promise;
    await runs.run(FAILED);
    await runs.run(PASSED);
    await runs.clock.advance(minute);
    const stopped = runs.recoveries.stop();
    held.resolve();
    await stopped;
    assert.deepEqual([runs.clock.pending, runs.lanes.counts().light.running], [0, 0]);
    assert.equal(runs.incidents.stateOf(RARE, 'local', 'target').passes, 1);
  });
});
