import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { circumstancesOf, decideBlame } from '../../core/blame.ts';
import type { Check } from '../../core/check.ts';
import { FakeClock } from '../../core/fake-clock.ts';
import { judge, judgeAttempts } from '../../core/judge.ts';
import { EMPTY_OBSERVATION, type Ground, type Observation, type Witnesses } from '../../core/observation.ts';
import type { Attempt, NonEmpty, Run, Verdict } from '../../core/run.ts';
import type { HostSignals } from '../../core/taints.ts';
import { executeCheck } from './execute-check.ts';
import { fakeKind, GOOD, makeCheck, scripted } from './testing/kinds.ts';
import { makeParts } from './testing/parts.ts';
import { NO_WITNESSES } from './witness-stand.ts';

const broken = (ground: Ground): Observation => ({
  ...EMPTY_OBSERVATION,
  assertions: [{ ok: false, expected: 'an answer', actual: 'none', ground }],
});
const CUT_OFF: Witnesses = {
  hasNetwork: true,
  controls: [{ endpoint: 'a:443', reached: false }],
  others: [],
  answeredMeanwhile: false,
  ownResolver: false,
};
const ONLINE: Witnesses = { ...CUT_OFF, controls: [{ endpoint: 'a:443', reached: true }] };

type World = {
  readonly host?: HostSignals;
  readonly rounds?: readonly Witnesses[];
  readonly check?: Partial<Omit<Check, 'id'>>;
};

function execute(
  seen: readonly Observation[],
  { host = {}, rounds = [], check = {} }: World = {},
): { readonly run: Promise<Run>; readonly asked: () => number } {
  const clock = new FakeClock();
  let asked = 0;
  const { host: monitor } = makeParts(clock);
  const parts = makeParts(clock, {
    host: { ...monitor, since: () => host },
    witnesses: {
      ...NO_WITNESSES,
      ask: async () => {
        asked += 1;
        return rounds[Math.min(asked, rounds.length) - 1];
      },
    },
  });
  const kind = fakeKind({ run: scripted(...seen) });
  const cancel = new AbortController().signal;
  return { run: executeCheck({ check: makeCheck(check), kind, trigger: 'manual', cancel }, parts), asked: () => asked };
}

const told = ({ verdict }: Pick<Run, 'verdict'>): string => {
  if (verdict.status === 'inconclusive') return `inconclusive: ${verdict.fault.code}`;
  return 'doubt' in verdict ? `${verdict.status}, doubtful: ${verdict.doubt?.code}` : verdict.status;
};

/** What `core/` says of a run as it was stored, from its observations and circumstances alone. */
function judgeAgain(stored: Run): Verdict {
  const rules = { budgets: makeCheck().budgets, evidence: [] };
  const [first, ...rest] = stored.attempts.map(
    (attempt): Attempt => ({ ...attempt, verdict: judge(attempt.observation, rules).verdict }),
  );
  assert.ok(first);
  const attempts: NonEmpty<Attempt> = [first, ...rest];
  return decideBlame(judgeAttempts(attempts), circumstancesOf(stored));
}

describe('a run', () => {
  const rows: readonly (readonly [string, readonly Observation[], World, string])[] = [
    [
      'that waited in vain on a lagging host is doubtful',
      [broken('wait')],
      { host: { eventLoopLagMs: 5_000 } },
      'failed, doubtful: host-overloaded',
    ],
    [
      'that waited in vain on a throttled host is doubtful',
      [broken('wait')],
      { host: { cpuThrottled: 0.4 }, check: { lane: 'browser' } },
      'failed, doubtful: host-overloaded',
    ],
    [
      'that waited in vain without memory is doubtful',
      [broken('wait')],
      { host: { memoryFree: 0.01 } },
      'failed, doubtful: host-memory',
    ],
    [
      'that waited in vain on a calm host is the target',
      [broken('wait')],
      { host: { eventLoopLagMs: 5, cpuWaiting: 0.3 } },
      'failed',
    ],
    [
      'that got a wrong answer on a lagging host is the target',
      [broken('answer')],
      { host: { eventLoopLagMs: 5_000 } },
      'failed',
    ],
    [
      'that reached nobody, nor did the controls, is the network',
      [broken('reach')],
      { rounds: [CUT_OFF] },
      'inconclusive: network-down',
    ],
    ['that reached nobody while a control did is the target', [broken('reach')], { rounds: [ONLINE] }, 'failed'],
    [
      'that reached nobody in an outage, and nobody after it, is the network',
      [broken('reach')],
      { rounds: [CUT_OFF, ONLINE] },
      'inconclusive: network-down',
    ],
    ['whose confirmation passes is well', [broken('reach'), GOOD], { rounds: [CUT_OFF] }, 'passed'],
  ];
  for (const [what, seen, world, expected] of rows)
    it(`${what}, and is so again when it is judged from what was stored`, async () => {
      const run = await execute(seen, world).run;
      assert.equal(told(run), expected);
      const stored: Run = JSON.parse(JSON.stringify(run));
      assert.deepEqual(judgeAgain(stored), stored.verdict);
    });

  it('marks its doubt among the circumstances', async () => {
    const { taints } = await execute([broken('wait')], { host: { eventLoopLagMs: 5_000 } }).run;
    assert.deepEqual(taints, ['event-loop-lag', 'doubtful']);
  });
  it('asks witnesses at each failure to reach, and keeps what they said only where it counts', async () => {
    const failing = execute([broken('reach')], { rounds: [CUT_OFF] });
    assert.deepEqual([(await failing.run).producedBy.witnesses, failing.asked()], [CUT_OFF, 2]);
    const recovering = execute([broken('reach'), GOOD], { rounds: [CUT_OFF] });
    assert.deepEqual([(await recovering.run).producedBy.witnesses, recovering.asked()], [undefined, 1]);
    const answered = execute([broken('answer')]);
    await answered.run;
    assert.equal(answered.asked(), 0);
  });
  it('keeps signals of its host only where they count', async () => {
    const calm = await execute([GOOD], { host: { cpuWaiting: 0.2, memoryFree: 0.5, oomKills: 0 } }).run;
    assert.equal(calm.producedBy.strain, undefined);
    const strained = await execute([GOOD], {
      host: { cpuWaiting: 0.9, memoryFree: 0.5, oomKills: 2 },
      check: { lane: 'browser' },
    }).run;
    assert.deepEqual(strained.producedBy.strain, { cpuWaiting: 0.9, oomKills: 2 });
    assert.deepEqual(strained.taints, ['host-overloaded', 'memory-pressure']);
  });
});
