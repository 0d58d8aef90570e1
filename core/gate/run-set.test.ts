import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRunSet } from './run-set.ts';

const NOW = Date.UTC(2026, 5, 10, 12);
const DAY = 86_400_000;

describe('which stored runs are meant', () => {
  it('is read from an id, a count or a time', () => {
    assert.deepEqual(parseRunSet('20260101120000000-0a1b2c3d', NOW), {
      type: 'run',
      run: '20260101120000000-0a1b2c3d',
    });
    assert.deepEqual(parseRunSet('home@last:20', NOW), { type: 'last', check: 'home', count: 20 });
    const span = (text: string) => {
      const set = parseRunSet(text, NOW);
      assert.ok('type' in set && set.type === 'span', text);
      return [set.from, set.to];
    };
    assert.deepEqual(span('home@7d..1d'), [NOW - 7 * DAY, NOW - DAY]);
    assert.deepEqual(span('home@2d..'), [NOW - 2 * DAY, NOW]);
    assert.deepEqual(span('home@2026-06-01..2026-06-08T18:00+02:00'), [Date.UTC(2026, 5, 1), Date.UTC(2026, 5, 8, 16)]);
  });

  it('is not guessed', () => {
    const problems: readonly (readonly [string, RegExp])[] = [
      ['home', /neither the id of a run nor a set/],
      ['Home!@last:5', /cannot be the id of a check/],
      ['home@last:0', /neither 'last:<count>' nor a time/],
      ['home@1d..7d', /ends before it begins/],
      ['home@yesterday..', /'yesterday' is neither a date nor a time ago/],
      ['home@2026-13-01..', /'2026-13-01' is neither/],
      ['home@2026-06-01T18:00..', /neither a date/],
      ['home@1d..2d..3d', /neither 'last/],
    ];
    for (const [text, message] of problems) {
      const set = parseRunSet(text, NOW);
      assert.match('problem' in set ? set.problem : 'none', message, text);
    }
  });
});
