import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Circumstances, decideBlame, EXPLANATIONS, groundOf, wantsWitnesses } from './blame.ts';
import type { Limit } from './budget.ts';
import { fault } from './fault.ts';
import { GROUNDS, type Ground, type Taint, type Witness, type Witnesses } from './observation.ts';
import { worstWitnesses } from './own-network.ts';
import type { Breach, Verdict } from './run.ts';
import type { Unit } from './units.ts';

const broken = (ground?: Ground, level: 'fail' | 'warn' = 'fail'): Breach => ({
  kind: 'assertion',
  expected: 'an answer',
  actual: 'none',
  level,
  ...(ground === undefined ? {} : { ground }),
});
const slow = (ms: number, limitMs: number): Breach =>
  overBudget('ms', { comparison: '<=', value: limitMs, unit: 'ms' }, ms);
function overBudget(unit: Unit, limit: Limit, value: number): Breach {
  return { kind: 'budget', budget: 'total', value: { name: 'total', value, unit }, limit, level: 'fail' };
}
const failed = (first: Breach, ...more: readonly Breach[]): Verdict => ({
  status: 'failed',
  breaches: [first, ...more],
});

const CALM: Circumstances = { taints: [], producedBy: {}, durationMs: 1_000 };
const at = (endpoint: string, reached: boolean, name?: Witness['name']): Witness => ({
  endpoint,
  reached,
  ...(name === undefined ? {} : { name }),
});
const up = (endpoint: string): Witness => at(endpoint, true);
const down = (endpoint: string): Witness => at(endpoint, false);
const nameless = (endpoint: string): Witness => at(endpoint, false, 'unresolved');

function saw(witnesses: Partial<Witnesses>): Circumstances {
  const whole = { hasNetwork: true, controls: [], others: [], answeredMeanwhile: false, ownResolver: false };
  return { ...CALM, producedBy: { witnesses: { ...whole, ...witnesses } } };
}
const host = (taints: readonly Taint[], producedBy: Circumstances['producedBy'] = {}): Circumstances => ({
  taints,
  producedBy,
  durationMs: 1_000,
});

/** `target`: as it was; else the code of the doubt (`host-… ?`) or of the fault. */
function toldOf(verdict: Verdict): string {
  switch (verdict.status) {
    case 'failed':
    case 'degraded':
      return verdict.doubt === undefined ? 'target' : `${verdict.doubt.code} ?`;
    case 'inconclusive':
      return verdict.fault.code;
    case 'passed':
    case 'skipped':
      return verdict.status;
  }
}

const LAGGED = host(['event-loop-lag'], { eventLoopLagMs: 900 });
const THROTTLED = host(['host-overloaded'], { strain: { cpuThrottled: 0.5 } });
const LOADED = host(['host-overloaded']);
const STOLEN = host(['cpu-steal'], { cpuSteal: 0.3 });
const SWAPPING = host(['memory-pressure'], { strain: { memoryFree: 0.01 } });
const NO_DESCRIPTORS = host(['host-overloaded'], { strain: { shortage: 'host-descriptors' } });
const NO_PROCESSES = host(['host-overloaded'], { strain: { shortage: 'host-processes' } });
const CLOCK_SET = host(['clock-jump'], { strain: { clockJumped: true } });
const UNPLUGGED = saw({ hasNetwork: false });
const CUT_OFF = saw({ controls: [down('a:443'), down('b:443')] });
const ONLINE = saw({ controls: [down('a:443'), up('b:443')] });
const TWO_OTHERS_DOWN = saw({ others: [down('a:443'), down('b:443')] });
const ONE_OTHER_DOWN = saw({ others: [down('a:443')] });
const ANOTHER_ANSWERED = saw({ controls: [down('a:443')], answeredMeanwhile: true });
const NO_NAMES = saw({ controls: [nameless('a:443'), up('1.2.3.4:443')] });
const NAMES = saw({ controls: [at('a:443', true, 'resolved')] });

describe('who is to blame for a failure', () => {
  const rows: readonly (readonly [string, Circumstances, Partial<Record<Ground, string>>])[] = [
    // what was seen, and who is blamed for a breach of each ground; the target where none is named
    ['nothing', CALM, {}],
    ['an event loop that stood still', LAGGED, { time: 'host-overloaded ?', wait: 'host-overloaded ?' }],
    ['a CPU limit that throttled us', THROTTLED, { time: 'host-overloaded ?', wait: 'host-overloaded ?' }],
    ['a load nobody can quantify', LOADED, { time: 'host-overloaded ?', wait: 'host-overloaded ?' }],
    ['stolen CPU time', STOLEN, { time: 'host-overloaded ?' }],
    ['no memory', SWAPPING, { time: 'host-memory ?', wait: 'host-memory ?' }],
    [
      'EMFILE in another run',
      NO_DESCRIPTORS,
      { time: 'host-descriptors ?', wait: 'host-descriptors ?', reach: 'host-descriptors ?' },
    ],
    [
      'EAGAIN in another run',
      NO_PROCESSES,
      { time: 'host-processes ?', wait: 'host-processes ?', reach: 'host-processes ?' },
    ],
    ['a clock that was set', CLOCK_SET, { date: 'host-clock ?' }],
    ['a late start', host(['late']), {}],
    ['a load test beside it', host(['beside-exclusive']), {}],
    ['no interface up', UNPLUGGED, { reach: 'network-down', wait: 'network-down', name: 'network-down' }],
    ['no control reached', CUT_OFF, { reach: 'network-down', wait: 'network-down', name: 'network-down' }],
    ['one control reached', ONLINE, {}],
    ['no control, but another run got its answer', ANOTHER_ANSWERED, {}],
    [
      'two other targets unreachable',
      TWO_OTHERS_DOWN,
      { reach: 'network-down', wait: 'network-down', name: 'network-down' },
    ],
    ['one other target unreachable', ONE_OTHER_DOWN, {}],
    ['no name resolved, an address reached', NO_NAMES, { name: 'resolver-down' }],
    ['names resolved', NAMES, {}],
  ];
  for (const [what, under, blamed] of rows)
    for (const ground of GROUNDS)
      it(`${what}, ${ground}: ${blamed[ground] ?? 'target'}`, () => {
        assert.equal(toldOf(decideBlame(failed(broken(ground)), under)), blamed[ground] ?? 'target');
      });

  it('knows no explanation for what the target itself said', () => {
    assert.deepEqual(
      EXPLANATIONS.filter(({ grounds }) => grounds.includes('answer')),
      [],
    );
    assert.equal(groundOf(broken()), 'answer');
  });
  it('is the target as soon as one failing breach is, whatever explains the others', () => {
    assert.equal(toldOf(decideBlame(failed(broken('reach'), broken('answer')), CUT_OFF)), 'target');
    assert.equal(toldOf(decideBlame(failed(broken('wait'), broken('answer', 'warn')), LAGGED)), 'host-overloaded ?');
  });
  it('is the network when that explains one breach and a starved host the other', () => {
    const both = { ...CUT_OFF, taints: LAGGED.taints, producedBy: { ...CUT_OFF.producedBy, ...LAGGED.producedBy } };
    assert.equal(toldOf(decideBlame(failed(slow(900, 800), broken('reach')), both)), 'network-down');
  });
  it('keeps what was seen', () => {
    const verdict = decideBlame(failed(broken('reach')), CUT_OFF);
    assert.deepEqual(verdict.status === 'inconclusive' && verdict.seen, [broken('reach')]);
    assert.match(verdict.status === 'inconclusive' ? verdict.fault.message : '', /a:443, b:443/);
  });
  it('marks a warning too, and never takes it away', () => {
    const warned: Verdict = { status: 'degraded', breaches: [broken('wait', 'warn')] };
    assert.equal(toldOf(decideBlame(warned, LAGGED)), 'host-overloaded ?');
    assert.equal(decideBlame(warned, CUT_OFF).status, 'degraded');
  });
});

describe('a duration over its limit on a starved host', () => {
  const rows: readonly (readonly [string, Circumstances, number, string])[] = [
    ['80 ms of lag explain 250 ms', host(['event-loop-lag'], { eventLoopLagMs: 80 }), 250, 'host-overloaded ?'],
    ['80 ms of lag do not explain 2 s', host(['event-loop-lag'], { eventLoopLagMs: 80 }), 2_000, 'target'],
    ['half a second of throttling explains 600 ms', THROTTLED, 600, 'host-overloaded ?'],
    ['half a second of throttling does not explain 800 ms', THROTTLED, 800, 'target'],
    ['a load average explains any', LOADED, 2_000, 'host-overloaded ?'],
    ['half a second of stolen time explains 300 ms', host(['cpu-steal'], { cpuSteal: 0.5 }), 300, 'host-overloaded ?'],
    ['too little memory explains any', SWAPPING, 2_000, 'host-memory ?'],
  ];
  for (const [what, under, ms, blamed] of rows)
    it(`${what}: ${blamed}`, () => assert.equal(toldOf(decideBlame(failed(slow(ms, 200)), under)), blamed));
});

describe('a wait in vain on a starved host', () => {
  const rows: readonly (readonly [string, number, string])[] = [
    ['499 ms of lag in a second', 499, 'target'],
    ['500 ms of lag in a second', 500, 'host-overloaded ?'],
  ];
  for (const [what, eventLoopLagMs, blamed] of rows)
    it(`${what}: ${blamed}`, () => {
      const under = host(['event-loop-lag'], { eventLoopLagMs });
      assert.equal(toldOf(decideBlame(failed(broken('wait')), under)), blamed);
    });
});

describe('what a broken budget rests on', () => {
  const rows: readonly (readonly [Unit, Limit['comparison'], Ground])[] = [
    ['ms', '<=', 'time'],
    ['ms', '<', 'time'],
    ['ms', '>=', 'date'],
    ['score', '>=', 'time'],
    ['per_second', '>', 'time'],
    ['score', '<=', 'answer'],
    ['ratio', '<=', 'answer'],
    ['count', '>=', 'answer'],
    ['bytes', '<=', 'answer'],
  ];
  for (const [unit, comparison, ground] of rows)
    it(`${comparison} in ${unit}: ${ground}`, () => {
      assert.equal(groundOf(overBudget(unit, { comparison, value: 1, unit }, 2)), ground);
    });
});

describe('a fault that evidence moves', () => {
  const unmeasured = (code: 'resolver-down' | 'browser-crashed' | 'tool-missing'): Verdict => ({
    status: 'inconclusive',
    fault: fault(code, 'x'),
    seen: [],
  });
  const killed = host(['memory-pressure'], { strain: { oomKills: 1 } });
  const rows: readonly (readonly [string, Verdict, Circumstances, string])[] = [
    ['a silent resolver that answers for others', unmeasured('resolver-down'), NAMES, 'target'],
    [
      'a silent resolver that answers for others, on a host that was starved',
      unmeasured('resolver-down'),
      { ...NAMES, taints: ['event-loop-lag'] },
      'resolver-down',
    ],
    ['a silent resolver, nobody else asked', unmeasured('resolver-down'), CALM, 'resolver-down'],
    ['a silent resolver, silent for others too', unmeasured('resolver-down'), NO_NAMES, 'resolver-down'],
    [
      'a silent resolver of the check itself',
      unmeasured('resolver-down'),
      saw({ ...NAMES.producedBy.witnesses, ownResolver: true }),
      'resolver-down',
    ],
    ['a silent resolver on a machine that is cut off', unmeasured('resolver-down'), CUT_OFF, 'network-down'],
    ['a browser that died while memory ran out', unmeasured('browser-crashed'), killed, 'host-memory'],
    ['a browser that died', unmeasured('browser-crashed'), CALM, 'browser-crashed'],
    ['a missing tool while memory ran out', unmeasured('tool-missing'), killed, 'tool-missing'],
  ];
  for (const [what, verdict, under, blamed] of rows)
    it(`${what}: ${blamed}`, () => assert.equal(toldOf(decideBlame(verdict, under)), blamed));
});

describe('whether witnesses are asked', () => {
  const rows: readonly (readonly [string, Verdict, boolean])[] = [
    ['a refused connection', failed(broken('reach')), true],
    ['nothing in time', failed(broken('wait')), true],
    ['an unknown name', failed(broken('name')), true],
    ['an answer 500', failed(broken('answer')), false],
    ['an answer 500 and a broken connection', failed(broken('answer'), broken('reach')), false],
    ['too slow', failed(slow(2, 1)), false],
    ['a pass', { status: 'passed' }, false],
    ['a silent resolver', { status: 'inconclusive', fault: fault('resolver-down', 'x'), seen: [] }, true],
    ['no route', { status: 'inconclusive', fault: fault('network-down', 'x'), seen: [] }, false],
  ];
  for (const [what, verdict, asked] of rows)
    it(`${what}: ${asked ? 'yes' : 'no'}`, () => assert.equal(wantsWitnesses(verdict), asked));

  it('counts an outage that any round of the run saw, else the last round', () => {
    const [cut, online, names] = [CUT_OFF, ONLINE, NAMES].map(({ producedBy }) => producedBy.witnesses);
    assert.ok(cut && online && names);
    assert.equal(worstWitnesses([online, cut, names]), cut);
    assert.equal(worstWitnesses([online, names]), names);
    assert.equal(worstWitnesses([]), undefined);
  });
});
