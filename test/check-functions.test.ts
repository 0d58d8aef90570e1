import assert from 'node:assert/strict';
import { it } from 'node:test';
import { httpCheck, loadCheck, tlsCheck } from '../app/index.ts';

// The compiler is the test: each `@ts-expect-error` below is an error when the line is accepted (`npm run check` runs tsc).
it('refuses wrong options of a check already in the editor', () => {
  const made = [
    // @ts-expect-error unknown option
    httpCheck('a', { every: '1s', urll: '/' }),
    // @ts-expect-error unknown option of another kind
    tlsCheck('a', { every: '1s', script: 'x.ts' }),
    // @ts-expect-error not a duration
    httpCheck('a', { every: 'soon' }),
    // @ts-expect-error a measure this kind has not
    httpCheck('a', { every: '1s', budgets: { totall: { fail: '<= 3s' } } }),
    // @ts-expect-error a unit this measure has not
    httpCheck('a', { every: '1s', budgets: { total: { fail: '<= 3MB' } } }),
    // @ts-expect-error a required option is missing
    loadCheck('a', { every: '1s' }),
    httpCheck('a', { every: '1s', url: '/', budgets: { total: [{ fail: '<= 3s', aggregate: 'p95' }] } }),
  ];
  assert.ok(made.every((check) => check.id === 'a'));
});
