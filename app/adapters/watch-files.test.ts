import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { SILENT_LOG } from '../../core/log.ts';
import { watchFiles } from './watch-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-watch-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** As many editors save: beside the file, then in its place. */
function replace(file: string, text: string): void {
  writeFileSync(`${file}.tmp`, text);
  renameSync(`${file}.tmp`, file);
}

describe('watched files', () => {
  it('are seen changed again and again, written or replaced, in new folders too, and nothing else is', async () => {
    const config = join(folder, 'vigie.config.ts');
    const data = join(folder, 'data');
    mkdirSync(join(folder, 'node_modules'));
    mkdirSync(data);
    writeFileSync(config, '0');
    let told = Promise.withResolvers<void>();
    let times = 0;
    const changed = (): void => {
      times += 1;
      told.resolve();
    };
    const watching = await watchFiles({ folder, except: [data], changed, log: SILENT_LOG });
    const seen = async (change: () => void): Promise<void> => {
      told = Promise.withResolvers<void>();
      change();
      await told.promise;
    };
    // None of these is source of the user: one of them would be told before what follows.
    writeFileSync(join(data, 'made.ts'), '1');
    writeFileSync(join(folder, 'node_modules', 'package.js'), '1');
    writeFileSync(join(folder, 'notes.md'), '1');
    await seen(() => replace(config, '1'));
    await seen(() => replace(config, '2'));
    await seen(() => writeFileSync(config, '3'));
    mkdirSync(join(folder, 'checks'));
    await seen(() => writeFileSync(join(folder, 'checks', 'more.ts'), '1'));
    await seen(() => replace(join(folder, 'checks', 'more.ts'), '2'));
    assert.ok(times >= 5 && times <= 7, `${times}`);
    await watching.close();
  });
});
