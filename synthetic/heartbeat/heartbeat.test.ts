import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../core/fake-clock.ts';
import { fault } from '../../core/fault.ts';
import { measureOf, type Outcome, runKind, verdictLine } from '../net/testing/context.ts';
import { heartbeatSchema } from './arguments.ts';
import { HEARTBEAT_ENDINGS } from './endings.ts';
import { heartbeatKind } from './kind.ts';
import { endingOf, type Pulse } from './parse.ts';

const TOKEN = { secret: 'PING_TOKEN', from: 'environment' } as const;

const MINUTE = 60_000;
const START = Date.UTC(2026, 5, 1);

type World = {
  readonly nowMinutes: number;
  readonly lastPing?: number;
  /** Minutes in which the listener was down. */
  readonly down?: readonly [from: number, to: number];
};

/** A check with a period of 60 and a grace of 5 minutes, watched since minute 0. */
function look({ nowMinutes, lastPing, down }: World): Promise<Outcome> {
  const at = (minutes: number): number => START + minutes * MINUTE;
  return runKind(
    heartbeatKind,
    { token: TOKEN, period: '1h', grace: '5m' },
    {
      clock: new FakeClock(at(nowMinutes)),
      signal: new AbortController().signal,
      heartbeats: {
        lastPingAt: () => (lastPing === undefined ? undefined : at(lastPing)),
        watchedSince: () => START,
        listenerWasDown: (from, to) => down !== undefined && at(down[0]) <= to && at(down[1]) >= from,
      },
    },
  );
}

test('a ping within period and grace passes, and its age is measured', async () => {
  const outcome = await look({ nowMinutes: 100, lastPing: 35 });
  assert.equal(verdictLine(outcome), 'passed');
  assert.equal(measureOf(outcome, 'since_last_ping'), 65 * MINUTE);
  assert.equal(outcome.observation.facts.lastPing, '2026-06-01T00:35:00.000Z');
});

test('one minute later it fails', async () => {
  const outcome = await look({ nowMinutes: 101, lastPing: 35 });
  assert.equal(verdictLine(outcome), 'failed: expected a ping within 1.08 h, got the last came 1.1 h ago');
});

test('never pinged fails once period and grace have passed since it is watched', async () => {
  assert.equal(
    verdictLine(await look({ nowMinutes: 66 })),
    'failed: expected a ping within 1.08 h, got none ever came, watched for 1.1 h',
  );
});

test('never pinged and not yet due waits, and blames nobody who is paged', async () => {
  const outcome = await look({ nowMinutes: 65 });
  assert.match(
    verdictLine(outcome),
    /^inconclusive: evidence-missing \(operator\) No ping came yet; the first is due in 0 ms/,
  );
  assert.equal(measureOf(outcome, 'since_last_ping'), undefined);
});

test("silence while our listener was down in the window is not the job's fault", async () => {
  assert.match(
    verdictLine(await look({ nowMinutes: 200, lastPing: 35, down: [136, 137] })),
    /^inconclusive: listener-down \(host\)/,
  );
  assert.match(verdictLine(await look({ nowMinutes: 200, down: [199, 200] })), /^inconclusive: listener-down \(host\)/);
});

test('a listener that was down before the window excuses nothing', async () => {
  assert.match(verdictLine(await look({ nowMinutes: 200, lastPing: 35, down: [40, 134] })), /^failed: /);
});

test('a ping that came although our listener was down is a ping', async () => {
  assert.equal(verdictLine(await look({ nowMinutes: 100, lastPing: 90, down: [50, 80] })), 'passed');
});

test('a clock set back does not make an age negative', async () => {
  const outcome = await look({ nowMinutes: 30, lastPing: 35 });
  assert.equal(verdictLine(outcome), 'passed');
  assert.equal(measureOf(outcome, 'since_last_ping'), 0);
});

test('a cancelled run says so', async () => {
  const cancelled = await runKind(
    heartbeatKind,
    { token: TOKEN, period: '1h' },
    { signal: AbortSignal.abort(fault('cancelled', 'by hand')) },
  );
  assert.match(verdictLine(cancelled), /^inconclusive: cancelled/);
});

test('each row of the table is reached', () => {
  const pulse: Pulse = {
    now: 1_000,
    windowMs: 100,
    lastPingAt: undefined,
    watchedSince: 0,
    listenerWasDown: () => false,
  };
  const reached = [
    endingOf({ ...pulse, lastPingAt: 950 }),
    endingOf({ ...pulse, lastPingAt: 10 }),
    endingOf(pulse),
    endingOf({ ...pulse, watchedSince: 950 }),
    endingOf({ ...pulse, listenerWasDown: () => true }),
  ];
  assert.deepEqual(reached, Object.keys(HEARTBEAT_ENDINGS));
});

test('bad options are refused', () => {
  for (const input of [
    {},
    { token: TOKEN, period: '500ms' },
    { token: TOKEN, period: 'often' },
    { token: TOKEN, period: '1h', grace: '31d' },
    { token: TOKEN, period: '1h', every: '1h' },
  ])
    assert.equal(heartbeatSchema.safeParse(input).success, false, JSON.stringify(input));
});
