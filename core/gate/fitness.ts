import type { Taint } from '../observation.ts';
import { quantile } from '../statistics.ts';
import { type FitnessLook, LOOKS } from './result.ts';

/** Circumstances of this machine that move what is measured; those of the run alone (a retry, a missing sandbox) do not. */
const OF_THE_HOST: ReadonlySet<Taint> = new Set([
  'event-loop-lag',
  'host-overloaded',
  'cpu-steal',
  'memory-pressure',
  'clock-jump',
  'beside-exclusive',
]);
/** A machine this much slower in one part of the gate than in another is not one machine. */
const LEAST_OF_FASTEST = 0.6;
/** Pairs cancel what both of their runs suffer; when most runs suffer, little is left to be told. */
const MOST_TAINTED = 0.5;

/** Share of runs that the host disturbed, 0 to 1. */
export function taintedShare(runs: readonly { readonly taints: readonly Taint[] }[]): number {
  const tainted = runs.filter(({ taints }) => taints.some((taint) => OF_THE_HOST.has(taint)));
  return runs.length === 0 ? 0 : tainted.length / runs.length;
}

/** Why this machine was in no state to compare two releases; undefined when it was. */
export function unfitness(fitness: readonly FitnessLook[], tainted: number): string | undefined {
  if (tainted > MOST_TAINTED)
    return `This machine was overloaded during ${Math.round(tainted * 100)} % of the runs; nothing can be said of the release. Run the gate on a quieter one`;
  const parts = LOOKS.flatMap((when) => {
    const scores = fitness.filter((look) => look.when === when).map(({ score }) => score);
    // One look alone may meet a moment's burst of something else.
    return quantile(scores, 0.5) ?? [];
  });
  const [slowest, fastest] = [Math.min(...parts), Math.max(...parts)];
  if (parts.length === 0 || slowest >= LEAST_OF_FASTEST * fastest) return undefined;
  return `This machine's speed was not the same throughout (${Math.round(slowest)} to ${Math.round(fastest)} points); nothing can be said of the release. Run the gate on a quieter one`;
}
