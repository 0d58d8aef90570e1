import assert from 'node:assert/strict';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { replaceFile } from './replace-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-replace-'));
after(() => rmSync(folder, { recursive: true, force: true }));

describe('replaceFile', () => {
  it('keeps the link that leads to the file, and its rights', () => {
    const [file, link] = [join(folder, 'real.json'), join(folder, 'link.json')];
    writeFileSync(file, 'old');
    chmodSync(file, 0o640);
    symlinkSync('real.json', link);
    replaceFile(link, 'new');
    assert.equal(readFileSync(file, 'utf8'), 'new');
    assert.ok(lstatSync(link).isSymbolicLink());
    assert.equal(statSync(file).mode & 0o777, 0o640);
  });

  it('leaves nothing beside it when it fails', () => {
    const place = join(folder, 'a-folder');
    mkdirSync(place);
    assert.throws(() => replaceFile(place, 'new'));
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.includes('.vigie-')),
      [],
    );
  });
});
