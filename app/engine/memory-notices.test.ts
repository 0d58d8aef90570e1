import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { composeSelf } from '../../alerts/compose-self.ts';
import { incidentId } from '../../core/identifiers.ts';
import type { Delivery, DeliveryOutcome, Notice } from '../../core/notice.ts';
import { keepNotices } from './memory-notices.ts';
import { makePlan, START } from './testing/runs.ts';

const incident = incidentId(START, 'abcdef01');
const REFUSED: DeliveryOutcome = { status: 'rejected', detail: 'HTTP 404' };

function notice(change: 'opened' | 'recovered'): Notice {
  const [made] = composeSelf(
    { incident, change, since: START, at: START, summary: 'x', details: [] },
    makePlan().settings,
  );
  assert.ok(made !== undefined);
  return made;
}

const delivery = ({ id, channel }: Notice, outcome: DeliveryOutcome): Delivery => ({
  notice: id,
  channel,
  attempt: 1,
  at: START,
  durationMs: 1,
  outcome,
});

describe('notices in memory', () => {
  it('know when their incident is over', async () => {
    const notices = keepNotices();
    notices.add(notice('opened'));
    assert.deepEqual(
      (await notices.dueNotices(START, 10)).map(({ isOver }) => isOver),
      [false],
    );
    notices.add(notice('recovered'));
    assert.deepEqual(
      (await notices.dueNotices(START, 10)).map(({ isOver }) => isOver),
      [true],
    );
  });
  it('are not sent behind an opening that was refused for good', async () => {
    const waiting = keepNotices();
    for (const change of ['opened', 'recovered'] as const) waiting.add(notice(change));
    await waiting.recordDelivery(delivery(notice('opened'), REFUSED), undefined);
    assert.deepEqual(await waiting.dueNotices(START, 10), []);
    const later = keepNotices();
    later.add(notice('opened'));
    await later.recordDelivery(delivery(notice('opened'), REFUSED), undefined);
    later.add(notice('recovered'));
    assert.deepEqual(await later.dueNotices(START, 10), []);
  });
});
