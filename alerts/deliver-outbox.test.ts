import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock } from '../core/fake-clock.ts';
import { SILENT_LOG } from '../core/log.ts';
import type { Channel, DeliveryOutcome, Notice } from '../core/notice.ts';
import { backoff, backoffRefused, type Outbox, openOutbox } from './deliver-outbox.ts';
import { MemoryOutbox } from './testing/memory-outbox.ts';
import { makeNotice } from './testing/notice.ts';

const ACCEPTED: DeliveryOutcome = { status: 'accepted', detail: '250 ok' };
const REFUSED: DeliveryOutcome = { status: 'rejected', detail: 'HTTP 404' };
const LATER: DeliveryOutcome = { status: 'retry', detail: 'HTTP 503' };

type Stage = {
  readonly clock: FakeClock;
  readonly store: MemoryOutbox;
  readonly outbox: Outbox;
  readonly sent: string[];
};

function stage(
  notices: readonly Notice[],
  answers: Readonly<Record<string, (call: number) => DeliveryOutcome | Promise<DeliveryOutcome>>>,
): Stage {
  const clock = new FakeClock();
  const store = new MemoryOutbox(notices);
  const sent: string[] = [];
  const channelOf = (id: string): Channel | undefined => {
    const answer = answers[id];
    if (answer === undefined) return undefined;
    return { id, type: 'test', deliver: async (notice) => answer(sent.push(`${id} ${notice.content.change}`)) };
  };
  const outbox = openOutbox({
    store,
    channelOf,
    clock,
    log: SILENT_LOG,
    random: () => 0.5,
    deadlineMs: 5_000,
    onDelivery: () => {},
  });
  outbox.wake();
  return { clock, store, outbox, sent };
}

describe('the outbox', () => {
  it('delivers what waits, once, and writes the ledger', async () => {
    const { clock, store, sent } = stage([makeNotice('ops'), makeNotice('team')], {
      ops: () => ACCEPTED,
      team: () => ACCEPTED,
    });
    await clock.advance(10);
    assert.deepEqual(sent.sort(), ['ops opened', 'team opened']);
    assert.deepEqual([store.waiting, store.ledger.length], [0, 2]);
    await clock.advance(600_000);
    assert.equal(sent.length, 2);
  });
  it('tries again with growing waits until the receiver is back', async () => {
    const { clock, store, sent } = stage([makeNotice('ops')], { ops: (call) => (call < 5 ? LATER : ACCEPTED) });
    await clock.advance(120_000);
    assert.equal(sent.length, 5);
    assert.deepEqual(
      store.ledger.map(({ outcome, attempt }) => `${attempt} ${outcome.status}`),
      ['1 retry', '2 retry', '3 retry', '4 retry', '5 accepted'],
    );
  });
  it('waits as long as the receiver asks', async () => {
    const { clock, sent } = stage([makeNotice('ops')], {
      ops: (call) => (call === 1 ? { ...LATER, retryAfterMs: 90_000 } : ACCEPTED),
    });
    await clock.advance(89_000);
    assert.equal(sent.length, 1);
    await clock.advance(2_000);
    assert.equal(sent.length, 2);
  });
  it('keeps the order of an incident: a recovery never overtakes its opening', async () => {
    const notices = [makeNotice('ops'), makeNotice('ops', { change: 'recovered' })];
    const { clock, sent } = stage(notices, { ops: (call) => (call < 3 ? LATER : ACCEPTED) });
    await clock.advance(60_000);
    assert.deepEqual(sent, ['ops opened', 'ops opened', 'ops opened', 'ops recovered']);
  });
  it('lets one channel hang without holding up another', async () => {
    const { clock, store, sent } = stage([makeNotice('slow'), makeNotice('ops')], {
      slow: () => new Promise<DeliveryOutcome>(() => {}),
      ops: () => ACCEPTED,
    });
    await clock.advance(100);
    assert.deepEqual(sent.sort(), ['ops opened', 'slow opened']);
    assert.equal(store.ledger[0]?.channel, 'ops');
  });
  it('ends a notice whose channel has left the configuration, and says so in the ledger', async () => {
    const { clock, store } = stage([makeNotice('gone')], {});
    await clock.advance(100);
    assert.equal(store.waiting, 0);
    assert.match(store.ledger[0]?.outcome.detail ?? '', /'gone' is not in the configuration/);
  });
  it('tries again, slower, what a receiver refuses while the incident is open', async () => {
    const { clock, store, sent } = stage([makeNotice('ops')], { ops: (call) => (call < 4 ? REFUSED : ACCEPTED) });
    await clock.advance(14_000);
    assert.equal(sent.length, 1);
    await clock.advance(10_000);
    assert.equal(sent.length, 2);
    await clock.advance(300_000);
    assert.deepEqual(
      store.ledger.map(({ outcome, attempt }) => `${attempt} ${outcome.status}`),
      ['1 rejected', '2 rejected', '3 rejected', '4 accepted'],
    );
    assert.equal(store.waiting, 0);
  });
  it('tries an opening once more when its incident has ended, and then no more', async () => {
    const { clock, store, sent } = stage([makeNotice('ops')], { ops: () => REFUSED });
    await clock.advance(1_000);
    store.end();
    await clock.advance(3_600_000);
    assert.deepEqual([sent.length, store.waiting], [2, 0]);
  });
  it('tries the end of an incident for a day at a receiver that refuses it', async () => {
    const { clock, store, sent } = stage([makeNotice('ops', { change: 'recovered' })], { ops: () => REFUSED });
    store.end();
    await clock.advance(23 * 3_600_000);
    assert.equal(store.waiting, 1);
    await clock.advance(2 * 3_600_000);
    assert.equal(store.waiting, 0);
    assert.ok(sent.length > 100 && sent.length < 400, `${sent.length} attempts`);
  });
  it('ends what a receiver refuses for good', async () => {
    const { clock, store, sent } = stage([makeNotice('ops')], { ops: () => ({ ...REFUSED, isFinal: true }) });
    await clock.advance(3_600_000);
    assert.deepEqual([sent.length, store.waiting], [1, 0]);
  });
  it('takes a channel that throws as one to try again', async () => {
    const { clock, store } = stage([makeNotice('ops')], {
      ops: (call) => (call === 1 ? Promise.reject(new Error('bug')) : ACCEPTED),
    });
    await clock.advance(10_000);
    assert.deepEqual(
      store.ledger.map(({ outcome }) => outcome.status),
      ['retry', 'accepted'],
    );
  });
  it('does not flood a receiver while the ledger cannot be written', async () => {
    const { clock, store, sent } = stage([makeNotice('ops')], { ops: () => ACCEPTED });
    store.broken = true;
    await clock.advance(100_000);
    assert.ok(sent.length <= 4, `sent ${sent.length} times`);
    store.broken = false;
    await clock.advance(100_000);
    assert.equal(store.waiting, 0);
  });
  it('retries on one channel in time while another hangs', async () => {
    const { clock, sent } = stage([makeNotice('slow'), makeNotice('ops')], {
      slow: () => new Promise<DeliveryOutcome>(() => {}),
      ops: () => (sent.filter((line) => line.startsWith('ops')).length < 3 ? LATER : ACCEPTED),
    });
    await clock.advance(6_000);
    assert.equal(sent.filter((line) => line.startsWith('ops')).length, 3);
  });
  it('sends a flood to one receiver a few at a time', async () => {
    let open = 0;
    let most = 0;
    const clock = new FakeClock();
    const notices = Array.from({ length: 20 }, (_, number) => makeNotice('ops', {}, number));
    const store = new MemoryOutbox(notices);
    const deliver = async (): Promise<DeliveryOutcome> => {
      open += 1;
      most = Math.max(most, open);
      await new Promise<void>((resolve) => clock.schedule(100, resolve));
      open -= 1;
      return ACCEPTED;
    };
    const outbox = openOutbox({
      store,
      channelOf: () => ({ id: 'ops', type: 'test', deliver }),
      clock,
      log: SILENT_LOG,
      random: () => 0.5,
      deadlineMs: 5_000,
      onDelivery: () => {},
    });
    outbox.wake();
    await clock.advance(2_000);
    assert.deepEqual([store.waiting, most], [0, 5]);
  });
  it('does not wait an hour longer because the clock was set back an hour', async () => {
    const { clock, sent } = stage([makeNotice('ops')], { ops: (call) => (call < 3 ? LATER : ACCEPTED) });
    await clock.advance(100);
    clock.jump(-3_600_000);
    await clock.advance(10_000);
    assert.equal(sent.length, 3);
  });
  it('leaves no timer behind when it closes while the ledger cannot be written', async () => {
    const { clock, store, outbox } = stage([makeNotice('ops')], { ops: () => ACCEPTED });
    store.broken = true;
    await clock.advance(1_000);
    const closed = outbox.close(1_000);
    await clock.advance(1_000);
    await closed;
    assert.equal(clock.pending, 0);
  });
  it('leaves what is not sent in the store when it closes', async () => {
    const { clock, store, outbox } = stage([makeNotice('slow')], {
      slow: () => new Promise<DeliveryOutcome>(() => {}),
    });
    await clock.advance(10);
    const closed = outbox.close(1_000);
    await clock.advance(1_500);
    await closed;
    assert.equal(store.waiting, 1);
  });
});

it('backs off from half a second to a minute, never more', () => {
  assert.equal(backoff(0, 0), 500);
  assert.equal(backoff(0, 1), 1_000);
  for (let attempts = 0; attempts < 100; attempts += 1) assert.ok(backoff(attempts, 1) <= 60_000);
});

it('backs off from refusals from 15 seconds to ten minutes, never more', () => {
  assert.equal(backoffRefused(0, 0), 15_000);
  assert.equal(backoffRefused(0, 1), 30_000);
  for (let attempts = 0; attempts < 100; attempts += 1) assert.ok(backoffRefused(attempts, 1) <= 600_000);
});
