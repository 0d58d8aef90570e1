import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KINDS } from '../../app/kinds.ts';
import { CHECK_KINDS } from '../../core/check.ts';
import { judge, type Rules } from '../../core/judge.ts';
import type { Kind } from '../../core/kind.ts';
import { EMPTY_OBSERVATION, type Evidence, type Observation } from '../../core/observation.ts';
import { LEAST_OPTIONS } from '../least-options.ts';
import { needsEachItem } from './trials.ts';

describe('what has seen nothing does not pass', () => {
  for (const name of CHECK_KINDS) {
    const kind = KINDS.find((known) => known.kind === name);
    it(`${name}: not with nothing, and not with the last item of its evidence missing`, () => {
      assert.ok(kind);
      const rules = rulesOf(kind);
      assert.equal(judge(EMPTY_OBSERVATION, rules).verdict.status, 'inconclusive');
      needsEachItem(leastSeen(rules), rules);
    });
    it(`${name}: not with one less than the least, one more than the most, or a count that is no number`, () => {
      assert.ok(kind);
      const rules = rulesOf(kind);
      for (const { item, atLeast, atMost } of rules.evidence) {
        const wrong = [Number.NaN, ...(atLeast ? [atLeast - 1] : []), ...(atMost === undefined ? [] : [atMost + 1])];
        for (const seen of wrong) {
          const least = leastSeen(rules);
          const observation = { ...least, evidence: { ...least.evidence, [item]: { seen } } };
          assert.equal(judge(observation, rules).verdict.status, 'inconclusive', `${seen} ${item}`);
        }
      }
    });
  }
});

function rulesOf(kind: Kind): Rules {
  return { budgets: [], evidence: kind.evidence(kind.schema.parse(LEAST_OPTIONS[kind.kind])) };
}

/** The least that may pass. */
function leastSeen({ evidence }: Rules): Observation {
  const items = evidence.map(({ item, atLeast = 0 }): readonly [string, Evidence[string]] => [item, { seen: atLeast }]);
  return { ...EMPTY_OBSERVATION, evidence: Object.fromEntries(items) };
}
