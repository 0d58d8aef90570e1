import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { codeIn, ROOT, readDocument, rowsOf } from './documents.ts';

it('every row of the page of promises names tests, which exist', () => {
  const page = readDocument('docs/promises.md');
  const rows = rowsOf(page).filter((cells) => cells.at(-1)?.includes('.test.ts'));
  assert.ok(rows.length > 30, `${rows.length}`);
  const named = codeIn(page.text).filter((code) => code.endsWith('.test.ts'));
  for (const file of named) assert.ok(existsSync(join(ROOT, file)), file);
});
