import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { ROOT } from './documents.ts';
import { SCHEMAS, schemaText } from './schemas.ts';

for (const [path, make] of Object.entries(SCHEMAS))
  it(`${path} is what the code says; else: node test/docs/write-tables.ts`, () => {
    assert.equal(readFileSync(join(ROOT, path), 'utf8'), schemaText(make));
  });
