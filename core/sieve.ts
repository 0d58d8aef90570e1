/** Tells which of many words stand in a text, in one pass whose cost hardly depends on how many words there are (Wu and Manber, 1994). */
export type Sieve = (text: string) => ReadonlySet<number>;

const BLOCK = 3;
const TABLE = 1 << 15;

/** Answers with the indices of the words that a text holds. */
export function makeSieve(words: readonly string[]): Sieve {
  const short = words.flatMap((word, index) => (word.length < BLOCK ? [index] : []));
  const long = words.flatMap((word, index) => (word.length < BLOCK ? [] : [index]));
  const window = long.reduce((least, index) => Math.min(least, words[index]?.length ?? BLOCK), 255);
  // How far the window may move on when its last block hashes so; at 0 the words to compare.
  const shifts = new Uint8Array(TABLE).fill(window - BLOCK + 1);
  const ending = new Map<number, number[]>();
  for (const index of long) {
    const word = words[index] ?? '';
    for (let end = BLOCK - 1; end < window; end += 1) {
      const hash = hashBlock(word, end);
      shifts[hash] = Math.min(shifts[hash] ?? 0, window - 1 - end);
    }
    const last = hashBlock(word, window - 1);
    ending.set(last, [...(ending.get(last) ?? []), index]);
  }
  return (text) => {
    const found = new Set(short.filter((index) => text.includes(words[index] ?? '')));
    if (long.length === 0) return found;
    for (let at = window - 1; at < text.length; ) {
      const hash = hashBlock(text, at);
      const shift = shifts[hash] ?? 1;
      if (shift === 0)
        for (const index of ending.get(hash) ?? [])
          if (text.startsWith(words[index] ?? '', at - window + 1)) found.add(index);
      at += Math.max(1, shift);
    }
    return found;
  };
}

function hashBlock(text: string, end: number): number {
  return ((text.charCodeAt(end) << 10) ^ (text.charCodeAt(end - 1) << 5) ^ text.charCodeAt(end - 2)) & (TABLE - 1);
}
