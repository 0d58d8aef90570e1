import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ChangeDay, liveThroughDay } from './summer-time.ts';

/** By `docs/config.md`: what falls into the gap runs once right after it, and of a time that comes twice the first counts. */
const DAYS: readonly (ChangeDay & { readonly daily: readonly string[]; readonly edges: readonly string[] })[] = [
  {
    zone: 'Europe/Paris',
    from: '2026-03-28T23:00Z',
    to: '2026-03-29T22:00Z',
    hours: 23,
    change: '2026-03-29T01:00Z',
    edge: '15 2 * * *',
    daily: ['03-29T01:00', '03-30T00:30'],
    edges: ['03-29T01:00', '03-30T00:15'],
  },
  {
    zone: 'Europe/Paris',
    from: '2026-10-24T22:00Z',
    to: '2026-10-25T23:00Z',
    hours: 25,
    change: '2026-10-25T01:00Z',
    edge: '15 2 * * *',
    daily: ['10-25T00:30', '10-26T01:30'],
    edges: ['10-25T00:15', '10-26T01:15'],
  },
  {
    zone: 'America/New_York',
    from: '2026-03-08T05:00Z',
    to: '2026-03-09T04:00Z',
    hours: 23,
    change: '2026-03-08T07:00Z',
    edge: '15 2 * * *',
    daily: ['03-08T07:00', '03-09T06:30'],
    edges: ['03-08T07:00', '03-09T06:15'],
  },
  {
    zone: 'America/New_York',
    from: '2026-11-01T04:00Z',
    to: '2026-11-02T05:00Z',
    hours: 25,
    change: '2026-11-01T06:00Z',
    edge: '30 1 * * *',
    daily: ['11-01T07:30', '11-02T07:30'],
    edges: ['11-01T05:30', '11-02T06:30'],
  },
  {
    zone: 'Australia/Lord_Howe',
    from: '2026-10-03T13:30Z',
    to: '2026-10-04T13:00Z',
    hours: 23.5,
    change: '2026-10-03T15:30Z',
    edge: '15 2 * * *',
    daily: ['10-03T15:30', '10-04T15:30'],
    edges: ['10-03T15:30', '10-04T15:15'],
  },
  {
    zone: 'Australia/Lord_Howe',
    from: '2026-04-04T13:00Z',
    to: '2026-04-05T13:30Z',
    hours: 24.5,
    change: '2026-04-04T15:00Z',
    edge: '45 1 * * *',
    daily: ['04-04T16:00', '04-05T16:00'],
    edges: ['04-04T14:45', '04-05T15:15'],
  },
];
const TEN_MINUTES_MS = 600_000;
/** The target is down for an hour around the change. */
const BAD = 6;

describe('a day on which clocks are set, lived through', () => {
  for (const day of DAYS)
    it(`of ${day.hours} hours in ${day.zone}: a slot per local day, a record per slot, uptime over real time`, () =>
      liveThroughDay(day, ({ ledger, reported, page }) => {
        const dues = (id: string): readonly number[] =>
          ledger.slots.filter(({ check, runSeq }) => check === id && runSeq !== null).map(({ dueAt }) => dueAt);
        const shown = (id: string): readonly string[] =>
          dues(id).map((dueAt) => new Date(dueAt).toISOString().slice(5, 16));
        assert.deepEqual([shown('daily'), shown('edge')], [day.daily, day.edges]);
        assert.deepEqual([ledger.integrity, ledger.gaps.length], ['ok', 0]);
        assert.equal(ledger.runs.length, ledger.slots.length);

        for (const id of ['steady', 'ticks']) {
          const all = dues(id);
          assert.deepEqual([...new Set(all.slice(1).map((due, at) => due - (all[at] ?? 0)))], [TEN_MINUTES_MS], id);
          const { uptime, runs, incidents } = reported.get(id) ?? assert.fail(`no report of ${id}`);
          const expected = day.hours * 6;
          assert.deepEqual([uptime.expected, runs, incidents], [expected, expected, 1], id);
          assert.equal(uptime.ratio, (expected - BAD) / expected);
          // The page counts back 24 real hours, and shows instants in UTC, where none comes twice.
          const row = /24 hours<\/td>(?:<td class="number">[^<]*<\/td>){4}/.exec(page(id))?.[0] ?? '';
          const [, good, bad, unknown] = [...row.matchAll(/>([^<>]*)<\/td>/g)].map(([, cell]) => cell);
          assert.deepEqual([good, bad, unknown], [String(24 * 6 - BAD), String(BAD), '0'], id);
        }
        assert.equal(reported.get('daily')?.uptime.expected, 1);
      }));
});
