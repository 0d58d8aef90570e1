import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock } from '../../core/fake-clock.ts';
import { SILENT_LOG } from '../../core/log.ts';
import type { DeliveryOutcome, Notice } from '../../core/notice.ts';
import { keepIncidents } from './incident-keeper.ts';
import { openSelfAlerts, PATIENCE_MS, type SelfAlerts } from './self-alerts.ts';
import { makeCheck } from './testing/kinds.ts';
import { countingEntropy, FAILED, makePlan, makeRun, PASSED, START } from './testing/runs.ts';

const check = makeCheck();
const plan = makePlan([check]);
const ACCEPTED: DeliveryOutcome = { status: 'accepted', detail: 'ok' };

type Stage = {
  readonly clock: FakeClock;
  readonly alerts: SelfAlerts;
  readonly sent: Notice[];
  owed: readonly Notice[];
};

function stage(answer: (call: number) => DeliveryOutcome = () => ACCEPTED): Stage {
  const clock = new FakeClock(START);
  const sent: Notice[] = [];
  const made: Stage = {
    clock,
    sent,
    owed: [],
    alerts: openSelfAlerts({
      plan: () => plan,
      clock,
      log: SILENT_LOG,
      random: () => 0,
      entropy: countingEntropy(),
      deadlineMs: 5_000,
      onDelivery: () => {},
      owedNotices: () => made.owed,
      channelOf: (id) => ({
        id,
        type: 'test',
        deliver: async (notice) => {
          sent.push(notice);
          return answer(sent.length);
        },
      }),
    }),
  };
  return made;
}

const said = (sent: readonly Notice[]): readonly string[] =>
  sent.map(({ channel, content }) => `${channel} ${content.change}: ${content.summary}`);
const trouble = (forMs: number) => ({ forMs, reason: 'the disk is full' });

describe('alarms about ourselves', () => {
  it('tell once of a clock that cannot be right, and that it is again, whatever the store does', async () => {
    const { clock, alerts, sent } = stage();
    for (let second = 0; second < 3; second += 1) {
      alerts.lookAtClock('the clock says 1970, which cannot be');
      alerts.look(trouble(PATIENCE_MS));
      await clock.advance(1_000);
    }
    alerts.look(undefined);
    alerts.lookAtClock(undefined);
    alerts.lookAtClock(undefined);
    await clock.advance(1_000);
    const mine = said(sent)
      .filter((line) => /clock/.test(line))
      .map((line) => line.replace(/^\S+ /, ''));
    assert.deepEqual(
      [...new Set(mine)],
      [
        'opened: Vigie measures nothing: the clock says 1970, which cannot be',
        'recovered: Vigie believes its clock again, and goes on',
      ],
    );
    assert.equal(mine.length, 2 * new Set(said(sent).map((line) => line.split(' ')[0])).size);
    await alerts.close(0);
  });

  it('are patient with a moment of trouble', async () => {
    const { clock, alerts, sent } = stage();
    alerts.look(trouble(PATIENCE_MS - 1));
    alerts.look(undefined);
    await clock.advance(1_000);
    assert.deepEqual(sent, []);
  });
  it('tell the fault channels once that nothing can be recorded, and once that it is over', async () => {
    const { clock, alerts, sent } = stage();
    for (let second = 0; second < 100; second += 1) {
      alerts.look(trouble(PATIENCE_MS + second * 1_000));
      await clock.advance(1_000);
    }
    alerts.look(undefined);
    alerts.look(undefined);
    await clock.advance(1_000);
    assert.deepEqual(said(sent), [
      'self opened: Vigie cannot record: the disk is full',
      'self recovered: Vigie records again',
    ]);
    assert.equal(sent[0]?.incident, sent[1]?.incident);
  });
  it('are repeated with the same key until somebody takes them', async () => {
    const { clock, alerts, sent } = stage((call) => (call < 4 ? { status: 'retry', detail: 'HTTP 503' } : ACCEPTED));
    alerts.databaseReplaced('the file is empty', ['/data/vigie.db.damaged-1']);
    await clock.advance(60_000);
    assert.equal(sent.length, 4);
    assert.equal(new Set(sent.map(({ id }) => id)).size, 1);
    assert.match(said(sent)[0] ?? '', /^self opened: .*moved aside to \/data\/vigie\.db\.damaged-1/);
  });
});

describe('alarms that the store cannot take', () => {
  const keeper = keepIncidents([], countingEntropy());
  const opening = keeper.step(makeRun(1, FAILED), check, plan).notices ?? [];
  const recovery = keeper.step(makeRun(2, PASSED), check, plan).notices ?? [];

  it('are sent from memory once, in order, and the answer is kept for the store', async () => {
    const made = stage();
    made.owed = [...opening, ...recovery];
    for (let look = 0; look < 3; look += 1) {
      made.alerts.look(trouble(PATIENCE_MS));
      await made.clock.advance(1_000);
    }
    const toOps = made.sent.filter(({ channel }) => channel === 'ops');
    assert.deepEqual(
      toOps.map(({ content }) => content.change),
      ['opened', 'recovered'],
    );
    const [first] = opening;
    assert.ok(first !== undefined);
    assert.equal(made.alerts.answerTo(first)?.outcome.status, 'accepted');
    made.alerts.stored(opening);
    assert.equal(made.alerts.answerTo(first), undefined);
  });
  it('are not sent any more once the store has them', async () => {
    const made = stage(() => ({ status: 'retry', detail: 'HTTP 503' }));
    made.owed = opening;
    made.alerts.look(trouble(PATIENCE_MS));
    await made.clock.advance(100);
    made.alerts.stored(opening);
    made.owed = [];
    const before = made.sent.filter(({ channel }) => channel === 'ops').length;
    await made.clock.advance(60_000);
    assert.equal(made.sent.filter(({ channel }) => channel === 'ops').length, before);
  });
});
