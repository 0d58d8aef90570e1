import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { readArguments } from './arguments.ts';
import { PARTS } from './parts.ts';

const names = PARTS.map(({ name }) => name);

test('the soak takes parts, a scale, a seed and a file', () => {
  assert.deepEqual(readArguments([], names), { only: [], scale: 1, seed: 20_261_124, out: undefined });
  assert.deepEqual(
    readArguments(['--only', 'kill', '--scale', '0.1', '--seed', '7', '--out', 'soak.json', '--only', 'kill'], names),
    { only: ['kill', 'kill'], scale: 0.1, seed: 7, out: 'soak.json' },
  );
});

for (const words of [['--onyl', 'kill'], ['--only', 'kil'], ['--only'], ['--scale', '0'], ['--seed', 'x'], ['kill']])
  test(`the soak refuses '${words.join(' ')}' with exit code 3 and starts nothing`, () => {
    const { status, stderr, stdout } = spawnSync(process.execPath, [join(import.meta.dirname, 'soak.ts'), ...words], {
      encoding: 'utf8',
    });
    assert.equal(status, 3, stderr);
    assert.match(stderr, /^soak: /);
    assert.equal(stdout, '');
  });
