import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspectImage } from '../ocr/image.ts';
import { createOcrReader } from '../ocr/reader.ts';
import { addAccuracy, compareFields } from './accuracy.ts';
import { goldenCases } from './cases.ts';

test('golden.json and the pictures are those of the cases', async () => {
  const { items } = JSON.parse(await readFile(join(import.meta.dirname, 'golden.json'), 'utf8'));
  assert.deepEqual(
    items,
    goldenCases.map(({ file, kind, difficulty, fields }) => ({ file, kind, difficulty, fields })),
  );
  const pictures = (await readdir(import.meta.dirname)).filter((name) => name.endsWith('.jpg'));
  assert.deepEqual(pictures.sort(), goldenCases.map(({ file }) => file).sort());
  assert.ok(goldenCases.length >= 12);
});

test('clean and light pictures are read without an error, all of them nearly so', async () => {
  const reader = createOcrReader();
  let total = { fields: 0, exact: 0, characters: 0, errors: 0 };
  for (const { file, difficulty, fields } of goldenCases) {
    const bytes = await readFile(join(import.meta.dirname, file));
    const info = inspectImage(bytes);
    assert.ok(info, file);
    const accuracy = compareFields(fields, (await reader.read(bytes, info)).fields);
    if (difficulty === 'clean' || difficulty === 'light') assert.equal(accuracy.errors, 0, file);
    total = addAccuracy(total, accuracy);
  }
  await reader.close();
  assert.ok(total.exact / total.fields >= 0.9, `${total.exact} of ${total.fields} fields exact`);
  assert.ok(total.errors / total.characters <= 0.03, `${total.errors} of ${total.characters} characters wrong`);
});

test('a field that was not read counts all its characters', () => {
  assert.deepEqual(compareFields({ plate: 'AB-123-CD' }, {}), { fields: 1, exact: 0, characters: 9, errors: 9 });
  assert.equal(compareFields({ plate: 'AB-123-CD' }, { plate: 'AB-128-CD' }).errors, 1);
});
