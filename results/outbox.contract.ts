import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Incident } from '../core/incident.ts';
import { type Delivery, NEVER_HEARD, type Notice } from '../core/notice.ts';
import type { Store } from '../core/store.ts';
import { FAILED, MINUTE, START, sampleIncident, sampleNotice, sampleRun } from './fixtures/sample-records.ts';
import type { OpenUnderTest } from './store-under-test.ts';

/** What every store must do with notices. */
export function outboxContract(open: OpenUnderTest): void {
  test('a run, its incident and its notices are written together', async () => {
    const { store, reader } = await open();
    const { incident, opened } = await fail(store);
    assert.deepEqual(reader.incidents({ limit: 10 }), [incident]);
    assert.deepEqual(reader.notices(incident.id), [opened]);
    assert.equal((await store.health()).pendingNotices, 1);
  });

  test('a recovery waits until the opening is delivered, on each channel by itself', async () => {
    const { store } = await open();
    const { incident, opened } = await fail(store);
    const recovered = sampleNotice(incident, 'recovered');
    const elsewhere = sampleNotice(incident, 'recovered', 'hook');
    await store.commit({ notices: [recovered, elsewhere] });
    assert.deepEqual(await dueIds(store, START), [opened.id, elsewhere.id]);
    await store.recordDelivery(delivery(opened, 1, 'accepted'), undefined);
    assert.deepEqual(await dueIds(store, START), [recovered.id, elsewhere.id].sort());
  });

  test('a notice that is to be tried again comes back when it is due, with its attempts', async () => {
    const { store, reader } = await open();
    const { opened } = await fail(store);
    await store.recordDelivery(delivery(opened, 1, 'retry'), START + MINUTE);
    assert.deepEqual(await store.dueNotices(START + MINUTE - 1, 10), []);
    assert.equal(await store.nextNoticeAt(), START + MINUTE);
    assert.deepEqual(await store.dueNotices(START + MINUTE, 10), [
      { notice: opened, attempts: 1, dueAt: START + MINUTE, isOver: false },
    ]);
    await store.recordDelivery(delivery(opened, 2, 'rejected'), undefined);
    assert.equal(await store.nextNoticeAt(), undefined);
    assert.deepEqual(reader.deliveries(opened.id), [delivery(opened, 1, 'retry'), delivery(opened, 2, 'rejected')]);
  });

  test('what follows an opening that was refused for good is written down and not sent', async () => {
    const { store, reader } = await open();
    const { incident, opened } = await fail(store);
    const [worsened, recovered] = [sampleNotice(incident, 'worsened'), sampleNotice(incident, 'recovered')];
    const elsewhere = sampleNotice(incident, 'recovered', 'hook');
    await store.commit({ notices: [worsened] });
    await store.recordDelivery(delivery(opened, 1, 'rejected'), undefined);
    await store.commit({ notices: [recovered, elsewhere] });
    assert.deepEqual(await dueIds(store, START), [elsewhere.id]);
    const never = { status: 'rejected', detail: NEVER_HEARD };
    for (const one of [worsened, recovered])
      assert.deepEqual(
        reader.deliveries(one.id).map(({ attempt, outcome }) => ({ attempt, outcome })),
        [{ attempt: 0, outcome: never }],
      );
  });

  test('a refusal that is tried again holds back what follows, and knows when the incident is over', async () => {
    const { store } = await open();
    const { incident, opened } = await fail(store);
    await store.recordDelivery(delivery(opened, 1, 'rejected'), START + MINUTE);
    assert.deepEqual(await dueIds(store, START + MINUTE - 1), []);
    const closed = { ...incident, closed: { at: START + MINUTE, how: 'recovered' } } as const;
    await store.commit({ incidents: [closed], notices: [sampleNotice(incident, 'recovered')] });
    const due = await store.dueNotices(START + MINUTE, 10);
    assert.deepEqual(
      due.map(({ notice, isOver }) => [notice.id, isOver]),
      [[opened.id, true]],
    );
  });

  test('a notice does not wait for a time that only a wrong clock has seen', async () => {
    const { store } = await open();
    const { opened } = await fail(store);
    assert.deepEqual(
      await dueIds(store, START - 24 * 60 * MINUTE),
      [opened.id],
      'never tried: due whatever the clock says',
    );
    await store.recordDelivery(delivery(opened, 1, 'retry'), START + 365 * 24 * 60 * MINUTE);
    assert.deepEqual(await dueIds(store, START), [opened.id]);
  });

  test('an opening that waits for another try holds back the recovery', async () => {
    const { store } = await open();
    const { incident, opened } = await fail(store);
    await store.commit({ notices: [sampleNotice(incident, 'recovered')] });
    await store.recordDelivery(delivery(opened, 1, 'retry'), START + MINUTE);
    assert.deepEqual(await store.dueNotices(START + MINUTE - 1, 10), []);
    assert.equal(await store.nextNoticeAt(), START + MINUTE);
  });

  test('the same notice committed again is one notice, and an ended one stays ended', async () => {
    const { store, reader } = await open();
    const { incident, opened } = await fail(store);
    await store.recordDelivery(delivery(opened, 1, 'accepted'), undefined);
    await store.commit({ notices: [opened] });
    await store.recordDelivery(delivery(opened, 2, 'retry'), START + MINUTE);
    assert.equal(reader.notices(incident.id).length, 1);
    assert.equal(await store.nextNoticeAt(), undefined);
  });

  test('a channel with a long queue does not keep another one waiting', async () => {
    const { store } = await open();
    for (let minute = 0; minute < 5; minute += 1) await fail(store, minute);
    const { incident } = await fail(store, 5);
    await store.commit({ notices: [sampleNotice(incident, 'opened', 'hook')] });
    const due = await store.dueNotices(START + 10 * MINUTE, 2);
    assert.deepEqual(due.map(({ notice }) => notice.channel).sort(), ['hook', 'mail']);
  });

  test('waiting notices and their attempts survive a restart', async () => {
    const under = await open();
    const { opened } = await fail(under.store);
    await under.store.recordDelivery(delivery(opened, 1, 'retry'), START + MINUTE);
    const { store } = await under.reopen();
    assert.deepEqual(await store.dueNotices(START + MINUTE, 10), [
      { notice: opened, attempts: 1, dueAt: START + MINUTE, isOver: false },
    ]);
  });

  test('a delivery of a notice that is not there is refused', async () => {
    const { store } = await open();
    const notice = sampleNotice(sampleIncident(sampleRun()), 'opened');
    await assert.rejects(store.recordDelivery(delivery(notice, 1, 'accepted'), undefined), { code: 'notice-unknown' });
  });
}

/** Commits a failure that opens an incident and tells the channel `mail`. */
async function fail(store: Store, minute = 0): Promise<{ incident: Incident; opened: Notice }> {
  const run = sampleRun({ verdict: FAILED, dueAt: START + minute * MINUTE });
  const incident = sampleIncident(run);
  const opened = sampleNotice(incident, 'opened');
  await store.commit({ run, incidents: [incident], notices: [opened] });
  return { incident, opened };
}

async function dueIds(store: Store, now: number): Promise<readonly string[]> {
  return (await store.dueNotices(now, 10)).map(({ notice }) => notice.id).sort();
}

function delivery(notice: Notice, attempt: number, status: Delivery['outcome']['status']): Delivery {
  const { id, channel } = notice;
  return { notice: id, channel, attempt, at: START, durationMs: 12.5, outcome: { status, detail: '250 ok' } };
}
