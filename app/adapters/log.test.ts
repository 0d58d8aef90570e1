import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { FakeClock } from '../../core/fake-clock.ts';
import { makeRedactor } from '../../core/redact.ts';
import { openLog } from './log.ts';
import { openLogFiles } from './log-files.ts';

const folders: string[] = [];
function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-log-'));
  folders.push(folder);
  return folder;
}
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function textIn(folder: string): string {
  return readdirSync(folder)
    .map((name) => textOf(join(folder, name)))
    .join('');
}

/** Rotation may remove a file between its name and its content. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

async function until(what: string, ask: () => boolean): Promise<void> {
  const end = performance.now() + 20_000;
  while (!ask()) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('the log', () => {
  it('is JSON lines in files, complete when it was closed, and holds no secret in any form', async () => {
    const folder = makeFolder();
    const canary = 'c4nary"with\\quotes/é';
    const { scrub } = makeRedactor(new Map([['CANARY', canary]]));
    const log = openLog({ folder, level: 'info', scrub });
    log.debug({}, 'too fine');
    log.info({ text: canary, url: `http://h/?q=${encodeURIComponent(canary)}` }, `said ${canary}`);
    log.error({ error: 'line\nbreak \u001b[31m' }, 'from a target');
    await log.close();
    const lines = textIn(folder).trim().split('\n');
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).msg),
      ['said [secret CANARY]', 'from a target'],
    );
    assert.doesNotMatch(textIn(folder), /c4nary/);
  });
  it('takes a level that does not exist as info', async () => {
    const folder = makeFolder();
    const log = openLog({ folder, level: 'chatty', scrub: (text) => text });
    log.debug({}, 'too fine');
    log.info({}, 'told');
    await log.close();
    assert.equal(JSON.parse(textIn(folder)).msg, 'told');
  });
});

describe('log files', () => {
  it('are begun anew at their size, and no more are kept than ten, those of earlier starts included', async () => {
    const folder = makeFolder();
    const clock = new FakeClock();
    for (let start = 0; start < 4; start += 1) {
      const files = openLogFiles({
        folder,
        clock,
        instead: { write: () => assert.fail('must not be needed') },
        size: '1k',
      });
      for (let line = 0; line < 5; line += 1) {
        const text = `start ${start}, line ${line} ${'x'.repeat(1_100)}\n`;
        files.write(text);
        // Whether the file is full is looked at between two writes.
        await until('the line', () => textIn(folder).includes(text));
      }
      await files.close();
    }
    const names = readdirSync(folder);
    assert.ok(names.length > 5 && names.length <= 10, names.join(' '));
  });
  it('that cannot be written hand over to the console instead of ending the process, and are tried again later', async () => {
    const folder = makeFolder();
    symlinkSync('/dev/full', join(folder, 'vigie.1.log'));
    const clock = new FakeClock();
    const seen: string[] = [];
    const files = openLogFiles({ folder, clock, instead: { write: (line) => seen.push(line) } });
    files.write('first\n');
    await until('the console', () => seen.some((line) => line.includes('ENOSPC')));
    files.write('second\n');
    assert.equal(seen.at(-1), 'second\n');
    rmSync(join(folder, 'vigie.1.log'));
    await clock.advance(30_000);
    files.write('third\n');
    await files.close();
    assert.equal(textIn(folder), 'third\n');
  });
  it('whose folder cannot be made hand over at once', () => {
    const folder = join(makeFolder(), 'logs');
    writeFileSync(folder, 'a file stands here');
    const seen: string[] = [];
    const files = openLogFiles({ folder, clock: new FakeClock(), instead: { write: (line) => seen.push(line) } });
    files.write('told\n');
    assert.match(seen[0] ?? '', /cannot be written/);
    assert.equal(seen[1], 'told\n');
  });
});
