// Writes the tables of the documents and the published schemas anew from the code: node test/docs/write-tables.ts
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT, readDocuments } from './documents.ts';
import { SCHEMAS, schemaText } from './schemas.ts';
import { remake } from './tables.ts';

for (const page of readDocuments()) {
  const made = remake(page);
  if (made === page.text) continue;
  writeFileSync(join(ROOT, page.path), made);
  console.log(`wrote ${page.path}`);
}
for (const [path, make] of Object.entries(SCHEMAS)) {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), schemaText(make));
}
