import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { generateParts } from '../catalogue/generate.ts';
import { openCatalogue } from '../catalogue/store.ts';
import { recall, searchGolden } from './search-golden.ts';

const parts = generateParts();
const golden = searchGolden(parts);
const catalogue = openCatalogue(new DatabaseSync(':memory:'), parts);
const shown = (query: string) => catalogue.search({ query, page: 1, pageSize: 24 }).parts.map(({ id }) => id);

test('search.json is that of the cases', async () => {
  assert.deepEqual(JSON.parse(await readFile(join(import.meta.dirname, 'search.json'), 'utf8')), golden);
  assert.ok(golden.items.every(({ relevant }) => relevant.length > 0 && relevant.length <= 24));
});

test('the first page holds nearly all parts that answer the golden queries', () => {
  const recalls = golden.items.map(({ query, relevant }) => ({ query, value: recall(relevant, shown(query)) }));
  const mean = recalls.reduce((sum, { value }) => sum + value, 0) / recalls.length;
  assert.ok(mean >= 0.95, `${mean}: ${JSON.stringify(recalls.filter(({ value }) => value < 1))}`);
});

test('queries about nothing find nothing', () => {
  for (const query of golden.empty) assert.deepEqual(shown(query), [], query);
});
