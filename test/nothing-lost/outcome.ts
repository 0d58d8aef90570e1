/** What one scenario of "nothing lost" says of itself: the same for the tests, which take a few turns, and for the soak, which takes many. */
export type Outcome = {
  readonly what: string;
  /** How often the fault was made. */
  readonly times: number;
  /** What was found wrong; empty when everything held. */
  readonly problems: readonly string[];
  /** What was seen, in words with numbers. */
  readonly figure: string;
};

/** Told now and then while a scenario runs, e.g. `kill 40 of 250`. */
export type Tell = (progress: string) => void;

/** Shares out so many turns; a place that would get none is left out. */
export function shareOut(times: number, places: number): readonly number[] {
  const used = Math.min(times, places);
  return Array.from({ length: used }, (_, index) => Math.ceil((times - index) / used));
}
