// suite: waits

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runInNamespace, whyNoNamespace } from '../network/namespace.ts';
import type { Witness } from './monitor.ts';

const PROGRAM = join(import.meta.dirname, 'fixtures', 'without-route.ts');

type Told = { readonly runs: readonly string[]; readonly witness: Witness };

describe('routes that lead nowhere', { skip: whyNoNamespace() }, () => {
  it("27: silence is the target's, a route of this machine that is missing or null is not", async (test) => {
    const { runs, witness }: Told = JSON.parse(await runInNamespace(PROGRAM, [], 60_000));
    const [swallowed, nullRoute, noRoute] = runs;
    assert.match(swallowed ?? '', /^failed .*connect: nothing answered in time – after 500 ms/);
    assert.match(nullRoute ?? '', /^inconclusive network-down \(network\) connect: .*10\.98\.0\.2/);
    assert.match(noRoute ?? '', /^inconclusive network-down \(network\) connect: .*10\.97\.0\.2/);
    test.diagnostic(`witness: ${witness.runs} runs, at most ${Math.round(witness.worstLatenessMs)} ms late`);
    assert.deepEqual(witness.notPassed, []);
    assert.ok(
      witness.lost <= 1 + witness.passedOver.length && witness.worstLatenessMs < 4_000,
      JSON.stringify(witness),
    );
  });
});
