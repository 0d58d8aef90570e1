import assert from 'node:assert/strict';
import { it } from 'node:test';
import { FakeClock } from '../../core/fake-clock.ts';
import { openHostMonitor } from './host-signals.ts';

it('tells a block of the event loop that a sample follows at once, before the histogram has seen it', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const clock = new FakeClock();
  const host = openHostMonitor(clock);
  t.after(() => host.close());
  const began = clock.monotonic();
  clock.stall(10_000);
  assert.ok((host.since(began).eventLoopLagMs ?? 0) >= 9_000, 'before the sample');
  t.mock.timers.tick(1_000);
  assert.ok((host.since(began).eventLoopLagMs ?? 0) >= 9_000, 'after it');
  const later = clock.monotonic();
  clock.stall(1_000);
  t.mock.timers.tick(1_000);
  clock.stall(1_000);
  t.mock.timers.tick(1_000);
  assert.ok((host.since(later + 1).eventLoopLagMs ?? 0) < 9_000, 'and not of what began after it');
});
