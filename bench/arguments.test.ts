import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readArguments } from './arguments.ts';
import { ROWS } from './rows.ts';

describe('the command line of the benchmarks', () => {
  it('runs every row in full when nothing is said', () => {
    const all = ROWS.map(({ name }) => name);
    assert.deepEqual(readArguments([]), { only: all, size: 'full', fromSource: false, evenUnlike: false });
  });

  it('takes rows, size, build and files', () => {
    const words = '--only memory --only load --quick --source --out a.json --compare b.json --even-unlike'.split(' ');
    assert.deepEqual(readArguments(words), {
      only: ['memory', 'load'],
      size: 'quick',
      fromSource: true,
      evenUnlike: true,
      out: 'a.json',
      compare: 'b.json',
    });
  });

  for (const [words, problem] of [
    [['--fast'], /unknown argument '--fast'/],
    [['memory'], /unknown argument 'memory'/],
    [['--only', 'nothing'], /no row 'nothing'/],
    [['--only'], /--only needs a value/],
    [['--out', '--quick'], /--out needs a value/],
  ] as const)
    it(`refuses ${words.join(' ')}`, () => assert.match(String(readArguments(words)), problem));

  for (const words of [['--fast'], ['--compare', 'nowhere.json']])
    it(`ends with 3 and measures nothing: ${words.join(' ')}`, () => {
      const { status, stdout } = spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts'), ...words]);
      assert.deepEqual([status, String(stdout)], [3, '']);
    });
});
