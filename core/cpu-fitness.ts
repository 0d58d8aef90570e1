/** Rounds per millisecond of one core in the year 2026, about; the score of such a core is 1,000. */
const ROUNDS_OF_A_THOUSAND = 50;

/** How the work of one round is measured: by the wall, because a core that is shared is a slower one. */
export type Fitness = { readonly warmUpMs: number; readonly measureMs: number };

/**
 * A score of how fast one core does ordinary JavaScript now, higher is faster: strings, objects, sorting and integers, for a
 * tenth of a second. About 1,000 on a server core of 2026. It says nothing by itself; compared with its own
 * past it tells a host that is throttled or shared.
 */
export function measureFitness(monotonic: () => number, { warmUpMs, measureMs }: Fitness): number {
  const untilWarm = monotonic() + warmUpMs;
  let kept = 0;
  while (monotonic() < untilWarm) kept ^= doRound(kept);
  const began = monotonic();
  let rounds = 0;
  let spentMs = 0;
  while (spentMs < measureMs) {
    kept ^= doRound(kept + rounds);
    rounds += 1;
    spentMs = monotonic() - began;
  }
  // What was worked out must be used, or the work might be left out by the compiler.
  return kept === Number.MIN_VALUE ? 0 : (rounds / spentMs / ROUNDS_OF_A_THOUSAND) * 1_000;
}

const WORDS = 24;

function doRound(seed: number): number {
  const words = Array.from({ length: WORDS }, (_, index) => `w${(seed * 31 + index * 17) % 97}`);
  const counts: Record<string, number> = {};
  for (const word of words.toSorted()) counts[word] = (counts[word] ?? 0) + word.length;
  let sum = seed | 0;
  for (const [word, count] of Object.entries(counts)) sum = (Math.imul(sum, 33) ^ word.charCodeAt(1)) + count;
  return sum;
}

/** Scores this much below the usual ones of a host are those of a host that is not itself. */
const FAR_BELOW = 0.8;
const LEAST_SCORES = 5;

/** Whether a score is far below the median of those before it; with few before it nothing is said. */
export function isUnfit(score: number, before: readonly number[]): boolean {
  const sorted = before.toSorted((a, b) => a - b);
  const usual = sorted[Math.floor(sorted.length / 2)];
  return usual !== undefined && sorted.length >= LEAST_SCORES && score < usual * FAR_BELOW;
}
