import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needsLimit, withinPatternLimit } from './patterns.ts';

test('a pattern that would run for years is stopped within its limit', () => {
  const startedAt = performance.now();
  const ended = withinPatternLimit(() => /^(a+)+$/.test(`${'a'.repeat(60)}!`), 50);
  assert.equal(ended, false);
  assert.ok(performance.now() - startedAt < 5_000);
});

test('work that ends in time has ended, and what it throws is thrown', () => {
  let matched = false;
  assert.equal(
    withinPatternLimit(() => {
      matched = /b+/.test('abc');
    }),
    true,
  );
  assert.equal(matched, true);
  assert.throws(
    () =>
      withinPatternLimit(() => {
        throw new RangeError('mine');
      }),
    { message: 'mine' },
  );
});

test('only repetition and back references can take long', () => {
  for (const source of ['a+', 'a*', 'a{2,}', '(a)\\1', '(?<x>a)\\k<x>'])
    assert.equal(needsLimit({ source, flags: '' }), true, source);
  for (const source of ['abc', '^a$', 'a|b', '[ab]?c']) assert.equal(needsLimit({ source, flags: '' }), false, source);
});
