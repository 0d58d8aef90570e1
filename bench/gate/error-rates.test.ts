import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FALSE_ALARM_RATE, MISS_RATE } from '../../core/gate/decide.ts';
import { shareAtMost } from '../../core/gate/share-bound.ts';
import { NOISES, type NoiseName } from './noise.ts';
import { type Scenario, simulate, type Tally } from './simulate.ts';

const scenario = (noise: NoiseName, more: Partial<Scenario>): Scenario => ({
  noise,
  deviation: 0.05,
  metrics: 30,
  worse: 0,
  ratio: 1.1,
  leastEffect: 1.1,
  gates: 1,
  seed: 20_261_124,
  ...more,
});

/** Of these about 3 % are missed: fewer gates could not tell that from the 5 % that are promised. `npm run bench:gate` simulates as many as one likes. */
const CLOSE_TO_THE_BOUND: readonly NoiseName[] = ['two modes', 'unlike metrics'];
const MANY_GATES = 500;
/** Of the other noises less than 2 % are missed; 8 of so many are the most that still prove the bound. */
const GATES = 300;
const gatesFor = (noise: NoiseName): number => (CLOSE_TO_THE_BOUND.includes(noise) ? MANY_GATES : GATES);

/** The dearest of the simulations; that of one noise is looked at twice. */
const worse = new Map<NoiseName, Tally>();
function simulateWorse(noise: NoiseName): Tally {
  const tally = worse.get(noise) ?? simulate(scenario(noise, { gates: gatesFor(noise), worse: 1 }));
  worse.set(noise, tally);
  return tally;
}

describe('a gate of 30 metrics', () => {
  for (const noise of Object.keys(NOISES) as NoiseName[]) {
    it(`fails without a change in at most 1 % of gates: ${noise}`, () => {
      const gates = 1_200;
      const { failed } = simulate(scenario(noise, { gates }));
      assert.ok(shareAtMost(failed, gates) <= FALSE_ALARM_RATE, `${failed} of ${gates}`);
    });
    it(`passes a metric that is worse by the least effect in at most 5 %: ${noise}`, () => {
      const gates = gatesFor(noise);
      const { missed } = simulateWorse(noise);
      assert.ok(shareAtMost(missed, gates) <= MISS_RATE, `${missed} of ${gates}`);
    });
  }
  it('takes few pairs where noise is small', () => {
    const mean = (pairs: readonly number[]): number => pairs.reduce((a, b) => a + b, 0) / pairs.length;
    const same = simulate(scenario('log-normal', { gates: GATES }));
    const worse = simulateWorse('log-normal');
    // A signed-rank test with Bonferroni needs 14 pairs for the same error rates.
    assert.ok(mean(same.pairs) <= 0.6 * 14, `${mean(same.pairs)}`);
    assert.ok(mean(worse.pairs) <= 14, `${mean(worse.pairs)}`);
    assert.ok((worse.pairs[Math.ceil(0.95 * GATES) - 1] ?? 99) <= 20);
  });
});
