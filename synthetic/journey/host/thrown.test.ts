import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { classifyThrown } from './thrown.ts';

const NO_ASSERTION = { failureOf: () => undefined };

describe('the place of an error', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie a b é #% (x) '));
  after(() => rmSync(folder, { recursive: true }));

  const placeOf = (error: unknown, file: string): string | undefined => classifyThrown(error, NO_ASSERTION, [file]).at;
  const errorOf = (fail: () => never): unknown => {
    try {
      return fail();
    } catch (error) {
      return error;
    }
  };

  it('is the path and the line as they are, whatever letters the folder has', () => {
    const file = join(folder, 'journey.cjs');
    writeFileSync(file, '\nexports.fail = () => {\n  undefined.x; };\n');
    assert.equal(placeOf(errorOf(createRequire(file)(file).fail), file), `${file}:3`);
  });
  it('is a path also where Node writes a URL', async () => {
    const file = join(folder, 'journey.mjs');
    writeFileSync(file, 'export const fail = () => {\n  undefined.x; };\n');
    const { fail } = await import(pathToFileURL(file).href);
    assert.equal(placeOf(errorOf(fail), file), `${file}:2`);
  });
  it('is left out when no line of the stack is in a file of the journey', () => {
    assert.equal(placeOf(new Error('elsewhere'), join(folder, 'journey.ts')), undefined);
    assert.equal(placeOf('no error', join(folder, 'journey.ts')), undefined);
  });
});
