import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { refuseWhatIsThere, writeFiles } from './write-files.ts';

const FILES = [
  { path: 'vigie.config.ts', what: '', text: 'config' },
  { path: 'journeys/home.ts', what: '', text: 'journey' },
  { path: 'load/smoke.ts', what: '', text: 'load' },
];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-write-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('refuseWhatIsThere', () => {
  it('has nothing against an empty folder, nor against folders that are there', () => {
    mkdirSync(join(folder, 'load'));
    refuseWhatIsThere(folder, FILES);
  });

  it('names all that is in the way: files, links that lead nowhere, a configuration of another name', () => {
    writeFileSync(join(folder, 'vigie.config.mjs'), '');
    symlinkSync('nowhere', join(folder, 'vigie.config.ts'));
    writeFileSync(join(folder, 'load'), '');
    assert.throws(
      () => refuseWhatIsThere(folder, FILES),
      /vigie\.config\.ts is there already\n.*vigie\.config\.mjs is there already\n.*load is a file where a folder is needed$/,
    );
  });
});

describe('writeFiles', () => {
  it('writes all, with their folders', () => {
    writeFiles(folder, FILES);
    for (const { path, text } of FILES) assert.equal(readFileSync(join(folder, path), 'utf8'), text);
  });

  it('takes everything away again when one cannot be written, and nothing that was there before', () => {
    mkdirSync(join(folder, 'journeys'));
    writeFileSync(join(folder, 'journeys', 'mine.ts'), 'mine');
    writeFileSync(join(folder, 'load'), 'in the way since a moment ago');
    assert.throws(() => writeFiles(folder, FILES), /could not be written to .*load/);
    assert.deepEqual(readdirSync(folder).sort(), ['journeys', 'load']);
    assert.deepEqual(readdirSync(join(folder, 'journeys')), ['mine.ts']);
  });
});
