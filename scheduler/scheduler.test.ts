import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../core/fake-clock.ts';
import { checkId } from '../core/identifiers.ts';
import { Lanes } from './lanes.ts';
import { RETIRED } from './ledger.ts';
import { Disk, EVERY_10S, makeCheck, NOON, startProcess } from './scheduler.fixture.ts';

const HOUR = 3_600_000;

test('a new check is watched from now on, and each due slot gets its run', async () => {
  const [world, disk] = [new FakeClock(NOON + 3_000), new Disk()];
  const { scheduler, started } = startProcess(world, disk, [makeCheck()]);
  await scheduler.start();
  await world.advance(28_000);
  assert.deepEqual(disk.lines(), ['12:00:10 passed', '12:00:20 passed', '12:00:30 passed']);
  assert.deepEqual(disk.cursors.get('c'), {
    check: 'c',
    location: 'local',
    watchedSince: NOON + 3_000,
    lowWater: NOON + 30_000,
  });
  assert.ok(started.every(({ latenessMs }) => latenessMs < 55));
});

test('the cursor of a new check is durable before its first slot', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  const { scheduler } = startProcess(world, disk, [makeCheck()]);
  await scheduler.start();
  await world.advance(1);
  assert.equal(disk.cursors.get('c')?.lowWater, NOON);
});

test('a run longer than its interval: skip', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  const { scheduler } = startProcess(world, disk, [makeCheck()], { runMs: () => 25_000 });
  await scheduler.start();
  await world.advance(41_000);
  assert.deepEqual(disk.lines(), ['12:00:10 passed', '12:00:20 overlap', '12:00:30 overlap']);
  assert.equal(scheduler.stats().skipped.overlap, 2);
});

test('a run longer than its interval: queue one, the newest', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  const { scheduler, started } = startProcess(world, disk, [makeCheck({ overlap: 'queue-one' })], {
    runMs: () => 25_000,
  });
  await scheduler.start();
  await world.advance(60_500);
  assert.deepEqual(disk.lines(), ['12:00:10 passed', '12:00:20 overlap', '12:00:30 passed', '12:00:40 overlap']);
  assert.deepEqual(
    started.map(({ latenessMs }) => Math.round(latenessMs / 1_000)),
    [0, 5, 10],
  );
});

test('a run longer than its interval: cancel the previous', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  const { scheduler } = startProcess(world, disk, [makeCheck({ overlap: 'cancel-previous' })], { runMs: () => 25_000 });
  await scheduler.start();
  await world.advance(31_000);
  assert.deepEqual(disk.lines(), ['12:00:10 cancelled', '12:00:20 cancelled']);
  assert.equal(scheduler.stats().lanes.light.running, 1);
});

test('a run longer than its interval: allow', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  const { scheduler } = startProcess(world, disk, [makeCheck({ overlap: 'allow' })], { runMs: () => 25_000 });
  await scheduler.start();
  await world.advance(31_000);
  assert.equal(scheduler.stats().lanes.light.running, 3);
});

test('a later slot that ends first does not take the cursor past an earlier one', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  const runMs = (_: unknown, { dueAt }: { readonly dueAt: number }): number =>
    dueAt === NOON + 10_000 ? 15_000 : 1_000;
  const { scheduler } = startProcess(world, disk, [makeCheck({ overlap: 'allow' })], { runMs });
  await scheduler.start();
  await world.advance(22_000);
  assert.deepEqual(disk.lines(), ['12:00:20 passed']);
  assert.equal(disk.cursors.get('c')?.lowWater, NOON + 9_999);
  await world.advance(5_000);
  assert.equal(disk.cursors.get('c')?.lowWater, NOON + 20_000);
});

test('after a kill the slots in between are missed, those with a record stay as they are', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  const runMs = (_: unknown, { dueAt }: { readonly dueAt: number }): number =>
    dueAt === NOON + 10_000 ? 60_000 : 1_000;
  const first = startProcess(world, disk, [makeCheck({ overlap: 'allow' })], { runMs });
  await first.scheduler.start();
  await world.advance(22_000);
  first.clock.kill();
  await world.advance(25_000);
  const second = startProcess(world, disk, [makeCheck()]);
  await second.scheduler.start();
  await world.advance(5_000);
  assert.deepEqual(disk.lines(), [
    '12:00:10 missed',
    '12:00:20 passed',
    '12:00:30 missed',
    '12:00:40 missed',
    '12:00:50 passed',
  ]);
});

test('after a stop of three hours the gap shows, folded where it would be too long, and one run catches up', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  const checks = Array.from({ length: 100 }, (_, index) => makeCheck({ id: `c${index}`, catchUp: 'once' }));
  const first = startProcess(world, disk, checks);
  await first.scheduler.start();
  await world.advance(11_000);
  first.clock.kill();
  await world.advance(3 * HOUR - 3_000);
  const second = startProcess(world, disk, checks);
  await second.scheduler.start();
  await world.advance(1_000);
  const ends = disk.lines('c7');
  assert.equal(disk.gaps.filter((gap) => gap.check === 'c7').length, 1);
  assert.equal(disk.gaps.find((gap) => gap.check === 'c7')?.count, 1_079 - 500);
  assert.deepEqual([ends.length, ends.at(-2), ends.at(-1)], [501, '14:59:50 missed', '15:00:00 passed']);
  assert.equal(disk.cursors.get('c7')?.lowWater, NOON + 3 * HOUR);
  assert.equal(second.scheduler.stats().skipped.missed, 100 * 1_078);
});

test('stopped for 90 s by a signal: what was missed is recorded, nothing bursts, no run is called overdue', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  const { scheduler, started } = startProcess(world, disk, [makeCheck()], { runMs: () => 3_000 });
  await scheduler.start();
  await world.advance(10_500);
  world.stall(90_000);
  await world.advance(3_000);
  assert.equal(scheduler.stats().overdue, 0);
  assert.ok(started.length <= 2);
  assert.deepEqual(disk.lines().slice(0, 3), ['12:00:10 passed', '12:00:20 missed', '12:00:30 missed']);
  await world.advance(10_000);
  assert.equal(disk.lines().at(-1), '12:01:50 passed');
});

test('a clock set forward by an hour: missed and one run to catch up', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  const { scheduler, started, events } = startProcess(world, disk, [makeCheck({ catchUp: 'once' })]);
  await scheduler.start();
  await world.advance(11_000);
  world.jump(HOUR - 4_000);
  await world.advance(1_500);
  assert.equal(started.length, 2);
  assert.equal(disk.lines().length, 360);
  assert.deepEqual(
    events.filter((event) => event.type === 'clock').map(({ verdict }) => verdict.kind),
    ['forward'],
  );
});

test('a clock set back by an hour: no slot twice, no silence, and it is told', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  const { scheduler, started, events } = startProcess(world, disk, [makeCheck()]);
  await scheduler.start();
  await world.advance(61_000);
  world.jump(-HOUR);
  await world.advance(HOUR + 30_000);
  assert.equal(started.length, 6 + 361 + 2);
  assert.equal(new Set(started.map(({ slot }) => slot.dueAt)).size, started.length);
  assert.equal(disk.lines().length, started.length);
  assert.equal(scheduler.stats().records.isStoreFailing, false);
  assert.deepEqual(
    events.filter((event) => event.type === 'clock').map(({ verdict }) => verdict.kind),
    ['backward'],
  );
  assert.equal(disk.cursors.get('c')?.lowWater, NOON + 90_000);
  assert.deepEqual(
    disk.lowWaters,
    disk.lowWaters.toSorted((a, b) => a - b),
    'the cursor never goes back',
  );
});

test('runs during which the clock was set, and those in repeated time, are tainted', async () => {
  const world = new FakeClock(NOON);
  const taints: string[] = [];
  const { scheduler } = startProcess(world, new Disk(), [makeCheck()], {
    runMs: () => 5_000,
    onRun: async (run) => void taints.push(run.taints.join()),
  });
  await scheduler.start();
  await world.advance(21_000);
  world.jump(60_000);
  await world.advance(20_000);
  world.jump(-120_000);
  await world.advance(16_000);
  assert.deepEqual(taints, ['', 'clock-jump', '', 'clock-jump', 'clock-jump']);
});

test('runs in repeated time do not take the cursor back', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  const { scheduler } = startProcess(world, disk, [makeCheck({ overlap: 'allow' })], { runMs: () => 25_000 });
  await scheduler.start();
  await world.advance(100_000);
  world.jump(-60_000);
  const before = disk.lowWaters.length;
  await world.advance(55_000);
  const later = disk.lowWaters.slice(before);
  assert.ok(later.length > 4 && Math.min(...later) >= NOON + 70_000, later.map((at) => at - NOON).join(' '));
});

test('a clock set back does not repeat what is done once an hour and has just been done', async () => {
  const [world, disk] = [new FakeClock(NOON - HOUR - 5_000), new Disk()];
  const schedule = { type: 'cron', expression: '0 * * * *', zone: 'UTC' } as const;
  const { scheduler, started } = startProcess(world, disk, [makeCheck({ schedule })]);
  await scheduler.start();
  await world.advance(HOUR + 60_000);
  world.jump(-1_800_000);
  await world.advance(2 * HOUR);
  assert.deepEqual(
    started.map(({ slot }) => slot.dueAt),
    [NOON - HOUR, NOON, NOON + HOUR],
  );
});

test('a clock set back, then a restart, then back again: still no slot twice', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  const first = startProcess(world, disk, [makeCheck()]);
  await first.scheduler.start();
  await world.advance(600_000);
  world.jump(-300_000);
  await world.advance(100_000);
  first.clock.kill();
  world.jump(-100_000);
  const second = startProcess(world, disk, [makeCheck()]);
  await second.scheduler.start();
  await world.advance(400_000);
  const before = disk.lines().length;
  assert.equal(second.started.length, 40);
  assert.equal(second.scheduler.stats().records.folded, 0);
  world.jump(-200_000);
  await world.advance(100_000);
  assert.equal(disk.lines().length - before, 10);
});

test('a clock at 1970 or 3010: nothing is planned, it is told, and all goes on when it is right', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  const { scheduler, started, events } = startProcess(world, disk, [makeCheck()]);
  await scheduler.start();
  await world.advance(11_000);
  for (const wrong of [-NOON, Date.UTC(3010, 0, 1) - NOON]) {
    const before = started.length;
    world.jump(wrong);
    await world.advance(30_000);
    assert.match(scheduler.clockDoubt ?? '', /clock/);
    assert.equal(started.length, before);
    world.jump(-wrong);
    await world.advance(2_000);
  }
  await world.advance(10_000);
  assert.equal(scheduler.clockDoubt, undefined);
  assert.deepEqual(disk.lines().slice(0, 3), ['12:00:10 passed', '12:00:20 missed', '12:00:30 missed']);
  assert.ok(disk.lines().at(-1)?.endsWith('passed'));
  assert.deepEqual(
    events.filter((event) => event.type === 'clock').map(({ verdict }) => verdict.kind),
    ['insane', 'steady', 'insane', 'steady'],
  );
});

test('a process that starts with a wrong clock waits for the right one', async () => {
  const [world, disk] = [new FakeClock(0), new Disk()];
  const { scheduler } = startProcess(world, disk, [makeCheck()]);
  await scheduler.start();
  await world.advance(60_000);
  assert.equal(disk.cursors.size, 0);
  world.jump(NOON);
  await world.advance(21_000);
  assert.deepEqual(disk.lines(), ['12:01:10 passed', '12:01:20 passed']);
});

test('pause and resume take effect between slots and excluded slots are recorded', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  const { scheduler } = startProcess(world, disk, [makeCheck()]);
  await scheduler.start();
  await world.advance(11_000);
  scheduler.pause({ check: checkId('c'), since: NOON + 11_000, by: 'me' });
  await world.advance(20_000);
  scheduler.resume(checkId('c'));
  await world.advance(10_000);
  assert.deepEqual(disk.lines(), ['12:00:10 passed', '12:00:20 paused', '12:00:30 paused', '12:00:40 passed']);
});

test('a pause given while the past is still being read holds, and one of a check that comes later', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  const { scheduler } = startProcess(world, disk, [makeCheck()]);
  const start = scheduler.start();
  for (const id of ['c', 'later']) scheduler.pause({ check: checkId(id), since: NOON, by: 'me' });
  await start;
  scheduler.reload([makeCheck(), makeCheck({ id: 'later' })]);
  await world.advance(11_000);
  assert.deepEqual([disk.lines('c'), disk.lines('later')], [['12:00:10 paused'], ['12:00:10 paused']]);
});

test('a pause from before a restart holds, and ends at its time', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  disk.pauses = [{ check: checkId('c'), since: NOON, until: NOON + 25_000, by: 'me' }];
  const { scheduler } = startProcess(world, disk, [makeCheck()]);
  await scheduler.start();
  await world.advance(31_000);
  assert.deepEqual(disk.lines(), ['12:00:10 paused', '12:00:20 paused', '12:00:30 passed']);
});

test('a reload keeps the place of what is the same, and reports the rest', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  const [same, slower, gone] = ['same', 'slower', 'gone'].map((id) => makeCheck({ id }));
  assert.ok(same && slower && gone);
  const { scheduler } = startProcess(world, disk, [same, slower, gone], { runMs: () => 4_000 });
  await scheduler.start();
  await world.advance(12_000);
  const everyMinute = { ...slower, schedule: { type: 'interval', everyMs: 60_000, offsetMs: 0 } } as const;
  const report = scheduler.reload([same, everyMinute, makeCheck({ id: 'new' })]);
  assert.deepEqual(report, { added: ['new'], removed: ['gone'], rescheduled: ['slower'] });
  await world.advance(53_000);
  assert.deepEqual(disk.lines('gone'), ['12:00:10 passed'], 'what was running has finished');
  assert.deepEqual(disk.lines('slower'), ['12:00:10 passed', '12:01:00 passed']);
  assert.equal(disk.lines('same').length, 6);
  assert.equal(disk.lines('new').length, 5);
  assert.equal(disk.cursors.get('gone')?.lowWater, RETIRED);
});

test('a check that comes back is watched anew, in one process and over a restart', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  const both = [makeCheck({ id: 'a' }), makeCheck({ id: 'b' })];
  const first = startProcess(world, disk, both);
  await first.scheduler.start();
  await world.advance(11_000);
  first.scheduler.reload(both.slice(0, 1));
  await world.advance(20_000);
  assert.equal(disk.cursors.get('b')?.lowWater, RETIRED);
  first.scheduler.reload(both);
  await world.advance(1);
  assert.equal(disk.cursors.get('b')?.lowWater, NOON + 31_000);
  await world.advance(10_000);
  assert.deepEqual(disk.lines('b'), ['12:00:10 passed', '12:00:40 passed']);
  first.clock.kill();
  const second = startProcess(world, disk, both.slice(0, 1));
  await second.scheduler.start();
  await world.advance(20_000);
  assert.equal(disk.cursors.get('b')?.lowWater, RETIRED);
  second.clock.kill();
  const third = startProcess(world, disk, both);
  await third.scheduler.start();
  await world.advance(10_000);
  assert.deepEqual(disk.lines('b'), ['12:00:10 passed', '12:00:40 passed', '12:01:10 passed']);
});

test('what waits when its check is removed is cancelled', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  const [first, second] = [
    makeCheck({ id: 'first', lane: 'exclusive' }),
    makeCheck({ id: 'second', lane: 'exclusive' }),
  ];
  const { scheduler } = startProcess(world, disk, [first, second], { runMs: () => 5_000 });
  await scheduler.start();
  await world.advance(11_000);
  scheduler.reload([first]);
  await world.advance(100);
  assert.deepEqual(disk.lines('second'), ['12:00:10 cancelled']);
});

test('a clean stop: waiting slots are skipped, runs may end, the rest is stopped and recorded', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  const checks = [
    makeCheck({ id: 'quick' }),
    makeCheck({ id: 'slow' }),
    makeCheck({ id: 'busy', lane: 'exclusive' }),
    makeCheck({ id: 'waits', lane: 'exclusive' }),
  ];
  const runMs = ({ id }: { readonly id: string }): number => (id === 'quick' ? 3_000 : 60_000);
  const { scheduler } = startProcess(world, disk, checks, { runMs });
  await scheduler.start();
  await world.advance(11_000);
  const drained = scheduler.drain(5_000);
  await world.advance(6_000);
  assert.deepEqual(await drained, { stopped: 2, abandoned: 0, unrecorded: 0 });
  const ends = ['quick', 'slow', 'busy', 'waits'].map((id) =>
    disk
      .lines(id)
      .map((line) => line.slice(9))
      .join(),
  );
  assert.deepEqual(ends, ['passed', 'shutdown', 'shutdown', 'shutdown']);
  assert.equal(world.pending, 2, 'only the two runs of the test that were stopped');
});

test('a run that does not even stop for the shutdown is recorded without it', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  const { scheduler } = startProcess(world, disk, [makeCheck()], { execute: () => new Promise(() => {}) });
  await scheduler.start();
  await world.advance(11_000);
  const drained = scheduler.drain(1_000);
  await world.advance(20_000);
  assert.deepEqual(await drained, { stopped: 1, abandoned: 1, unrecorded: 0 });
  assert.deepEqual(disk.lines(), ['12:00:10 shutdown']);
});

test('a run that never ends is reported, its lane is free again and its slot has a record', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  const lanes = new Lanes({ widths: { light: 1, browser: 1 } });
  const check = makeCheck({ retry: { count: 2, backoffMs: 1_000, backoffFactor: 2 }, confirm: true });
  const { scheduler, events } = startProcess(world, disk, [check], { lanes, execute: () => new Promise(() => {}) });
  await scheduler.start();
  await world.advance(10_000 + 4 * 5_000 + 3_000 + 29_000);
  assert.equal(scheduler.stats().overdue, 0);
  await world.advance(2_000);
  assert.equal(scheduler.stats().overdue, 1);
  assert.equal(lanes.counts().light.running, 0);
  assert.equal(disk.lines()[0], '12:00:10 internal');
  assert.ok(events.some((event) => event.type === 'overdue' && event.afterMs === 53_000));
});

test('an execution that throws is an inconclusive run, and a listener that throws is no matter', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  const { scheduler } = startProcess(world, disk, [makeCheck()], {
    execute: () => Promise.reject(new Error('a defect')),
    onEvent: () => {
      throw new Error('another');
    },
  });
  await scheduler.start();
  await world.advance(21_000);
  assert.deepEqual(disk.lines(), ['12:00:10 internal', '12:00:20 internal']);
});

test('a reload or a stop while the past is still being read is not lost', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  disk.commit([], [], [{ check: checkId('old'), location: 'local', watchedSince: NOON - 1, lowWater: NOON - 1 }]);
  const answers: (() => void)[] = [];
  const recordedSlots = (): Promise<readonly number[]> => new Promise((resolve) => answers.push(() => resolve([])));
  const reloaded = startProcess(world, disk, [makeCheck({ id: 'old' })], { recordedSlots });
  const start = reloaded.scheduler.start();
  reloaded.scheduler.reload([makeCheck({ id: 'new' })]);
  answers[0]?.();
  await start;
  await world.advance(11_000);
  assert.deepEqual([disk.lines('old'), disk.lines('new')], [[], ['12:00:10 passed']]);
  reloaded.clock.kill();
  disk.commit([], [], [{ check: checkId('old'), location: 'local', watchedSince: NOON - 1, lowWater: NOON - 1 }]);
  const stopped = startProcess(world, disk, [makeCheck({ id: 'old' })], { recordedSlots });
  const second = stopped.scheduler.start();
  const drained = stopped.scheduler.drain(0);
  answers[1]?.();
  await second;
  await drained;
  await world.advance(60_000);
  assert.deepEqual(stopped.started, []);
});

test('the cursor does not pass slots whose skip or gap is still on its way', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  const onSkipped = (): Promise<void> => new Promise(() => {});
  const first = startProcess(world, disk, [makeCheck()], { runMs: () => 15_000, onSkipped });
  await first.scheduler.start();
  await world.advance(26_000);
  assert.deepEqual(disk.lowWaters, [NOON + 19_999]);
  first.clock.kill();
  for (const awayMs of [60_000, 24 * HOUR]) {
    await world.advance(awayMs);
    const again = startProcess(world, disk, [makeCheck()], { onSkipped });
    await again.scheduler.start();
    await world.advance(11_000);
    again.clock.kill();
  }
  assert.deepEqual(disk.lines().length, 3);
  assert.deepEqual(disk.lowWaters.slice(1), [NOON + 19_999, NOON + 19_999]);
});

test('a store that fails stops nothing, and has everything when it is back', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  const { scheduler, started } = startProcess(world, disk, [makeCheck({ id: 'a' }), makeCheck({ id: 'b' })]);
  await scheduler.start();
  await world.advance(11_000);
  disk.isFailing = true;
  await world.advance(100_000);
  assert.equal(started.length, 22);
  assert.equal(scheduler.stats().records.waiting, 20);
  assert.equal(disk.cursors.get('a')?.lowWater, NOON + 10_000);
  disk.isFailing = false;
  await world.advance(31_000);
  assert.deepEqual(scheduler.stats().records, { waiting: 0, folded: 0, isStoreFailing: false });
  assert.equal(disk.lines('a').length, 14);
  assert.equal(disk.cursors.get('a')?.lowWater, NOON + 140_000);
});

test('only so much is kept for a store that fails; the rest becomes a gap', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  const { scheduler } = startProcess(world, disk, [makeCheck()], { maxWaitingRows: 50 });
  await scheduler.start();
  await world.advance(11_000);
  disk.isFailing = true;
  await world.advance(100_000);
  assert.equal(scheduler.stats().records.folded, 5);
  disk.isFailing = false;
  await world.advance(31_000);
  assert.deepEqual(
    disk.gaps.map(({ from, to, count }) => [from - NOON, to - NOON, count]),
    [[20_000, 60_000, 5]],
  );
  assert.equal(disk.lines().length, 9);
  assert.equal(disk.cursors.get('c')?.lowWater, NOON + 140_000);
});

test('an outer clock runs what is due and the process ends', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  const checks = [makeCheck({ catchUp: 'once' }), makeCheck({ id: 'd', schedule: { type: 'manual' } })];
  const first = startProcess(world, disk, checks).scheduler.runDue();
  await world.advance(1_000);
  assert.deepEqual(await first, { stopped: 0, abandoned: 0, unrecorded: 0 });
  assert.equal(world.pending, 0);
  await world.advance(60_000);
  const second = startProcess(world, disk, checks).scheduler.runDue();
  await world.advance(1_000);
  await second;
  assert.equal(disk.lines().length, 6);
  assert.equal(disk.lines().at(-1), '12:01:00 passed');
});

test('checks that are due together start in the order they were due, and stats say where all stand', async () => {
  const [world, disk] = [new FakeClock(NOON), new Disk()];
  const checks = [5, 3, 9].map((at) =>
    makeCheck({ id: `at${at}`, schedule: { ...EVERY_10S, type: 'interval', everyMs: 10_000, offsetMs: at } }),
  );
  const { scheduler, started } = startProcess(world, disk, checks);
  await scheduler.start();
  await world.advance(20_000);
  assert.deepEqual(
    started.slice(0, 3).map(({ slot }) => slot.check),
    ['at3', 'at5', 'at9'],
  );
  const { expected, finished, checks: views } = scheduler.stats();
  assert.deepEqual([expected, finished], [started.length, started.length]);
  assert.deepEqual(
    views.map(({ nextDue }) => nextDue),
    [5, 3, 9].map((at) => NOON + 20_000 + at),
  );
});
