/** Words that say nothing about a part. Short forms before an apostrophe (d', l') fall away as one letter. */
const stopWords = new Set([
  'a',
  'au',
  'aux',
  'de',
  'des',
  'du',
  'd',
  'et',
  'en',
  'l',
  'la',
  'le',
  'les',
  'pour',
  'sur',
  'un',
  'une',
  'avec',
  'ma',
  'mon',
]);
const maxWords = 12;

/**
 * Turns what a person typed into an FTS5 expression: all words must occur, each as a prefix, without accents, and
 * without the plural's s or x (FTS5 has no French stemmer). Nothing typed can reach FTS5 as an operator.
 * Returns undefined when no word is left.
 */
export function toMatchExpression(query: string): string | undefined {
  const words = plain(query)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '' && !stopWords.has(word))
    .slice(0, maxWords);
  if (words.length === 0) return undefined;
  return words.map((word) => `"${singular(word)}"*`).join(' ');
}

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/œ/gu, 'oe').toLowerCase();
}

function singular(word: string): string {
  return word.length > 3 ? word.replace(/[sx]$/u, '') : word;
}
