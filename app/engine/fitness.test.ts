import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Check } from '../../core/check.ts';
import { FakeClock } from '../../core/fake-clock.ts';
import type { Run } from '../../core/run.ts';
import type { FitnessReading } from '../adapters/cpu-fitness.ts';
import { executeCheck } from './execute-check.ts';
import { fakeKind, GOOD, makeCheck, scripted } from './testing/kinds.ts';
import { makeParts } from './testing/parts.ts';

async function runIn(
  lane: Check['lane'],
  fitness: FitnessReading | undefined,
): Promise<Run & { readonly asked: number }> {
  const parts = makeParts(new FakeClock());
  let asked = 0;
  const host = {
    ...parts.host,
    fitness: async () => {
      asked += 1;
      return fitness;
    },
  };
  const run = await executeCheck(
    {
      check: makeCheck({ lane }),
      kind: fakeKind({ run: scripted(GOOD) }),
      trigger: 'manual',
      cancel: new AbortController().signal,
    },
    { ...parts, host },
  );
  return { ...run, asked };
}

describe('the fitness of the host', () => {
  for (const lane of ['browser', 'exclusive'] as const)
    it(`is on record with every run of the ${lane} lane`, async () => {
      const { producedBy, taints } = await runIn(lane, { score: 990, ageMs: 12, isUnfit: false });
      assert.deepEqual([producedBy.cpuFitness, producedBy.cpuFitnessAgeMs, taints], [990, 12, []]);
    });

  it('marks a heavy run when it is far below what it usually is; the verdict stays', async () => {
    const { taints, verdict } = await runIn('exclusive', { score: 500, ageMs: 0, isUnfit: true });
    assert.deepEqual([taints, verdict.status], [['cpu-unfit'], 'passed']);
  });

  it('is not measured for a light probe, which costs less than that', async () => {
    const { producedBy, asked } = await runIn('light', { score: 1, ageMs: 0, isUnfit: true });
    assert.deepEqual([producedBy.cpuFitness, asked], [undefined, 0]);
  });

  it('is left out when it cannot be known', async () => {
    const { producedBy } = await runIn('browser', undefined);
    assert.deepEqual([producedBy.cpuFitness, producedBy.cpuFitnessAgeMs], [undefined, undefined]);
  });
});
