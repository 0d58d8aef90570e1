import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkId, runId } from '../identifiers.ts';
import { type ConcludeInput, conclude } from './conclude.ts';
import { taintedShare, unfitness } from './fitness.ts';
import { rankRows } from './rank.ts';
import type { AbsoluteRow, FitnessLook, GateCheck, GateRow, GateRun, RelativeRow } from './result.ts';

const base = {
  check: checkId('search'),
  kind: 'journey',
  stage: 'journeys',
  measure: 'lcp',
  unit: 'ms',
  better: 'lower',
  candidate: { median: 110, values: [110] },
  evidence: [],
  explanations: [],
} as const;

function relative(verdict: RelativeRow['verdict'], name = 'lcp', estimate = 0.1): RelativeRow {
  return {
    ...base,
    type: 'relative',
    name,
    base: { median: 100, values: [100] },
    change: { estimate, low: 0, high: 0.2 },
    effect: { by: 0.1, ratio: true },
    declared: true,
    verdict,
  };
}

function absolute(verdict: AbsoluteRow['verdict'], level: AbsoluteRow['level'] = 'fail'): AbsoluteRow {
  const limit = { comparison: '<=', value: 200, unit: 'ms' } as const;
  return { ...base, type: 'absolute', name: `limit ${level}`, limit, level, verdict };
}

const seen: GateRun = {
  id: runId(1, '0123abcd'),
  side: 'candidate',
  pair: 0,
  status: 'passed',
  taints: [],
  startedAt: 0,
  durationMs: 1,
  artefacts: [],
};

function check(status: GateCheck['status']): GateCheck {
  return { check: base.check, kind: 'journey', name: 'Search', stage: 'journeys', status, reasons: [], runs: [seen] };
}

const measured = check('measured');
const concluded = (more: Partial<ConcludeInput>): string =>
  conclude({ rows: [], checks: [measured], lacking: [], interrupted: false, ...more }).status;
const lacking = { check: base.check, name: 'inp', seen: { base: 0, candidate: 0, of: 6 } };

describe('a gate concludes', () => {
  const rows: readonly (readonly [string, Partial<ConcludeInput>, string])[] = [
    ['all is well', { rows: [relative('not-regressed'), absolute('kept')] }, 'passed'],
    ['a measure got worse', { rows: [relative('not-regressed'), relative('regressed')] }, 'failed'],
    ['a limit is broken', { rows: [absolute('broken')] }, 'failed'],
    ['a limit that warns is broken', { rows: [absolute('broken', 'warn')] }, 'passed'],
    ['one could not be told', { rows: [relative('not-regressed'), relative('undecided')] }, 'undecided'],
    ['only a warning could not be told', { rows: [absolute('undecided', 'warn')] }, 'passed'],
    ['one got worse and another could not be told', { rows: [relative('undecided'), relative('regressed')] }, 'failed'],
    ['the candidate is broken', { checks: [check('broken')] }, 'failed'],
    ['the candidate is broken on an unfit machine', { checks: [check('broken')], unfit: 'busy' }, 'failed'],
    ['worse on an unfit machine', { rows: [relative('regressed')], unfit: 'busy' }, 'inconclusive'],
    ['well on an unfit machine', { rows: [relative('not-regressed')], unfit: 'busy' }, 'inconclusive'],
    ['a check could not be measured', { checks: [measured, check('not-measured')] }, 'inconclusive'],
    ['worse, and another not measured', { rows: [relative('regressed')], checks: [check('not-measured')] }, 'failed'],
    ['the baseline is broken', { checks: [check('base-broken')] }, 'undecided'],
    ['the turn of a check did not come', { checks: [measured, check('not-run')] }, 'undecided'],
    ['what the configuration asks for was never seen', { lacking: [{ ...lacking, declared: true }] }, 'inconclusive'],
    [
      'a usual measure was not always seen',
      { rows: [absolute('kept')], lacking: [{ ...lacking, declared: false }] },
      'passed',
    ],
    ['nothing was run', { checks: [{ ...measured, runs: [] }] }, 'inconclusive'],
    ['no check at all', { checks: [] }, 'inconclusive'],
    ['it was interrupted, whatever was seen', { rows: [relative('regressed')], interrupted: true }, 'interrupted'],
  ];
  for (const [what, input, status] of rows) it(`${what}: ${status}`, () => assert.equal(concluded(input), status));

  it('with a reason that names what it rests on', () => {
    const { reason } = conclude({
      rows: ['a', 'b', 'c', 'd', 'e'].map((name) => relative('regressed', name)),
      checks: [measured],
      lacking: [],
      interrupted: false,
    });
    assert.equal(reason, 'Worse than the baseline: search a, search b, search c and 2 more');
  });

  it('passes where nothing but assertions was asked for', () => {
    assert.equal(concluded({}), 'passed');
  });
});

describe('the worst stands first', () => {
  it('fails before the undecided, warnings before what is well, and the nearest to its limit before the rest', () => {
    const rows: readonly GateRow[] = [
      relative('not-regressed', 'far', -0.5),
      absolute('broken', 'warn'),
      relative('not-regressed', 'near', 0.09),
      relative('undecided', 'open'),
      relative('regressed', 'little worse', 0.12),
      relative('regressed', 'much worse', 0.9),
    ];
    assert.deepEqual(
      rankRows(rows).map(({ name }) => name),
      ['much worse', 'little worse', 'open', 'limit warn', 'near', 'far'],
    );
  });
});

describe('a machine is fit to compare', () => {
  const looks = (before: readonly number[], after: readonly number[]): readonly FitnessLook[] => [
    ...before.map((score) => ({ when: 'before' as const, score })),
    ...after.map((score) => ({ when: 'after' as const, score })),
  ];
  it('when its speed stays what it was', () => {
    assert.equal(unfitness(looks([1_000, 950, 1_010], [980, 900, 940]), 0.1), undefined);
  });
  it('also when single looks met bursts', () => {
    assert.equal(unfitness(looks([300, 950, 1_000], [980, 1_000, 350]), 0.1), undefined);
  });
  it('not when it became another one', () => {
    assert.match(unfitness(looks([1_000, 990, 1_010], [500, 480, 900]), 0.1) ?? '', /500 to 1000/);
  });
  it('not when most runs were disturbed, by what disturbs', () => {
    const runs = [{ taints: ['host-overloaded'] }, { taints: ['cpu-steal'] }, { taints: ['unsandboxed'] }] as const;
    assert.equal(taintedShare(runs), 2 / 3);
    assert.match(unfitness([], taintedShare(runs)) ?? '', /67 %/);
  });
});
