import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Part } from './generate.ts';
import { toMatchExpression } from './query.ts';

type SearchRequest = { readonly query: string; readonly page: number; readonly pageSize: number };
type SearchResult = { readonly total: number; readonly parts: readonly Part[] };

export type Catalogue = {
  search(request: SearchRequest): SearchResult;
  /** The same number of parts, but of another category than asked for: the fault `wrongSearchResults`. */
  searchWrongly(request: SearchRequest): SearchResult;
  find(id: string): Part | undefined;
  readonly size: number;
};

/** Words with accents removed; short prefixes have an index of their own, because people search while typing. */
const schema = `
  CREATE TABLE part (
    row INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, name TEXT NOT NULL, brand TEXT NOT NULL, reference TEXT NOT NULL,
    oemReference TEXT NOT NULL, category TEXT NOT NULL, categoryLabel TEXT NOT NULL, vehicle TEXT NOT NULL,
    priceCents INTEGER NOT NULL, stock INTEGER NOT NULL, rating REAL NOT NULL
  ) STRICT;
  CREATE VIRTUAL TABLE part_text USING fts5(
    name, brand, reference, oemReference, categoryLabel, vehicle,
    content='part', content_rowid='row', tokenize="unicode61 remove_diacritics 2", prefix='2 3 4'
  );`;

const columns = 'id, name, brand, reference, oemReference, category, categoryLabel, vehicle, priceCents, stock, rating';

/** bm25 weights in the order of the columns: a hit in the name counts most, then a reference typed in full. */
const ranking = 'bm25(part_text, 10, 4, 8, 8, 6, 5)';

export function openCatalogue(database: DatabaseSync, parts: readonly Part[]): Catalogue {
  fill(database, parts);
  const all = columns
    .split(', ')
    .map((column) => `part.${column}`)
    .join(', ');
  const match = database.prepare(
    `SELECT ${all} FROM part_text JOIN part ON part.row = part_text.rowid
     WHERE part_text MATCH ? ORDER BY ${ranking}, part.stock = 0, part.row LIMIT ? OFFSET ?`,
  );
  const count = database.prepare('SELECT count(*) AS total FROM part_text WHERE part_text MATCH ?');
  const byId = database.prepare(`SELECT ${columns} FROM part WHERE id = ?`);
  const other = database.prepare(`SELECT ${columns} FROM part WHERE category <> ? ORDER BY row DESC LIMIT ?`);

  const search = ({ query, page, pageSize }: SearchRequest): SearchResult => {
    const expression = toMatchExpression(query);
    if (expression === undefined) return { total: 0, parts: [] };
    return {
      total: Number(count.get(expression)?.total),
      parts: match.all(expression, pageSize, (page - 1) * pageSize).map(partOfRow),
    };
  };
  return {
    search,
    searchWrongly(request) {
      const right = search(request);
      const wrong = other.all(right.parts[0]?.category ?? '', Math.max(right.parts.length, 3));
      return { total: right.total, parts: wrong.map(partOfRow) };
    },
    find: (id) => {
      const row = byId.get(id);
      return row === undefined ? undefined : partOfRow(row);
    },
    size: parts.length,
  };
}

function fill(database: DatabaseSync, parts: readonly Part[]): void {
  database.exec(schema);
  const names = columns.split(', ');
  const insert = database.prepare(
    `INSERT INTO part (${columns}) VALUES (${names.map((name) => `:${name}`).join(', ')})`,
  );
  database.exec('BEGIN');
  for (const part of parts) insert.run(part);
  database.exec(`INSERT INTO part_text (part_text) VALUES ('rebuild'); COMMIT`);
}

/** A row as the queries above give it: they select the columns of a part and nothing else. */
function partOfRow(row: Record<string, SQLOutputValue>): Part {
  return { ...row } as unknown as Part;
}
