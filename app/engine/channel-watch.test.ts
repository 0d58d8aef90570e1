import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CHANNEL_PATIENCE_MS } from '../../core/channel-trouble.ts';
import { fault } from '../../core/fault.ts';
import { SILENT_LOG } from '../../core/log.ts';
import type { DeliveryOutcome, Notice } from '../../core/notice.ts';
import type { ChannelConfig, Plan } from '../../core/plan.ts';
import type { Verdict } from '../../core/run.ts';
import { watchChannels } from './channel-watch.ts';
import { type IncidentPart, keepIncidents } from './incident-keeper.ts';
import { makeCheck } from './testing/kinds.ts';
import { countingEntropy, FAILED, makePlan, makeRun, START } from './testing/runs.ts';

const REFUSED: DeliveryOutcome = { status: 'rejected', detail: 'HTTP 404' };
const GONE: DeliveryOutcome = { status: 'rejected', detail: 'HTTP 410', isFinal: true };
const ACCEPTED: DeliveryOutcome = { status: 'accepted', detail: 'HTTP 200' };
const LATER: DeliveryOutcome = { status: 'retry', detail: 'HTTP 503' };
const check = makeCheck();

function stage(plan: Plan = makePlan([check]), resumed: Parameters<typeof keepIncidents>[0] = []) {
  let current = plan;
  const parts: IncidentPart[] = [];
  const incidents = keepIncidents(resumed, countingEntropy());
  const watch = watchChannels({
    incidents,
    plan: () => current,
    record: async (part) => void parts.push(part),
    log: SILENT_LOG,
  });
  const [notice] = incidents.step(makeRun(0, FAILED), check, plan).notices ?? [];
  assert.ok(notice !== undefined);
  const answer = (outcome: DeliveryOutcome, afterMs: number, to: Notice = notice): void =>
    watch.answered(
      { notice: to.id, channel: to.channel, attempt: 1, at: to.createdAt + afterMs, durationMs: 1, outcome },
      to,
    );
  const told = (): readonly string[] =>
    parts.flatMap(({ notices = [] }) =>
      notices.map(({ channel, content }) => `${channel}: ${content.change} ${content.check.id}, ${content.summary}`),
    );
  return { watch, incidents, parts, notice, answer, told, load: (next: Plan) => (current = next) };
}

describe('a channel that does not take alerts', () => {
  it('opens one incident of our own with its first refusal, told to the other channels, and closes it with the first alert taken', () => {
    const { answer, told, parts } = stage();
    answer(REFUSED, 10);
    answer(REFUSED, 30_000);
    answer(ACCEPTED, 90_010);
    assert.deepEqual(told(), [
      "self: opened vigie.channel.ops, Channel 'ops' does not take alerts: HTTP 404",
      "self: recovered vigie.channel.ops, Channel 'ops' takes alerts again after 1.5 min; it was: HTTP 404",
    ]);
    assert.deepEqual(
      parts.flatMap(({ incidents = [] }) =>
        incidents.map(({ track, openedBy, closed }) => [track, openedBy, closed?.how]),
      ),
      [
        ['fault', undefined, undefined],
        ['fault', undefined, 'recovered'],
      ],
    );
  });
  it('does not tell of itself through itself', () => {
    const plan = makePlan([check]);
    const { answer, told, parts } = stage({ ...plan, settings: { ...plan.settings, faultChannels: ['ops'] } });
    answer(REFUSED, 10);
    assert.deepEqual([told(), parts.length], [[], 1]);
  });
  it('is trouble when an alert has waited for long, not when a receiver restarts', () => {
    const { answer, told } = stage();
    answer(LATER, CHANNEL_PATIENCE_MS - 1);
    assert.deepEqual(told(), []);
    answer(LATER, CHANNEL_PATIENCE_MS);
    assert.equal(told().length, 1);
  });
  it('is no trouble of its own while our network is down', () => {
    const DOWN: Verdict = { status: 'inconclusive', fault: fault('network-down', 'no way out'), seen: [] };
    const { answer, told, incidents } = stage();
    for (const slot of [1, 2, 3]) incidents.step(makeRun(slot, DOWN), check, makePlan([check]));
    answer(LATER, CHANNEL_PATIENCE_MS);
    assert.deepEqual(told(), []);
    answer(REFUSED, CHANNEL_PATIENCE_MS);
    assert.equal(told().length, 1);
  });
  it('is told once more when it is gone for good', () => {
    const { answer, told } = stage();
    for (const outcome of [REFUSED, GONE, GONE]) answer(outcome, 10);
    assert.deepEqual(told().slice(1), ["self: worsened vigie.channel.ops, Channel 'ops' is gone: HTTP 410"]);
  });
  it('is trouble when one of several recipients is refused', () => {
    const { answer, told } = stage();
    answer({ ...ACCEPTED, refused: 'refused for gone@example.org' }, 10);
    assert.match(told()[0] ?? '', /refused for gone@example\.org/);
  });
  it('says nothing of a channel that has left the configuration', () => {
    const { answer, parts, load } = stage();
    const plan = makePlan([check]);
    load({ ...plan, channels: plan.channels.filter(({ id }) => id !== 'ops') });
    answer(REFUSED, 10);
    assert.deepEqual(parts, []);
  });
  it('flaps like a target: told once, and over when it has come to rest', () => {
    const { answer, told, watch } = stage();
    for (let round = 0; round < 8; round += 1) answer(round % 2 === 0 ? REFUSED : ACCEPTED, round * 60_000);
    answer(REFUSED, 480_000);
    const before = told().length;
    assert.match(told().at(-1) ?? '', /opened/);
    answer(ACCEPTED, 500_000);
    watch.look(START + 600_000);
    assert.equal(told().length, before);
    watch.look(START + 500_000 + 1_800_000);
    assert.match(told().at(-1) ?? '', /recovered/);
  });
});

describe('a channel that answers 410', () => {
  const config = (plan: Plan): ChannelConfig => {
    const found = plan.channels.find(({ id }) => id === 'ops');
    assert.ok(found !== undefined);
    return found;
  };
  it('is not asked again until its configuration changes', async () => {
    const plan = makePlan([check]);
    const { answer, told, watch, notice, load } = stage(plan);
    assert.equal(watch.endedChannel(config(plan)), undefined);
    answer(GONE, 10);
    assert.equal(told().length, 1);
    const ended = watch.endedChannel(config(plan));
    const outcome = await ended?.deliver(notice, new AbortController().signal);
    assert.deepEqual([outcome?.status, outcome !== undefined && 'isFinal' in outcome], ['rejected', true]);
    // The same configuration read again.
    load(structuredClone(plan));
    watch.look(START + 1_000);
    assert.notEqual(watch.endedChannel(config(structuredClone(plan))), undefined);
    const moved = {
      ...plan,
      channels: plan.channels.map((channel) =>
        channel.id === 'ops' && channel.type === 'webhook' ? { ...channel, url: 'http://127.0.0.1:2/' } : channel,
      ),
    };
    load(moved);
    watch.look(START + 2_000);
    assert.match(told().at(-1) ?? '', /removed/);
    assert.equal(watch.endedChannel(config(moved)), undefined);
  });
  it('is used again when a delivery under way was accepted after all', () => {
    const plan = makePlan([check]);
    const { answer, watch } = stage(plan);
    answer(GONE, 10);
    answer(ACCEPTED, 20);
    assert.equal(watch.endedChannel(config(plan)), undefined);
  });
});
