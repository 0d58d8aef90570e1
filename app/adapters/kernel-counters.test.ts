import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { signalsBetween } from './host-signals.ts';
import { freeMemoryShare, openCounters } from './kernel-counters.ts';

const FILES: Readonly<Record<string, string>> = {
  '/proc/stat': 'cpu  10 0 20 970 0 0 0 5 0 0\ncpu0 1 2 3',
  '/proc/self/cgroup': '0::/system.slice/vigie.service\n',
  '/proc/pressure/cpu':
    'some avg10=1.00 avg60=0.50 avg300=0.10 total=111\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=7\n',
  '/proc/pressure/memory': 'some avg10=0.00 avg60=0.00 avg300=0.00 total=222\n',
  '/sys/fs/cgroup/system.slice/vigie.service/cpu.stat': 'usage_usec 9\nnr_throttled 3\nthrottled_usec 333\n',
  '/sys/fs/cgroup/system.slice/vigie.service/memory.events': 'low 0\noom 1\noom_kill 4\noom_group_kill 0\n',
  '/sys/fs/cgroup/system.slice/vigie.service/cpu.pressure': 'some avg10=0.00 avg60=0.00 avg300=0.00 total=444\n',
};
const readerOf = (files: Readonly<Record<string, string>>) => (path: string) => files[path] ?? '';

describe('counters of the kernel', () => {
  it('are those of our cgroup where it keeps them, else those of the machine', () => {
    assert.deepEqual(openCounters(readerOf(FILES))(), {
      cpuTimes: [10, 0, 20, 970, 0, 0, 0, 5, 0, 0],
      cpuWaitedUs: 444,
      memoryWaitedUs: 222,
      throttledUs: 333,
      oomKills: 4,
    });
  });
  it('are left out where the kernel does not say them', () => {
    assert.deepEqual(openCounters(() => '')(), { cpuTimes: [0] });
  });
  it('are found on this machine without an error', () => {
    assert.ok(openCounters()().cpuTimes.length > 0);
    assert.ok(freeMemoryShare() > 0 && freeMemoryShare() <= 1);
  });
});

describe('signals between two samples', () => {
  const from = {
    at: 0,
    counters: { cpuTimes: [100, 0, 0, 0, 0, 0, 0, 0], cpuWaitedUs: 0, throttledUs: 0, oomKills: 1 },
  };
  it('are shares of the time between them', () => {
    const to = {
      at: 1_000,
      counters: { cpuTimes: [150, 0, 0, 25, 0, 0, 0, 25], cpuWaitedUs: 250_000, throttledUs: 500_000, oomKills: 3 },
    };
    assert.deepEqual(signalsBetween(from, to, 2), {
      cpuSteal: 0.25,
      cpuWaiting: 0.25,
      cpuThrottled: 0.25,
      oomKills: 2,
    });
  });
  it('are not guessed', () => {
    assert.deepEqual(
      signalsBetween({ at: 0, counters: { cpuTimes: [0] } }, { at: 1_000, counters: { cpuTimes: [0] } }, 2),
      {},
    );
  });
});
