import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { generateParts } from './generate.ts';
import { toMatchExpression } from './query.ts';
import { openCatalogue } from './store.ts';

const parts = generateParts();
const catalogue = openCatalogue(new DatabaseSync(':memory:'), parts);
const search = (query: string, page = 1) => catalogue.search({ query, page, pageSize: 24 });

test('the catalogue has 3,000 parts and is the same every time', () => {
  assert.equal(parts.length, 3000);
  assert.deepEqual(generateParts()[1234], parts[1234]);
  assert.equal(new Set(parts.map(({ id }) => id)).size, 3000);
  assert.ok(parts.every(({ priceCents }) => priceCents > 0 && priceCents % 100 === 90));
});

test('accents, case, plural and small words do not matter', () => {
  const ids = search('filtre à huile clio').parts.map(({ id }) => id);
  assert.equal(ids.length, 4);
  for (const query of ['FILTRES A HUILE CLIO', 'huile filtre Clió', 'des filtres pour l’huile de ma clio']) {
    assert.deepEqual(
      search(query)
        .parts.map(({ id }) => id)
        .sort(),
      [...ids].sort(),
      query,
    );
  }
});

test('a plural finds what the catalogue names in the singular', () => {
  assert.equal(search('catalyseurs').total, search('catalyseur').total);
  assert.ok(search('catalyseurs').total > 0);
  assert.equal(toMatchExpression('Filtres à l’huile'), '"filtre"* "huile"*');
  assert.equal(toMatchExpression('Mégane'), '"megane"*');
});

test('a reference typed in full finds its part first', () => {
  const part = parts[777];
  assert.equal(search(part?.reference ?? '').parts[0]?.id, part?.id);
  assert.ok(search(part?.oemReference ?? '').parts.some(({ id }) => id === part?.id));
});

test('hits in the name come before hits elsewhere', () => {
  const { parts: found } = search('batterie');
  assert.ok(found.slice(0, 10).every(({ category }) => category === 'batterie'));
});

test('pages follow each other without overlap', () => {
  const first = search('clio', 1).parts.map(({ id }) => id);
  const second = search('clio', 2).parts.map(({ id }) => id);
  assert.equal(new Set([...first, ...second]).size, 48);
});

test('nothing found is an empty list, also for a query of small words or marks', () => {
  for (const query of ['zzzz', 'de la', '""', "'; DROP TABLE part; --"]) assert.equal(search(query).total, 0, query);
});

test('the operators of FTS5 are only words', () => {
  assert.equal(
    toMatchExpression('clio OR NOT "golf" NEAR(a b) col:x*'),
    '"clio"* "or"* "not"* "golf"* "near"* "b"* "col"* "x"*',
  );
  assert.doesNotThrow(() => search('AND ( " ^ * : -'));
});

test('an unknown part is undefined', () => {
  assert.equal(catalogue.find('aa-9999'), undefined);
  assert.equal(catalogue.find('aa-0001')?.id, 'aa-0001');
});
