import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Taint } from './observation.ts';
import { feltInProcess, type HostSignals, taintsOf } from './taints.ts';

describe('circumstances worth telling of a run of one second', () => {
  const rows: readonly (readonly [string, HostSignals, readonly Taint[]])[] = [
    ['nothing known', {}, []],
    ['lag of a tenth', { eventLoopLagMs: 100 }, []],
    ['lag of more', { eventLoopLagMs: 101 }, ['event-loop-lag']],
    ['steal', { cpuSteal: 0.06 }, ['cpu-steal']],
    ['throttled', { cpuThrottled: 0.06 }, ['host-overloaded']],
    ['waiting for a CPU', { cpuWaiting: 0.61 }, ['host-overloaded']],
    ['a load average where pressure is not known', { loadPerCore: 2.1 }, ['host-overloaded']],
    ['a load average where pressure is low', { loadPerCore: 9, cpuWaiting: 0.1 }, []],
    ['out of descriptors', { shortage: 'host-descriptors' }, ['host-overloaded']],
    ['little memory', { memoryFree: 0.04 }, ['memory-pressure']],
    ['waiting for memory', { memoryWaiting: 0.11 }, ['memory-pressure']],
    ['a process killed for memory', { oomKills: 1 }, ['memory-pressure']],
    ['late', { latenessMs: 1_001 }, ['late']],
    ['beside a load test', { besideExclusive: true }, ['beside-exclusive']],
    ['clock set', { clockJumped: true }, ['clock-jump']],
  ];
  for (const [what, signals, taints] of rows)
    it(`${what}: ${taints.join(', ') || 'none'}`, () => assert.deepEqual(taintsOf(signals, 1_000), taints));
});

it('counts for a run in our own process what delayed its event loop, not that others wait for a CPU', () => {
  const busy = { cpuWaiting: 0.9, cpuThrottled: 0.5, loadPerCore: 9, eventLoopLagMs: 5 };
  assert.deepEqual(taintsOf(feltInProcess(busy), 1_000), []);
  assert.deepEqual(taintsOf(feltInProcess({ ...busy, eventLoopLagMs: 500 }), 1_000), ['event-loop-lag']);
});
