import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, it } from 'node:test';
import { isUnfit, measureFitness } from '../../core/cpu-fitness.ts';
import { FakeClock } from '../../core/fake-clock.ts';
import { measureCpuFitness } from '../../process/cpu-fitness.ts';
import { openCpuFitness } from './cpu-fitness.ts';

describe('the fitness of the CPU', () => {
  it('is measured once a minute, with its age, however many ask', async () => {
    const clock = new FakeClock(0);
    let looks = 0;
    const fitness = openCpuFitness(clock, async () => {
      looks += 1;
      return 1_000;
    });
    const [first] = await Promise.all([fitness(), fitness(), fitness()]);
    await clock.advance(59_000);
    const later = await fitness();
    assert.deepEqual([first, later, looks], [reading(0), reading(59_000), 1]);
    await clock.advance(1_000);
    assert.deepEqual([await fitness(), looks], [reading(0), 2]);
  });

  it('is far below its own past only when it has one, and then says so', async () => {
    const clock = new FakeClock(0);
    const scores = [1_000, 990, 1_010, 1_005, 995, 780, 900];
    const fitness = openCpuFitness(clock, async () => scores.shift());
    const seen: (boolean | undefined)[] = [];
    for (let look = 0; look < 7; look += 1) {
      seen.push((await fitness())?.isUnfit);
      await clock.advance(60_000);
    }
    assert.deepEqual(seen, [false, false, false, false, false, true, false]);
    assert.equal(isUnfit(1, [1_000, 1_000, 1_000, 1_000]), false, 'four scores are no past');
  });

  it('is not known, and no run is kept waiting, where it cannot be measured', async () => {
    assert.equal(await openCpuFitness(new FakeClock(0), async () => undefined)(), undefined);
  });

  it('is more the more a core does in the same time', () => {
    const score = (msPerReading: number): number => {
      let now = 0;
      const monotonic = (): number => {
        now += msPerReading;
        return now;
      };
      return measureFitness(monotonic, { warmUpMs: 10, measureMs: 100 });
    };
    assert.ok(score(0.01) > score(0.02) * 1.9);
  });

  it('is measured beside the main loop, which goes on', async () => {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const { user: before } = process.threadCpuUsage();
    const score = await measureCpuFitness();
    const { user: after } = process.threadCpuUsage();
    delay.disable();
    assert.ok(score !== undefined && score > 0);
    // A tenth of a second is worked through; of that this thread does next to nothing.
    assert.ok(after - before < 60_000, `${after - before} µs on the main thread`);
  });
});

function reading(ageMs: number): object {
  return { score: 1_000, ageMs, isUnfit: false };
}
