import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { codeIn, ROOT, readDocument } from './documents.ts';

/** Rows of the table of borders: border, threat, defence, tests. */
const rows = readDocument('docs/threat-model.md')
  .text.split('\n## ')
  .filter((section) => section.startsWith('Borders'))
  .flatMap((section) => section.split('\n').filter((line) => line.startsWith('| ')))
  .slice(2)
  .map((line) => line.split('|').slice(1, -1));

it('every threat of the threat model names tests, which exist', () => {
  assert.ok(rows.length > 10);
  for (const [border = '', threat = '', , tests = ''] of rows) {
    const files = codeIn(tests);
    assert.ok(files.length > 0, `${border} ${threat}`);
    for (const file of files) {
      assert.match(file, /\.test\.ts$/);
      assert.ok(existsSync(join(ROOT, file)), file);
    }
  }
});
