/** Numbers in [0, 1) that look random and are the same for the same seed. */
export type Random = () => number;

/** Mulberry32: small, fast and even enough for think times and test data; never for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A number from `least` to below `most`. */
export function between(random: Random, least: number, most: number): number {
  return least + (most - least) * random();
}

/** One of several; throws for none. */
export function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('pick: there is nothing to pick from');
  return item;
}

/** Lower-case letters and digits, e.g. for names of test data. */
export function randomText(random: Random, length: number): string {
  const letters = [...'abcdefghijklmnopqrstuvwxyz0123456789'];
  return Array.from({ length }, () => pick(random, letters)).join('');
}
