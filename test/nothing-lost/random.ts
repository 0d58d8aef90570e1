/** Numbers that look random and are the same for the same seed, so that what was found once can be found again. */
export type Random = {
  /** At least `from`, less than `to`. */
  between(from: number, to: number): number;
  chance(share: number): boolean;
};

/** Mulberry32: small, and random enough to choose instants. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { between: (from, to) => from + next() * (to - from), chance: (share) => next() < share };
}
