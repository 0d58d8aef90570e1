export type FeedbackCategory = 'bug' | 'suggestion' | 'question' | 'compliment' | 'autre';

/** Words without accents; the first category with a hit wins, and faults come first. */
const words: readonly (readonly [FeedbackCategory, RegExp])[] = [
  ['bug', /\b(bug|plante|erreur|bloque|marche pas|fonctionne pas|impossible|casse|lent|panne)/],
  ['suggestion', /\b(suggestion|serait bien|pourriez|ajouter|ameliorer|il manque|j'aimerais|souhait)/],
  ['question', /(\?|\bcomment\b|\bpourquoi\b|\best-ce que\b)/],
  ['compliment', /\b(merci|super|bravo|genial|parfait|excellent|top)\b/],
];

/** Sorts a message by its words, and where these say nothing by its rating (1 to 5). */
export function categorizeFeedback(message: string, rating: number): FeedbackCategory {
  const plain = message.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('’', "'").toLowerCase();
  const hit = words.find(([, pattern]) => pattern.test(plain));
  if (hit) return hit[0];
  return rating >= 4 ? 'compliment' : 'autre';
}
