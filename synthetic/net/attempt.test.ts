import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { FakeClock } from '../../core/fake-clock.ts';
import { fault } from '../../core/fault.ts';
import { Attempt, type Settle } from './attempt.ts';

const begin = (clock: FakeClock, signal: AbortSignal = new AbortController().signal): Attempt =>
  new Attempt({ signal, clock, timeoutMs: 10_000 });

test('phases are measured in order, with the hop they belong to', async () => {
  const clock = new FakeClock();
  const attempt = begin(clock);
  const wait = (delayMs: number) => (settle: Settle<void>) => clock.schedule(delayMs, () => settle.done());
  const both = (async () => {
    await attempt.during('resolve', wait(20));
    attempt.hop = 1;
    await attempt.during('connect', wait(30));
  })();
  await clock.advance(100);
  await both;
  assert.deepEqual(attempt.spans, [
    { phase: 'resolve', hop: 0, startMs: 0, durationMs: 20 },
    { phase: 'connect', hop: 1, startMs: 20, durationMs: 30 },
  ]);
  assert.equal(clock.pending, 0);
});

test('a phase that takes longer than it may ends, is not measured, and is undone', async () => {
  const clock = new FakeClock();
  const attempt = begin(clock);
  let undone = 0;
  const phase = attempt.during('tls', () => () => (undone += 1), 50);
  const failed = assert.rejects(phase, { phase: 'tls', code: 'PHASE_TIMEOUT', detail: 'after 50 ms' });
  await clock.advance(50);
  await failed;
  assert.equal(undone, 1);
  assert.deepEqual(attempt.spans, []);
});

test('the deadline ends the phase in progress; a fault given as reason is passed on', async () => {
  const clock = new FakeClock();
  const deadline = new AbortController();
  const late = begin(clock, deadline.signal).during('connect', () => undefined);
  deadline.abort(new DOMException('timeout', 'TimeoutError'));
  await assert.rejects(late, { phase: 'connect', code: 'DEADLINE', detail: 'after 10 s' });
  const cancel = new AbortController();
  const cancelled = begin(clock, cancel.signal).during('connect', () => undefined);
  cancel.abort(fault('shutdown', 'stopping'));
  await assert.rejects(cancelled, { fault: fault('shutdown', 'stopping') });
});

test('only the first settlement counts, and what settles at once is undone too', async () => {
  const attempt = begin(new FakeClock());
  let undone = 0;
  const value = await attempt.during<number>('resolve', (settle) => {
    settle.done(1);
    settle.done(2);
    settle.fail(new Error('too late'));
    return () => (undone += 1);
  });
  assert.equal(value, 1);
  assert.equal(undone, 1);
  assert.equal(attempt.spans.length, 1);
});

test('sockets are closed at the end, last first, and their late errors concern nobody', () => {
  const attempt = begin(new FakeClock());
  const closed: string[] = [];
  const socket = (name: string): EventEmitter & { destroy(): void } =>
    Object.assign(new EventEmitter(), { destroy: () => void closed.push(name) });
  const inner = attempt.own(socket('inner'));
  attempt.own(socket('outer'));
  attempt.end();
  inner.emit('error', new Error('late'));
  assert.deepEqual(closed, ['outer', 'inner']);
});
