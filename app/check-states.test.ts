import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Check } from '../core/check.ts';
import type { CheckState, LatestRun } from '../core/check-state.ts';
import { FakeClock } from '../core/fake-clock.ts';
import type { Pause } from '../core/store.ts';
import { wholeCheck } from '../core/testing/whole-check.ts';
import { openStates } from './check-states.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.UTC(2026, 5, 1, 12);
const every = (everyMs: number, more: Partial<Omit<Check, 'id'>> = {}): Check =>
  wholeCheck({ schedule: { type: 'interval', everyMs, offsetMs: 0 }, timeoutMs: 30_000, ...more });
const passed = (agoMs: number, durationMs = 0): LatestRun => ({ status: 'passed', startedAt: NOW - agoMs, durationMs });
const pauseOf = (more: Partial<Pause>): Pause => ({ check: every(MINUTE).id, since: NOW - HOUR, by: 'ann', ...more });
const window = { type: 'once', from: NOW - MINUTE, to: NOW + HOUR, reason: 'a new database' } as const;
const nightly = { type: 'recurring', cron: '30 11 * * *', zone: 'UTC', durationMs: HOUR, reason: 'backup' } as const;

function stateOf(check: Check, latest: LatestRun | undefined, pauses: readonly Pause[] = []): CheckState {
  return openStates({ pauses: () => pauses }, new FakeClock(NOW))()(check, latest);
}

describe('the state of a check', () => {
  const minutely = every(MINUTE);
  const rows: readonly (readonly [string, CheckState, CheckState])[] = [
    ['is its latest verdict', stateOf(minutely, passed(MINUTE)), { name: 'passed' }],
    [
      'is its latest verdict with the reason',
      stateOf(minutely, { status: 'failed', startedAt: NOW - 1, durationMs: 0, reason: 'expected 200, got 500' }),
      { name: 'failed', reason: 'expected 200, got 500' },
    ],
    ['is waiting before the first run', stateOf(minutely, undefined), { name: 'waiting', reason: 'no run yet' }],
    [
      'is paused, whatever the latest run said',
      stateOf(minutely, passed(1_000), [pauseOf({ until: NOW + HOUR })]),
      { name: 'paused', reason: 'by ann', since: NOW - HOUR, until: NOW + HOUR },
    ],
    [
      'is paused until somebody resumes it, in maintenance too',
      stateOf(every(MINUTE, { maintenance: [window] }), passed(1_000), [pauseOf({})]),
      { name: 'paused', reason: 'by ann', since: NOW - HOUR },
    ],
    [
      'is not paused by a pause that is over',
      stateOf(minutely, passed(1_000), [pauseOf({ until: NOW })]),
      { name: 'passed' },
    ],
    [
      'is not paused by the pause of another check',
      stateOf(wholeCheck({ id: 'other' }), passed(1_000), [pauseOf({})]),
      { name: 'passed' },
    ],
    [
      'is maintenance with what it is for, before the first run too',
      stateOf(every(MINUTE, { maintenance: [window] }), undefined),
      { name: 'maintenance', reason: 'a new database', since: window.from, until: window.to },
    ],
    [
      'is maintenance in a recurring window',
      stateOf(every(MINUTE, { maintenance: [nightly] }), passed(1_000)),
      { name: 'maintenance', reason: 'backup', since: NOW - HOUR / 2, until: NOW + HOUR / 2 },
    ],
    [
      'is not maintenance once the window is over',
      stateOf(every(MINUTE, { maintenance: [{ ...window, to: NOW }] }), passed(1_000)),
      { name: 'passed' },
    ],
    // At a minute past: half a minute of tolerance, twice the timeout of half a minute, half a minute to come to an end, ten seconds to be recorded.
    ['is current while the next run may be under way', stateOf(minutely, passed(180_000)), { name: 'passed' }],
    [
      'is current while the next run is under way that a run longer than its period put off',
      stateOf(every(15 * MINUTE, { timeoutMs: 20 * MINUTE }), passed(48 * MINUTE, 16 * MINUTE)),
      { name: 'passed' },
    ],
    [
      'is stale when the latest run lies ahead: the clock was set back and nothing ran since',
      stateOf(minutely, passed(-HOUR)),
      { name: 'stale', reason: 'no result since the clock was set back' },
    ],
    ['is current though the clock went back by a moment', stateOf(minutely, passed(-9_999)), { name: 'passed' }],
    [
      'is stale when a slot passed without a result: after a pause, or while the monitor stood still',
      stateOf(minutely, passed(180_001)),
      { name: 'stale', reason: 'no result', since: NOW - 180_001 },
    ],
    [
      'is current as long as retries may take',
      stateOf(every(MINUTE, { retry: { count: 1, backoffMs: HOUR, backoffFactor: 1 } }), passed(HOUR)),
      { name: 'passed' },
    ],
    [
      'is stale by the schedule of a cron, too',
      stateOf(every(MINUTE, { schedule: { type: 'cron', expression: '0 * * * *', zone: 'UTC' } }), passed(3 * HOUR)),
      { name: 'stale', reason: 'no result', since: NOW - 3 * HOUR },
    ],
    ['is never stale without a schedule', stateOf(wholeCheck(), passed(1_000 * HOUR)), { name: 'passed' }],
  ];
  for (const [what, state, expected] of rows) it(what, () => assert.deepEqual(state, expected));
});
