import type { Clock } from '../../core/clock.ts';
import { isUnfit } from '../../core/cpu-fitness.ts';

/** How fast this host was when it was last looked at. */
export type FitnessReading = {
  readonly score: number;
  /** Milliseconds since it was measured. */
  readonly ageMs: number;
  /** Whether that is far below what this host usually does. */
  readonly isUnfit: boolean;
};

export type CpuFitness = () => Promise<FitnessReading | undefined>;

/** Measuring takes a tenth of a second of one core; heavy runs that follow each other share one look. */
const GOOD_FOR_MS = 60_000;
const KEPT_SCORES = 30;

/** The fitness of this host, measured at most once a minute and held against its own past. */
export function openCpuFitness(
  clock: Pick<Clock, 'monotonic'>,
  measure: () => Promise<number | undefined>,
): CpuFitness {
  const scores: number[] = [];
  let latest: { readonly score: number; readonly at: number; readonly isUnfit: boolean } | undefined;
  let measuring: Promise<void> | undefined;

  async function look(): Promise<void> {
    const score = await measure();
    if (score === undefined) return;
    latest = { score, at: clock.monotonic(), isUnfit: isUnfit(score, scores) };
    scores.push(score);
    if (scores.length > KEPT_SCORES) scores.shift();
  }

  return async () => {
    if (latest === undefined || clock.monotonic() - latest.at >= GOOD_FOR_MS) {
      measuring ??= look().finally(() => {
        measuring = undefined;
      });
      await measuring;
    }
    if (latest === undefined) return undefined;
    const { score, at, isUnfit: unfit } = latest;
    return { score, ageMs: clock.monotonic() - at, isUnfit: unfit };
  };
}
