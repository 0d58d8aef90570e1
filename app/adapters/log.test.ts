import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { makeRedactor } from '../../core/redact.ts';
import { openLog } from './log.ts';

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
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');
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
