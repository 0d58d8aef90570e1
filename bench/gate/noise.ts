/** Numbers from 0 to 1, the same ones for the same seed (mulberry32, Tommy Ettinger, public domain). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Standard normal (Box & Muller 1958). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** The noise of one measurement slot, for every metric: what is added to the logarithm of the value, with a standard deviation of 1. */
export type Noise = (slot: number) => readonly number[];
type MakeNoise = (metrics: number, random: () => number) => Noise;

/** What machines and networks do to repeated measurements of the same thing. */
export const NOISES = {
  'log-normal': (metrics, random) => () => each(metrics, () => normal(random)),
  'heavy tails': (metrics, random) => () => each(metrics, () => studentThree(random)),
  'two modes': (metrics, random) => () => each(metrics, () => twoModes(random)),
  drift: (metrics, random) => {
    const slopes = each(metrics, () => normal(random));
    return (slot) => slopes.map((slope) => 0.9 * normal(random) + slope * 0.05 * slot);
  },
  'slow neighbour': (metrics, random) => {
    let isBusy = false;
    return () => {
      isBusy = random() < (isBusy ? 0.75 : 0.05);
      const burden = isBusy ? 2 : 0;
      return each(metrics, () => 0.6 * normal(random) + burden * (0.5 + random()));
    };
  },
  'unlike metrics': (metrics, random) => {
    const scales = each(metrics, () => Math.exp(0.5 * normal(random) - 0.25));
    return () => scales.map((scale) => scale * normal(random));
  },
} as const satisfies Record<string, MakeNoise>;
export type NoiseName = keyof typeof NOISES;

/** `Array.from` with a function takes several times as long. */
function each(count: number, make: () => number): number[] {
  const all: number[] = [];
  for (let index = 0; index < count; index += 1) all.push(make());
  return all;
}

/** Student's t with 3 degrees of freedom, scaled to a standard deviation of 1. */
function studentThree(random: () => number): number {
  const chi = normal(random) ** 2 + normal(random) ** 2 + normal(random) ** 2;
  return normal(random) / Math.sqrt(chi / 3) / Math.sqrt(3);
}

/** A cache that misses three times out of ten. */
function twoModes(random: () => number): number {
  const slow = random() < 0.3 ? 1 : 0;
  return (0.3 * normal(random) + slow - 0.3) / Math.sqrt(0.09 + 0.21);
}
