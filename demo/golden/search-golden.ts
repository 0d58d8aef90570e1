import type { Part } from '../catalogue/generate.ts';
import { emptyQueries, searchCases } from './search-cases.ts';

type SearchGolden = {
  readonly items: readonly { readonly query: string; readonly relevant: readonly string[] }[];
  readonly empty: readonly string[];
};

/** The golden queries with the ids of all parts that answer them. */
export function searchGolden(parts: readonly Part[]): SearchGolden {
  const items = searchCases.map(({ query, isRelevant }) => ({
    query,
    relevant: parts.filter(isRelevant).map(({ id }) => id),
  }));
  return { items, empty: emptyQueries };
}

/** Share of the relevant parts among those shown. */
export function recall(relevant: readonly string[], shown: readonly string[]): number {
  return relevant.filter((id) => shown.includes(id)).length / relevant.length;
}
