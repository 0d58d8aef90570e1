import type { Blame } from '../fault.ts';
import { describeBreach } from '../judge.ts';
import { decisive, type Run } from '../run.ts';
import type { Side } from './result.ts';
import { SIDES } from './result.ts';

/** What one attempt at a pair came to. */
export type PairOutcome =
  | { readonly kind: 'taken'; readonly runs: Readonly<Partial<Record<Side, Run>>> & { readonly candidate: Run } }
  /** A side does not do what the check asserts. */
  | { readonly kind: 'broken'; readonly side: Side; readonly reason: string }
  /** Nothing can be taken from it, and the next attempt may be better. */
  | { readonly kind: 'spoilt'; readonly reason: string; readonly blame?: Blame };

/**
 * Judges the two runs of a pair. A failure that this machine may have caused is no failure of a release, and a run that passed only when it was
 * asked again measured another thing than its partner: full recording costs time.
 */
export function judgePair(runs: Readonly<Partial<Record<Side, Run>>> & { readonly candidate: Run }): PairOutcome {
  for (const side of SIDES.toReversed()) {
    const run = runs[side];
    const ending = run === undefined ? undefined : endingOf(run, side);
    if (ending !== undefined) return ending;
  }
  return { kind: 'taken', runs };
}

function endingOf(run: Run, side: Side): PairOutcome | undefined {
  const { verdict } = run;
  const who = side === 'base' ? 'the baseline' : 'the candidate';
  switch (verdict.status) {
    case 'failed':
      return verdict.doubt === undefined
        ? { kind: 'broken', side, reason: `${who}: ${verdict.breaches.map(describeBreach).slice(0, 3).join('; ')}` }
        : { kind: 'spoilt', reason: `${who}: ${verdict.doubt.message}`, blame: verdict.doubt.blame };
    case 'inconclusive':
      return { kind: 'spoilt', reason: `${who}: ${verdict.fault.message}`, blame: verdict.fault.blame };
    case 'skipped':
      return { kind: 'spoilt', reason: `${who}: skipped (${verdict.reason})` };
    case 'passed':
    case 'degraded':
      return run.attempts.length > 1 || decisive(run) === undefined
        ? { kind: 'spoilt', reason: `${who}: passed only when it was asked again` }
        : undefined;
  }
}
