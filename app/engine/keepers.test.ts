import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LogFields } from '../../core/log.ts';
import { SILENT_LOG } from '../../core/log.ts';
import { openCloser } from './close-in-order.ts';
import { keepIncidents } from './incident-keeper.ts';
import { keepPauses } from './pause-keeper.ts';
import { makeCheck } from './testing/kinds.ts';
import { countingEntropy, FAILED, makePlan, makeRun, PASSED, START } from './testing/runs.ts';
import { keepUndelivered, withoutFollowers } from './undelivered.ts';

const check = makeCheck();

describe('pauses', () => {
  it('are remembered before anybody listens, and told from then on', () => {
    const told: string[] = [];
    const pauses = keepPauses([{ check: check.id, since: START, by: 'ann' }]);
    pauses.resume(check.id);
    pauses.pause({ check: check.id, since: START + 1, by: 'bob' });
    pauses.tell({ pause: ({ by }) => void told.push(by), resume: (id) => void told.push(`resume ${id}`) });
    pauses.pause({ check: check.id, since: START + 2, by: 'eve' });
    assert.deepEqual([pauses.all().map(({ by }) => by), told], [['eve'], ['eve']]);
    pauses.resume(check.id);
    assert.deepEqual([pauses.all(), told], [[], ['eve', 'resume home']]);
  });
});

describe('undelivered notices', () => {
  it('are kept with their incident until a receiver has answered for good', () => {
    const undelivered = keepUndelivered();
    const part = keepIncidents([], countingEntropy()).step(makeRun(1, FAILED), check, makePlan());
    undelivered.stored(part);
    const [notice] = part.notices ?? [];
    assert.ok(notice !== undefined);
    const delivery = { notice: notice.id, channel: 'ops', attempt: 1, at: START, durationMs: 1 };
    undelivered.delivered({ ...delivery, outcome: { status: 'retry', detail: '' } }, notice, false);
    assert.deepEqual(undelivered.all(), { notices: [notice], incidents: part.incidents });
    undelivered.delivered({ ...delivery, outcome: { status: 'accepted', detail: '' } }, notice, true);
    assert.deepEqual(undelivered.all(), { notices: [], incidents: [] });
  });
});

describe('what may be sent from memory', () => {
  it('does not overtake what waits in the store', () => {
    const keeper = keepIncidents([], countingEntropy());
    const [opened, recovered] = [FAILED, PASSED].map((verdict, slot) =>
      keeper.step(makeRun(slot, verdict), check, makePlan()),
    );
    const owed = [...(opened?.notices ?? []), ...(recovered?.notices ?? [])];
    assert.deepEqual(withoutFollowers(owed, []), owed);
    assert.deepEqual(withoutFollowers(recovered?.notices ?? [], opened?.notices ?? []), []);
  });
});

describe('what was opened', () => {
  it('is closed in reverse, once, each although another cannot be closed', async () => {
    const order: string[] = [];
    const problems: string[] = [];
    const closer = openCloser({ ...SILENT_LOG, error: (fields: LogFields) => void problems.push(String(fields.what)) });
    closer.add('store', () => void order.push('store'));
    closer.add('browser', () => Promise.reject(new Error('gone')));
    closer.add('page', async () => void order.push('page'));
    await Promise.all([closer.close(), closer.close()]);
    assert.deepEqual([order, problems], [['page', 'store'], ['browser']]);
  });
});
