import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { commandsWithGolden, compareWithGolden, differenceOf, RENEW } from './golden-files.ts';

describe('golden texts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-golden-files-'));
  const file = join(folder, 'budgets-import.golden.txt');
  after(() => rmSync(folder, { recursive: true, force: true }));
  const compare = (text: string, environment: Readonly<Record<string, string>> = {}): void =>
    compareWithGolden(folder, 'budgets import', text, environment);

  it('agree with the same text and with no other', () => {
    writeFileSync(file, 'one\ntwo\n');
    compare('one\ntwo\n');
    assert.throws(() => compare('one\n2\n'), /- two\n\+ 2\n/);
    assert.throws(() => compare('one\ntwo'));
    assert.throws(() => compareWithGolden(folder, 'status', 'one', {}), /status\.golden\.txt .*\n\n.*\+ one/s);
    assert.deepEqual(commandsWithGolden(folder), ['budgets import']);
  });

  it('are written anew when asked to, and on CI only compared', () => {
    writeFileSync(file, 'old');
    assert.throws(() => compare('new', { CI: 'true', [RENEW]: '1' }), /not for CI/);
    assert.throws(() => compare('old', { CI: 'true', [RENEW]: '1' }), /not for CI/);
    assert.equal(readFileSync(file, 'utf8'), 'old');
    compare('new', { [RENEW]: '1' });
    assert.equal(readFileSync(file, 'utf8'), 'new');
  });

  it('show what differs with the lines around it', () => {
    const lines = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const changed = lines.map((line) => (line === 'e' ? 'E' : line));
    const shown = differenceOf(lines.join('\n'), changed.join('\n'));
    assert.equal(shown, ['  …', '  c', '  d', '- e', '+ E', '  f', '  g', '  …'].join('\n'));
  });
});
