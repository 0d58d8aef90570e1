import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CATCH_UPS, type Check, LANES, OVERLAPS, type Schedule } from '../core/check.ts';
import { FakeClock } from '../core/fake-clock.ts';
import { Lanes } from './lanes.ts';
import { Disk, makeCheck, startProcess } from './scheduler.fixture.ts';
import { slotsBetween } from './slots.ts';

/** Shortly before clocks go forward in Vienna, so that cron schedules meet a gap. */
const START = Date.UTC(2026, 2, 29, 0, 40, 7);

const schedules = fc.oneof(
  fc.record({
    type: fc.constant('interval' as const),
    everyMs: fc.constantFrom(1_000, 10_000, 30_000, 60_000, 600_000),
    offsetMs: fc.nat(999),
  }),
  fc.record({
    type: fc.constant('cron' as const),
    expression: fc.constantFrom('* * * * *', '*/20 * * * * *', '30 2 * * *', '*/5 1-4 * * *'),
    zone: fc.constantFrom('Europe/Vienna', 'UTC'),
  }),
);
const checkSettings = fc.record({
  schedule: schedules,
  overlap: fc.constantFrom(...OVERLAPS),
  catchUp: fc.constantFrom(...CATCH_UPS),
  lane: fc.constantFrom(...LANES),
});
/** What happens to the process, and how long it then goes on. */
const turns = fc.array(
  fc.record({
    event: fc.constantFrom('kill', 'kill', 'stop', 'stall', 'sleep', 'store-fails', 'store-works', 'pause', 'nothing'),
    awayMs: fc.oneof(fc.nat(5_000), fc.nat(200_000)),
    thenMs: fc.oneof(fc.nat(3_000), fc.nat(120_000)),
  }),
  { minLength: 1, maxLength: 8 },
);

type Turn = typeof turns extends fc.Arbitrary<readonly (infer T)[]> ? T : never;

/** A pure, irregular length for each run: mostly short, some far longer than the interval. */
function runMs({ id }: Check, { dueAt }: { readonly dueAt: number }): number {
  const mixed = Math.imul(dueAt ^ id.length, 2_654_435_761) >>> 0;
  return mixed % 5 === 0 ? (mixed >>> 8) % 90_000 : (mixed >>> 8) % 800;
}

async function live(checks: readonly Check[], story: readonly Turn[], world: FakeClock, disk: Disk): Promise<void> {
  const options = { runMs, commitMs: 40 };
  const boot = async () => {
    const process = startProcess(world, disk, checks, {
      ...options,
      lanes: new Lanes({ widths: { light: 3, browser: 1 } }),
    });
    await process.scheduler.start();
    return process;
  };
  let process = await boot();
  await world.advance(1_000);
  for (const { event, awayMs, thenMs } of story) {
    if (event === 'kill' || event === 'stop') {
      const ended = event === 'stop' ? process.scheduler.drain(2_000) : undefined;
      if (ended) await world.advance(15_000);
      await ended;
      process.clock.kill();
      await world.advance(awayMs);
      process = await boot();
    }
    if (event === 'stall') world.stall(awayMs);
    if (event === 'sleep') world.jump(awayMs);
    if (event === 'store-fails' || event === 'store-works') disk.isFailing = event === 'store-fails';
    const [first] = checks;
    if (event === 'pause' && first) process.scheduler.pause({ check: first.id, since: world.now(), by: 'x' });
    await world.advance(thenMs);
  }
  disk.isFailing = false;
  await world.advance(31_000);
  const ended = process.scheduler.drain(100_000);
  await world.advance(120_000);
  assert.equal((await ended).unrecorded, 0);
}

test('every slot due since a check is watched has exactly one record, whatever happens to the process', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(checkSettings, { minLength: 1, maxLength: 5 }), turns, async (settings, story) => {
      const checks = settings.map((some, index) => makeCheck({ ...some, id: `check-${index}`, timeoutMs: 100_000 }));
      const [world, disk] = [new FakeClock(START), new Disk()];
      await live(checks, story, world, disk);
      for (const { id, schedule } of checks) assertWhole(disk, id, schedule);
    }),
    { seed: 20_260_329, numRuns: 60 },
  );
});

/** Records are kept once by the disk itself, which refuses a second; here: none is missing and none is made up. */
function assertWhole(disk: Disk, id: string, schedule: Schedule): void {
  const cursor = disk.cursors.get(id);
  assert.ok(cursor, `${id} has a cursor`);
  const recorded = [...(disk.records.get(id)?.keys() ?? [])].sort((a, b) => a - b);
  // The cursor may lag behind the records, never the other way.
  const until = Math.max(cursor.lowWater, recorded.at(-1) ?? 0);
  const due = slotsBetween(schedule, cursor.watchedSince, until, 1e5);
  assert.deepEqual(recorded, due, id);
  assert.deepEqual(disk.gaps, []);
}
