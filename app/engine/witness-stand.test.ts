import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Check } from '../../core/check.ts';
import { FakeClock } from '../../core/fake-clock.ts';
import { fault } from '../../core/fault.ts';
import type { Endpoint } from '../../core/kind.ts';
import { SILENT_LOG } from '../../core/log.ts';
import type { Plan } from '../../core/plan.ts';
import { fakeKind, makeCheck, scripted } from './testing/kinds.ts';
import { makePlan, makeRun, PASSED } from './testing/runs.ts';
import { endpointOf, openWitnessStand, type WitnessStand } from './witness-stand.ts';

const KIND = fakeKind({ run: scripted() });
type World = {
  readonly checks: readonly Check[];
  readonly clock: FakeClock;
  readonly stand: WitnessStand;
  /** Endpoints asked so far, `host:port`. */
  readonly asked: string[];
  /** Those that answer from now on. */
  readonly reachable: Set<string>;
};

const CONTROLS = [
  { host: 'a.example', port: 443, isSecure: true },
  { host: '192.0.2.1', port: 53, isSecure: false },
];
const target = (host: string, more: Partial<Endpoint> = {}): Endpoint => ({ host, port: 443, ...more });

function makeWorld({ controls = CONTROLS, hosts = [] as readonly string[], hasNetwork = true } = {}): World {
  const clock = new FakeClock();
  const asked: string[] = [];
  const reachable = new Set<string>();
  const checks = hosts.map((host, index) =>
    makeCheck({ id: `c${index}`, target: { ...makeCheck().target, baseUrl: `https://${host}` } }),
  );
  const base = makePlan(checks);
  const plan: Plan = { ...base, settings: { ...base.settings, controls } };
  const stand = openWitnessStand({
    plan: () => plan,
    kinds: [KIND],
    clock,
    log: SILENT_LOG,
    hasNetwork: () => hasNetwork,
    askEndpoint: async ({ host, port }) => {
      const endpoint = `${host}:${port}`;
      asked.push(endpoint);
      return { endpoint, reached: reachable.has(endpoint) };
    },
  });
  return { clock, stand, asked, reachable, checks };
}

describe('controls', () => {
  it('are asked once for all runs that fail in one moment, and again some seconds later', async () => {
    const { stand, asked, clock } = makeWorld();
    await Promise.all(['x.test', 'y.test', 'z.test'].map((host) => stand.ask(target(host), 0)));
    assert.deepEqual(asked, ['a.example:443', '192.0.2.1:53']);
    await clock.advance(3_000);
    await stand.ask(target('x.test'), 0);
    assert.equal(asked.length, 4);
  });
  it('are not asked about this machine, nor about what has no place in the network', async () => {
    const { stand, asked } = makeWorld();
    assert.equal(await stand.ask(target('127.0.0.1'), 0), undefined);
    assert.equal(await stand.ask(target('localhost'), 0), undefined);
    assert.equal(await stand.ask(undefined, 0), undefined);
    assert.deepEqual(asked, []);
  });
  it('tell what they found', async () => {
    const { stand, reachable } = makeWorld({ hasNetwork: false });
    reachable.add('192.0.2.1:53');
    const witnesses = await stand.ask(target('x.test', { ownResolver: true }), 0);
    assert.deepEqual(witnesses?.controls, [
      { endpoint: 'a.example:443', reached: false },
      { endpoint: '192.0.2.1:53', reached: true },
    ]);
    assert.deepEqual([witnesses?.hasNetwork, witnesses?.ownResolver, witnesses?.others], [false, true, []]);
  });
  it('that are back at the end of an attempt do not undo the outage that was seen within it', async () => {
    const { stand, reachable, clock } = makeWorld();
    await clock.advance(10_000);
    const during = await stand.ask(target('x.test'), 9_000);
    await clock.advance(5_000);
    reachable.add('a.example:443');
    assert.equal(await stand.ask(target('y.test'), 9_500), during);
    assert.notEqual(await stand.ask(target('z.test'), 14_000), during);
  });
});

describe('without controls', () => {
  const hosts = ['www.shop.test', 'api.shop.test', 'mail.test', 'intra.example', 'one.net', 'localhost'];
  const isWell = ({ stand, checks }: World, ids: readonly number[], began: number): void => {
    for (const id of ids) {
      const check = checks[id];
      assert.ok(check);
      stand.note({ ...makeRun(0, PASSED), attempts: [] }, endpointOf(check, KIND), began);
    }
  };

  it('other targets are asked that are unrelated to the failing one and to each other', async () => {
    const world = makeWorld({ controls: [], hosts });
    isWell(world, [0, 1, 2, 3, 4, 5], 0);
    const witnesses = await world.stand.ask(target('shop.test'), 0);
    assert.deepEqual(world.asked, ['mail.test:443', 'intra.example:443', 'one.net:443']);
    assert.deepEqual([witnesses?.controls, witnesses?.others.length], [[], 3]);
  });
  it('those that were not reached lately are no witnesses: they may have been dead for days', async () => {
    const world = makeWorld({ controls: [], hosts });
    isWell(world, [2], 0);
    isWell(world, [3], 600_000);
    await world.stand.ask(target('shop.test'), 0);
    assert.deepEqual(world.asked, ['mail.test:443', 'intra.example:443']);
    isWell(world, [3], 600_001);
    await world.clock.advance(3_000);
    await world.stand.ask(target('shop.test'), 0);
    assert.deepEqual(world.asked.slice(2), ['intra.example:443']);
  });
  it('none is a witness before it was reached once', async () => {
    const world = makeWorld({ controls: [], hosts });
    assert.deepEqual((await world.stand.ask(target('shop.test'), 0))?.others, []);
  });
  it('those of before an outage of hours still are, because nobody was reached since', async () => {
    const world = makeWorld({ controls: [], hosts });
    isWell(world, [2, 3], 0);
    await world.clock.advance(36_000_000);
    await world.stand.ask(target('shop.test'), 0);
    assert.equal(world.asked.length, 2);
  });
});

describe('answers of other runs', () => {
  const ended = (remoteAddress: string, verdict = PASSED) => {
    const run = makeRun(0, verdict);
    const observation = { ...emptyObservation(), facts: { remoteAddress } };
    return {
      ...run,
      attempts: [{ number: 1, purpose: 'first', startedAt: 0, durationMs: 1, verdict, observation }],
    } as const;
  };
  const emptyObservation = () => ({
    measures: [],
    steps: [],
    assertions: [],
    evidence: {},
    artefacts: [],
    tools: {},
    taints: [],
    facts: {},
  });

  it('count when their run began after the witnesses were asked', async () => {
    const { stand, clock } = makeWorld();
    await clock.advance(1_000);
    stand.note(ended('198.51.100.1'), undefined, 999);
    assert.equal((await stand.ask(target('x.test'), 0))?.answeredMeanwhile, false);
    stand.note(ended('198.51.100.1'), undefined, 1_000);
    assert.equal((await stand.ask(target('x.test'), 5_000))?.answeredMeanwhile, true);
  });
  it('of this machine do not count', async () => {
    const { stand } = makeWorld();
    stand.note(ended('127.0.0.1'), target('shop.test'), 5_000);
    assert.equal((await stand.ask(target('x.test'), 0))?.answeredMeanwhile, false);
  });
  it('tell of a shortage for some seconds', async () => {
    const { stand, clock } = makeWorld();
    const verdict = { status: 'inconclusive', fault: fault('host-descriptors', 'x'), seen: [] } as const;
    stand.note(makeRun(0, verdict), undefined, 0);
    assert.equal(stand.shortageSince(4_000), 'host-descriptors');
    await clock.advance(10_000);
    assert.equal(stand.shortageSince(10_000), undefined);
    assert.equal(makeWorld().stand.shortageSince(0), undefined);
  });
});
