import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgePackedFiles, readPackedFiles } from './package/packed-files.ts';

const GOOD = [
  'package.json',
  'README.md',
  'LICENSE',
  'dist/app/index.js',
  'dist/app/index.d.ts',
  'dist/app/main.js',
  'dist/synthetic/journey/runner-adapter.js',
  'dist/synthetic/journey/runner-adapter.d.ts',
  'dist/app/web/web-thread.js',
  'dist/results/writer-thread.js',
  'dist/synthetic/journey/host/main.js',
  'dist/synthetic/spec/reporter.js',
  'dist/load/kit/checks.js',
  'dist/load/kit/checks.d.ts',
  'dist/tools/setup.mjs',
  'dist/process/version.mjs',
  'dist/process/where.mjs',
  'dist/tools/k6/go.mod',
  'dist/tools/k6/go.sum',
];

describe('judgePackedFiles', () => {
  it('has nothing against a good package', () => {
    assert.deepEqual(judgePackedFiles(GOOD), []);
  });

  it('names each file that should not be there', () => {
    const bad = [
      '.env',
      'vigie.config.ts',
      'core/judge.ts',
      'dist/core/judge.test.js',
      'dist/process/fixtures/flood.mjs',
      'dist/demo/main.js',
      'dist/core/fake-clock.js',
      'dist/synthetic/journeys/search.js',
      'dist/vigie.config.js',
      'tools/runtime/package.json',
      'dist/data/vigie.db',
    ];
    assert.deepEqual(
      judgePackedFiles([...GOOD, ...bad]).map((line) => line.split(':')[0]),
      bad,
    );
  });

  it('names each file that is missing', () => {
    assert.equal(judgePackedFiles([]).length, GOOD.length);
  });
});

describe('readPackedFiles', () => {
  it('reads the list of npm 11 and the object of npm 12', () => {
    const entry = { files: [{ path: 'a' }, { path: 'b' }] };
    for (const printed of [[entry], { vigie: entry }]) {
      assert.deepEqual(readPackedFiles(JSON.stringify(printed)), ['a', 'b']);
    }
  });

  it('does not take anything else for an empty package', () => {
    for (const printed of ['[]', '{}', 'null', '[{"files":[{}]}]'])
      assert.throws(() => readPackedFiles(printed), /npm pack/);
  });
});
