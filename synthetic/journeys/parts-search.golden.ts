/** A query as a customer types it, and the parts that belong in its first results. */
export type GoldenQuery = { readonly query: string; readonly parts: readonly string[] };

/** Chosen by hand from the catalogue: plurals, missing accents, brands, model names, words in another order. */
export const GOLDEN_QUERIES: readonly GoldenQuery[] = [
  { query: 'plaquettes de frein clio', parts: ['aa-0001', 'aa-0002', 'aa-0003', 'aa-0004'] },
  { query: 'filtre à huile Mann-Filter 208', parts: ['aa-0321'] },
  { query: 'batterie AGM golf', parts: ['aa-0961', 'aa-0962'] },
  { query: 'kit de distribution mégane', parts: ['aa-1305', 'aa-1306', 'aa-1307', 'aa-1308'] },
  { query: 'essuie glace corsa', parts: ['aa-1993', 'aa-1994', 'aa-1995', 'aa-1996'] },
  { query: 'embrayage LuK 308', parts: ['aa-1625'] },
  { query: 'phare avant droit LED yaris', parts: ['aa-2081', 'aa-2083'] },
  { query: 'turbo garrett qashqai', parts: ['aa-2597'] },
  { query: 'bougie allumage NGK polo', parts: ['aa-0765'] },
  { query: 'retroviseur duster', parts: ['aa-2157', 'aa-2158', 'aa-2159', 'aa-2160'] },
  { query: 'amortisseur sachs focus', parts: ['aa-1277'] },
  { query: 'disques freins twingo', parts: ['aa-0117', 'aa-0118', 'aa-0119', 'aa-0120'] },
];
