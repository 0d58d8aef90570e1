import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { duration } from './duration-schema.ts';

function said(input: unknown, limits = {}): string {
  const result = duration(limits).safeParse(input);
  return result.success ? String(result.data) : result.error.issues.map(({ message }) => message).join('; ');
}

describe('a duration option', () => {
  it('becomes milliseconds, limits included', () => {
    const limits = { least: 1_000, most: 60_000 };
    assert.deepEqual([said('1s', limits), said('1m', limits), said(1_500)], ['1000', '60000', '1500']);
  });
  it('says what it got and what to write', () => {
    assert.match(said('soon'), /^"soon" is not a duration: write '30s'/);
    assert.match(said(-5), /^-5 is not a duration/);
    assert.match(said(true), /^expected a duration such as '30s' or milliseconds, got true/);
  });
  it('tells a bare number in its unit, because 30 is often meant as seconds', () => {
    assert.equal(said(30, { least: 1_000 }), '30 (milliseconds) is too short: at least 1 s');
    assert.equal(said('2d', { most: 86_400_000 }), "'2d' is too long: at most 24 h");
  });
});
