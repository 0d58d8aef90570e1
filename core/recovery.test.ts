import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkId, incidentId, runId } from './identifiers.ts';
import { FLAPPING, type Incident, quietState, type TrackState } from './incident.ts';
import { confirmationDueAt, type Recovery } from './recovery.ts';

const minute = 60_000;
const NOW = Date.UTC(2026, 0, 1);
const id = checkId('home');
const OPEN: Incident = {
  id: incidentId(NOW, 'aaaaaaaa'),
  check: id,
  location: 'local',
  track: 'target',
  severity: 'P2',
  since: NOW - minute,
  openedAt: NOW - minute,
  openedBy: runId(NOW - minute, 'aaaaaaaa'),
};

function dueIn(
  state: Partial<TrackState>,
  { confirm = true, recoveries = 2, nextInMs = 15 * minute } = {},
): number | undefined {
  const recovery: Recovery = {
    check: { confirm, incident: { failures: 1, of: 1, recoveries, onDegraded: false } },
    state: { ...quietState(id, 'local', 'target'), open: OPEN, passes: 1, ...state },
    passedAt: NOW,
    nextDue: NOW + nextInMs,
    afterMs: minute,
  };
  const dueAt = confirmationDueAt(recovery);
  return dueAt === undefined ? undefined : dueAt - NOW;
}

describe('the confirmation of a recovery', () => {
  it('is due a minute after the pass, as often as passes are wanted', () => {
    assert.equal(dueIn({}), minute);
    assert.equal(dueIn({ passes: 4 }, { recoveries: 5 }), minute);
    assert.equal(dueIn({ passes: 5 }, { recoveries: 5 }), undefined);
  });
  it('is not due before a pass, without an incident, and when failures are not confirmed either', () => {
    assert.equal(dueIn({ passes: 0 }), undefined);
    const { open: _, ...quiet } = { ...quietState(id, 'local', 'target'), open: OPEN, passes: 1 };
    const check = { confirm: true, incident: { failures: 1, of: 1, recoveries: 2, onDegraded: false } };
    assert.equal(
      confirmationDueAt({ check, state: quiet, passedAt: NOW, nextDue: NOW + 15 * minute, afterMs: minute }),
      undefined,
    );
    assert.equal(dueIn({}, { confirm: false }), undefined);
  });
  it('is left to a slot that comes no later', () => {
    assert.equal(dueIn({}, { nextInMs: minute }), undefined);
    assert.equal(dueIn({}, { nextInMs: minute + 1 }), minute);
  });
  it('is not due of an incident that flaps until it is settled', () => {
    const open: Incident = { ...OPEN, flapping: true };
    assert.equal(dueIn({ open, lastBadAt: NOW - FLAPPING.stableMs + 1 }), undefined);
    assert.equal(dueIn({ open, lastBadAt: NOW - FLAPPING.stableMs }), minute);
  });
});
