import { sleep } from 'k6';
import exec from 'k6/execution';
import { between, type Random, seededRandom } from './random.ts';

/**
 * Random numbers of this virtual user in this iteration: the same in every run with the same `SEED`, different between
 * users and iterations. Call it inside the default function.
 */
export function iterationRandom(): Random {
  const seed = Number(__ENV.SEED ?? 1);
  // Two large odd factors keep (user 1, iteration 2) apart from (user 2, iteration 1).
  return seededRandom(seed + exec.vu.idInTest * 2_654_435_761 + exec.vu.iterationInScenario * 40_503);
}

/** Waits as a person would between two actions, `leastS` to `mostS` seconds. @example thinkTime(iterationRandom(), 1, 3) */
export function thinkTime(random: Random, leastS: number, mostS: number): void {
  sleep(between(random, leastS, mostS));
}
