import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock } from '../core/fake-clock.ts';
import {
  type GeneratorState,
  generatorMeasures,
  judgeGenerator,
  parseCpu,
  parseMemory,
  watchGenerator,
} from './generator.ts';

const MEMINFO = 'MemTotal:       1000 kB\nMemFree:         100 kB\nMemAvailable:    400 kB\n';
const stat = (busy: number, idle: number, steal = 0): string =>
  `cpu  ${busy} 0 0 ${idle} 0 0 0 ${steal} 7 7\ncpu0 1 1 1 1\n`;

const starved: GeneratorState = { cpuBusy: 0.99, cpuSteal: 0, starved: 1, samples: 10, memoryAvailable: 0.5 };
const calm: GeneratorState = { ...starved, cpuBusy: 0.3, starved: 0 };

/** A machine that is busy for `busy` of each second, for as long as the clock runs. */
async function watch(busyShares: readonly number[]): Promise<GeneratorState | undefined> {
  const clock = new FakeClock();
  const read = (path: string): Promise<string> => {
    if (path !== '/proc/stat') return Promise.resolve(MEMINFO);
    const seconds = Math.floor(clock.monotonic() / 1_000);
    const busy = busyShares.slice(0, seconds).reduce((sum, share) => sum + share, 0);
    return Promise.resolve(stat(busy * 100, (seconds - busy) * 100));
  };
  const stop = watchGenerator(clock, read);
  await clock.advance(busyShares.length * 1_000);
  const state = await stop();
  assert.equal(clock.pending, 0);
  return state;
}

describe('the watch over the generator', () => {
  it('gives the mean, and how long there was no CPU to spare', async () => {
    const state = await watch([1, 1, 1, 0.5, 0]);
    assert.equal(state?.cpuBusy.toFixed(3), '0.700');
    assert.equal(state?.starved.toFixed(3), '0.600');
    assert.equal(state?.memoryAvailable, 0.4);
  });

  it('knows nothing where the system tells nothing, and then asks no more', async () => {
    const clock = new FakeClock();
    const stop = watchGenerator(clock, () => Promise.reject(new Error('ENOENT')));
    await clock.advance(5_000);
    assert.equal(clock.pending, 0);
    assert.equal(await stop(), undefined);
    assert.deepEqual(judgeGenerator(undefined, { completed: 1, dropped: 99 }), { taints: [] });
  });

  it('reads what Linux writes, and no garbage', () => {
    assert.deepEqual(parseCpu('cpu  10 1 4 80 5 1 1 8 3 0\n'), { idle: 85, steal: 8, total: 110 });
    assert.equal(parseCpu('cpu  10 1 4 80 5\n')?.steal, 0);
    for (const text of ['', 'cpu', 'cpu  x y z', 'cpu0 1 2 3 4 5']) assert.equal(parseCpu(text), undefined, text);
    for (const text of ['', 'MemTotal: 0 kB\nMemAvailable: 0 kB', 'MemTotal: 5 kB'])
      assert.equal(parseMemory(text), undefined, text);
  });
});

describe('the judgement of the generator', () => {
  it('blames the host only when it was starved and dropped iterations', () => {
    assert.equal(judgeGenerator(starved, { completed: 90, dropped: 10 }).fault?.code, 'host-overloaded');
    assert.equal(judgeGenerator(starved, { completed: 90, dropped: 0 }).fault, undefined);
    assert.equal(judgeGenerator(starved, { completed: 9_999, dropped: 1 }).fault, undefined);
    assert.equal(judgeGenerator(calm, { completed: 1, dropped: 99 }).fault, undefined);
    assert.equal(judgeGenerator({ ...starved, starved: 0.7 }, { completed: 1, dropped: 99 }).fault, undefined);
    assert.equal(judgeGenerator({ ...starved, samples: 3 }, { completed: 1, dropped: 99 }).fault, undefined);
  });

  it('marks what makes a result less trustworthy', () => {
    const none = { completed: 1, dropped: 0 };
    assert.deepEqual(judgeGenerator(calm, none).taints, []);
    assert.deepEqual(judgeGenerator(starved, none).taints, ['host-overloaded']);
    assert.deepEqual(judgeGenerator({ ...calm, cpuSteal: 0.2 }, none).taints, ['cpu-steal']);
    assert.deepEqual(judgeGenerator({ ...calm, memoryAvailable: 0.01 }, none).taints, ['memory-pressure']);
  });

  it('is published as measures', () => {
    const usage = { cpuMs: 1_000, peakRssBytes: 5, peakProcesses: 1 };
    const values = generatorMeasures(calm, usage, { durationMs: 1_000, cores: 4 }).map(({ name, value }) => [
      name,
      value,
    ]);
    assert.deepEqual(values, [
      ['generator.cpu_busy', 0.3],
      ['generator.cpu_steal', 0],
      ['generator.cpu_starved', 0],
      ['generator.memory_available', 0.5],
      ['generator.k6_cpu', 0.25],
      ['generator.k6_memory', 5],
    ]);
    assert.deepEqual(generatorMeasures(undefined, undefined, { durationMs: 0, cores: 1 }), []);
  });
});
