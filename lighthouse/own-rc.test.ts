import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { auditOptions } from './options.ts';
import { readOwnRc } from './own-rc.ts';

const LHCI = join(dirname(createRequire(import.meta.url).resolve('@lhci/cli/package.json')), 'src', 'cli.js');
const ASSERTS = { ci: { assert: { assertions: { 'speed-index': 'error' } } } };
const JSON_TEXT = JSON.stringify(ASSERTS);
const JS_TEXT = `module.exports = ${JSON_TEXT};`;

/** What an audit reads in a folder with these files: the name of the file, `nothing`, or `refused` and what to do. */
async function readIn(files: Readonly<Record<string, string>>, config?: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vigie-own-rc-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const read = await readOwnRc(auditOptions.parse({ config }), folder, LHCI);
    if (!read.ok) return `refused: ${read.problems[0]?.hint}`;
    return read.rc.file === '' ? 'nothing' : read.rc.file.slice(folder.length + 1);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('the configuration of Lighthouse CI that an audit reads', () => {
  const rows: readonly (readonly [what: string, files: Readonly<Record<string, string>>, reads: string | RegExp])[] = [
    ['is lighthouserc.json', { 'lighthouserc.json': JSON_TEXT, 'lighthouserc.yml': '' }, 'lighthouserc.json'],
    ['is none where there is none', { 'other.json': JSON_TEXT }, 'nothing'],
    ['is never one in silence', { 'lighthouserc.js': JS_TEXT }, /^refused: set config: 'lighthouserc\.js'/],
    ['is never one in silence', { '.lighthouserc.yaml': 'ci: {}' }, /^refused: set config: '\.lighthouserc\.yaml'/],
    [
      'is never another one than Lighthouse CI would read',
      { 'lighthouserc.json': JSON_TEXT, '.lighthouserc.cjs': JS_TEXT },
      /^refused: set config: '\.lighthouserc\.cjs'/,
    ],
  ];
  for (const [what, files, reads] of rows)
    it(`${what}: ${Object.keys(files).join(', ')}`, async () => {
      const read = await readIn(files);
      if (typeof reads === 'string') assert.equal(read, reads);
      else assert.match(read, reads);
    });

  it('is the one that the check names', async () => {
    const files = { 'lighthouserc.json': JSON_TEXT, 'lighthouserc.js': JS_TEXT };
    assert.equal(await readIn(files, 'lighthouserc.js'), 'lighthouserc.js');
    assert.equal(await readIn(files, 'lighthouserc.json'), 'lighthouserc.json');
  });
});
