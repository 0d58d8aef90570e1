import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import type { Blame, FaultCode } from '../../core/fault.ts';
import { decisive, type Run } from '../../core/run.ts';
import type { Monitor } from './monitor.ts';

/** How a fault must end: the target's by a breach, ours by a fault with its blame, or not noticed. */
export type Expected =
  | {
      readonly failed: RegExp /** The part of the talk in which it went wrong. */;
      readonly phase?: string;
      readonly attempts?: number;
    }
  | { readonly inconclusive: FaultCode; readonly blame: Blame; readonly says?: RegExp }
  | { readonly passed: true; readonly taint?: string };

/** One line per run, in the same words for every kind. */
export function describeRun({ verdict }: Run): string {
  switch (verdict.status) {
    case 'passed':
      return 'passed';
    case 'failed':
    case 'degraded':
      return `${verdict.status} ${verdict.breaches
        .map((breach) => (breach.kind === 'assertion' ? `${breach.expected}: ${breach.actual}` : breach.budget))
        .join(' | ')}`;
    case 'inconclusive':
      return `inconclusive ${verdict.fault.code} (${verdict.fault.blame}) ${verdict.fault.message}`;
    case 'skipped':
      return `skipped ${verdict.reason}`;
  }
}

export function assertRun(run: Run, expected: Expected): void {
  const told = describeRun(run);
  if ('failed' in expected) {
    assert.match(told, /^failed /);
    assert.match(told, expected.failed);
    if (expected.phase !== undefined) assert.match(told, new RegExp(`: ${expected.phase}: `));
    // The first attempt and its confirmation, which heavy kinds do without: never asked more often than the policy says.
    const attempts = expected.attempts ?? (['load', 'audit'].includes(run.kind) ? 1 : 2);
    assert.equal(run.attempts.length, attempts, 'attempts');
  } else if ('inconclusive' in expected) {
    const begin = `inconclusive ${expected.inconclusive} (${expected.blame}) `;
    assert.ok(told.startsWith(begin), told);
    assert.match(told.slice(begin.length), expected.says ?? /./);
  } else {
    assert.equal(told, 'passed');
    if (expected.taint !== undefined) assert.ok(taintsOf(run).includes(expected.taint), taintsOf(run).join());
  }
}

function taintsOf(run: Run): readonly string[] {
  return [...run.taints, ...(decisive(run)?.taints ?? [])];
}

/** Bounds that a busy machine keeps and a blocked engine does not. */
export type Bounds = { readonly latenessMs: number; readonly rssBytes: number; readonly descriptors: number };
const MOST_PASSED_OVER = 0.3;
const BOUNDS: Bounds = { latenessMs: 4_000, rssBytes: 150_000_000, descriptors: 3 };

/** The last test of a family: what else was watched meanwhile ran on time and passed, and everything was given back. */
export function itDelaysNobody(monitor: () => Monitor, bounds: Partial<Bounds> = {}): void {
  it('other checks ran every second, on time, and passed; memory and descriptors stayed bounded', async (test: TestContext) => {
    const limits = { ...BOUNDS, ...bounds };
    const seen = await monitor().witness();
    const { runs, worstLatenessMs, rssGrowthBytes, descriptorsLeft, processesLeft } = seen;
    test.diagnostic(
      `witness: ${runs} runs, at most ${Math.round(worstLatenessMs)} ms late; memory +${Math.round(rssGrowthBytes / 1e6)} MB; descriptors +${descriptorsLeft}; processes +${processesLeft}`,
    );
    assert.deepEqual(seen.notPassed, []);
    assert.ok(
      seen.lost <= seen.passedOver.length,
      `${seen.lost} slots without a run, records of ${seen.passedOver.length}`,
    );
    // On a machine that is busy with other things a run may take a second, and the next slot is then passed over, with a record.
    assert.ok(seen.lost <= 1 + runs * MOST_PASSED_OVER, `slots without a run: ${seen.passedOver.join('; ')}`);
    assert.ok(worstLatenessMs < limits.latenessMs, `${worstLatenessMs} ms late`);
    assert.ok(rssGrowthBytes < limits.rssBytes, `${rssGrowthBytes} bytes more memory`);
    assert.equal(processesLeft, 0, 'processes left behind');
    assert.ok(descriptorsLeft <= limits.descriptors, `${descriptorsLeft} descriptors were not given back`);
  });
}
