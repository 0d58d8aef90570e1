import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KINDS } from '../app/kinds.ts';
import { CHECK_KINDS } from '../core/check.ts';
import { LEAST_OPTIONS } from './least-options.ts';

describe('the contract of kinds', () => {
  it('lists every kind of the glossary once', () => {
    assert.deepEqual(KINDS.map(({ kind }) => kind).sort(), [...CHECK_KINDS].sort());
  });
  for (const kind of KINDS) {
    const least = LEAST_OPTIONS[kind.kind];
    it(`${kind.kind}: takes its least options and refuses an unknown key`, () => {
      assert.ok(kind.schema.safeParse(least).success);
      assert.equal(kind.schema.safeParse({ ...least, typo: 1 }).success, false);
    });
    it(`${kind.kind}: asks for evidence, so that seeing nothing cannot pass`, () => {
      const rules = kind.evidence(kind.schema.parse(least));
      assert.ok(
        rules.some((rule) => (rule.atLeast ?? 0) >= 1),
        'at least one thing must have been seen',
      );
      for (const { fault } of rules) assert.ok(fault.message.length > 10);
    });
    it(`${kind.kind}: says what it measures and how it can end`, () => {
      for (const [name, { help }] of Object.entries(kind.measures)) assert.ok(help.length > 5, name);
      assert.ok(
        kind.endings.some(({ means }) => means === 'inconclusive'),
        'a kind that can never be inconclusive lies',
      );
      assert.ok(kind.endings.some(({ means }) => means === 'measured' || means === 'failed'));
      assert.ok(Object.isFrozen(kind) && kind.defaultTimeoutMs > 0);
    });
  }
});
