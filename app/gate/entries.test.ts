import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Check, CheckKind } from '../../core/check.ts';
import type { Plan } from '../../core/plan.ts';
import { makeCheck } from '../engine/testing/kinds.ts';
import { makePlan } from '../engine/testing/runs.ts';
import { type ChooseInput, chooseEntries } from './entries.ts';

type Given = readonly (readonly [string, CheckKind, Partial<Check>?])[];

function plan(baseUrl: string, given: Given, production = false): Plan {
  const target = { name: 'shop', baseUrl, environment: 'test', origins: { api: 'http://127.0.0.1:9' }, production };
  return makePlan(given.map(([id, kind, more]) => makeCheck({ id, kind, target, options: { url: '/' }, ...more })));
}

const GIVEN: Given = [
  ['storm', 'load'],
  ['audit', 'audit'],
  ['search', 'journey', { tags: ['slow'] }],
  ['home', 'http'],
  ['ping', 'heartbeat'],
  ['by-hand', 'http', { schedule: { type: 'manual' } }],
];

function choose(more: Partial<ChooseInput> = {}, given = GIVEN): ReturnType<typeof chooseEntries> {
  return chooseEntries({
    candidate: plan('http://127.0.0.1:2', given),
    base: plan('http://127.0.0.1:1', given),
    only: [],
    tags: [],
    armed: false,
    sameSides: false,
    ...more,
  });
}
const idsOf = ({ entries }: ReturnType<typeof chooseEntries>): readonly string[] =>
  entries.map(({ check }) => check.id);

describe('a gate chooses', () => {
  it('what has a schedule, cheap first, without what others send', () => {
    assert.deepEqual(idsOf(choose()), ['home', 'search', 'audit', 'storm']);
  });
  it('by id, by kind and by tag', () => {
    assert.deepEqual(idsOf(choose({ only: ['by-hand', 'audit'] })), ['by-hand', 'audit']);
    assert.deepEqual(idsOf(choose({ only: ['http'] })), ['home', 'by-hand']);
    assert.deepEqual(idsOf(choose({ tags: ['slow'] })), ['search']);
  });
  it('nothing silently: a name that matches nothing is a problem', () => {
    assert.match(choose({ only: ['serch'] }).problems.join(), /no check 'serch'/);
    assert.match(choose({ tags: ['typo'] }).problems.join(), /typo/);
  });
  it('to compare each check with the same one of the baseline', () => {
    const { entries } = choose();
    assert.ok(entries.every(({ base }) => base?.target.baseUrl === 'http://127.0.0.1:1'));
  });
  it('not to compare what asks the same address on both sides, and says so', () => {
    const { entries, notes } = choose({}, [['api', 'http', { options: { url: '/', origin: 'api' } }]]);
    assert.equal(entries[0]?.base, undefined);
    assert.match(notes.join(), /api asks the same address on both sides/);
  });
  it('to compare two previews below one host, and not what both find at its root', () => {
    const given: Given = [
      ['page', 'http', { options: { url: 'parts' } }],
      ['status', 'http', { options: { url: '/status' } }],
    ];
    const sides = {
      candidate: plan('http://127.0.0.1:2/pr-12/', given),
      base: plan('http://127.0.0.1:2/pr-11/', given),
    };
    const compared = choose(sides).entries.filter(({ base }) => base !== undefined);
    assert.deepEqual(idsOf({ ...choose(sides), entries: compared }), ['page']);
  });
  it('nothing at all when no check could be compared with the baseline that was named', () => {
    const same = plan('http://127.0.0.1:2', GIVEN);
    assert.match(choose({ base: same }).problems.join(), /nothing can be compared/);
    assert.deepEqual(choose({ base: same, sameSides: true }).problems, []);
    assert.deepEqual(choose({ base: undefined }).problems, []);
  });
  it('no load on a production target unless it is armed or named', () => {
    const production = { candidate: plan('http://127.0.0.1:2', GIVEN, true) };
    const { notes } = choose(production);
    assert.ok(!idsOf(choose(production)).includes('storm'));
    assert.match(notes.join(), /storm was left out: load on a production target needs --arm/);
    assert.ok(idsOf(choose({ ...production, armed: true })).includes('storm'));
    assert.deepEqual(idsOf(choose({ ...production, only: ['storm'] })), ['storm']);
  });
});
