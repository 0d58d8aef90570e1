import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FakeClock } from '../core/fake-clock.ts';
import { Disk, makeCheck, NOON, startProcess } from './scheduler.fixture.ts';

const turns = fc.array(
  fc.record({
    jumpMs: fc.integer({ min: -1_800_000, max: 1_800_000 }),
    isRestart: fc.boolean(),
    thenMs: fc.oneof(fc.nat(30_000), fc.nat(900_000)),
  }),
  { minLength: 1, maxLength: 6 },
);

test('whoever sets the clock however often: no slot is recorded twice and no check falls silent', async () => {
  await fc.assert(
    fc.asyncProperty(turns, async (story) => {
      const [world, disk] = [new FakeClock(NOON), new Disk()];
      const checks = [makeCheck({ id: 'quick' }), makeCheck({ id: 'cron', schedule: CRON })];
      const startedAt: number[] = [];
      const boot = async () => {
        const process = startProcess(world, disk, checks, {
          runMs: (check) => {
            if (check.id === 'quick') startedAt.push(world.monotonic());
            return 100;
          },
        });
        await process.scheduler.start();
        return process;
      };
      let process = await boot();
      await world.advance(60_000);
      for (const { jumpMs, isRestart, thenMs } of story) {
        if (isRestart) process.clock.kill();
        world.jump(jumpMs);
        if (isRestart) process = await boot();
        await world.advance(thenMs);
        assert.deepEqual(process.scheduler.stats().records, { waiting: 0, folded: 0, isStoreFailing: false });
      }
      const silences = startedAt.map((at, index) => (startedAt[index + 1] ?? world.monotonic()) - at);
      assert.ok(Math.max(...silences) <= LONGEST_SILENCE_MS, `${Math.max(...silences)} ms of silence`);
    }),
    { seed: 18, numRuns: 40 },
  );
});

const CRON = { type: 'cron', expression: '*/5 * * * *', zone: 'Europe/Vienna' } as const;
/** Two periods, and what a small step back (which is waited out) and a restart add. */
const LONGEST_SILENCE_MS = 40_000;
