import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkId } from '../../core/identifiers.ts';
import { keepHeartbeats, LISTENER_BEAT_MS } from './heartbeat-keeper.ts';

const backup = checkId('backup');
const empty = { lastPings: [], listenerSpans: [], cursors: [] };

describe('what is known of heartbeats', () => {
  it('keeps the latest ping, whatever order pings arrive in', () => {
    const keeper = keepHeartbeats(empty);
    keeper.ping(backup, 2_000);
    keeper.ping(backup, 1_000);
    assert.equal(keeper.lastPingAt(backup), 2_000);
  });
  it('was listening throughout while beats follow each other', () => {
    const keeper = keepHeartbeats(empty);
    for (let at = 0; at <= 60_000; at += LISTENER_BEAT_MS) keeper.listening(at);
    assert.equal(keeper.listenerWasDown(10_000, 60_000), false);
  });
  it('was down when a restart left a hole in the window', () => {
    const keeper = keepHeartbeats({ ...empty, listenerSpans: [{ since: 0, until: 20_000 }] });
    keeper.listening(80_000);
    assert.equal(keeper.listenerWasDown(10_000, 80_000), true);
    assert.equal(keeper.listenerWasDown(5_000, 20_000), false);
  });
  it('starts a new span when the wall clock goes back', () => {
    const keeper = keepHeartbeats(empty);
    keeper.listening(100_000);
    assert.deepEqual(keeper.listening(50_000), { since: 50_000, until: 50_000 });
  });
  it('cannot have watched a check it was never told of', () => {
    assert.equal(keepHeartbeats(empty).watchedSince(backup), Number.POSITIVE_INFINITY);
  });
});
