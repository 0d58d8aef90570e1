import { SharedArray } from 'k6/data';
import exec from 'k6/execution';
import { parseCsv } from './csv.ts';

/**
 * Rows of a CSV file, kept once for all virtual users. The script opens the file itself, so that the path is relative to it.
 * @example const queries = sharedCsv('queries', () => open('./queries.csv'));
 */
export function sharedCsv(name: string, read: () => string): readonly Readonly<Record<string, string>>[] {
  return new SharedArray(name, () => [...parseCsv(read())]);
}

/** The items of a JSON file that holds a list, or of the list that `choose` finds in it. @example sharedJson('golden', () => open('./golden.json'), (it) => it.items) */
export function sharedJson<T>(
  name: string,
  read: () => string,
  choose: (parsed: unknown) => readonly T[],
): readonly T[] {
  return new SharedArray(name, () => [...choose(JSON.parse(read()))]);
}

/** The row of this iteration: every row is used before one is used again, over all virtual users. */
export function rowOfIteration<T>(rows: readonly T[]): T {
  const row = rows[exec.scenario.iterationInTest % rows.length];
  if (row === undefined) throw new Error('rowOfIteration: there are no rows');
  return row;
}
