import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { progressLine } from './progress.ts';
import type { FileResult } from './run-file.ts';
import { findSlow, paceOf, SLOW_FILES, SLOW_MS } from './slow-files.ts';
import type { TestFile } from './test-files.ts';
import { mergeTimes, readKnownTimes } from './times-file.ts';

const ROOT = join(import.meta.dirname, '../..');

function result(file: string, durationMs: number): FileResult {
  const counts = new Map([['fail', 1]]);
  return { file, success: true, durationMs, cpuMs: undefined, tests: 2, counts, skips: [], left: [] };
}
/** Eleven files of ten seconds as this machine runs them, and one more. */
function run(factor: number, last: FileResult): { results: readonly FileResult[]; pace: number | undefined } {
  const files = Array.from({ length: 11 }, (_, index): TestFile => {
    return { file: `f${index}`, needs: new Set(), expectedMs: 10_000 };
  });
  const results = [...files.map(({ file }) => result(file, 10_000 * factor)), last];
  return { results, pace: paceOf(files, results) };
}
const slow = ({ results, pace }: ReturnType<typeof run>): readonly string[] =>
  findSlow(results, pace, { known: 'needs its time' }).map(({ file }) => file);

describe('a test file that takes over a minute', () => {
  it('fails the run unless its reason is written down', () => {
    assert.deepEqual(slow(run(1, result('new', 100_000))), ['new']);
    assert.deepEqual(slow(run(1, result('new', 80_000))), [], 'within the margin');
    assert.deepEqual(slow(run(1, result('known', 100_000))), []);
  });

  it('is measured by the pace of the machine, which a faster one does not tighten', () => {
    assert.deepEqual(slow(run(3, result('new', 250_000))), []);
    assert.deepEqual(slow(run(3, result('new', 280_000))), ['new']);
    assert.deepEqual(slow(run(0.5, result('new', 80_000))), []);
  });

  it('is not told of a run of few files, whose pace says nothing', () => {
    assert.equal(paceOf([], [result('new', 1)]), undefined);
    assert.deepEqual(findSlow([result('new', 999_000)], undefined), []);
  });

  it('has its reason in the table, and the table names no other file', () => {
    const known = readKnownTimes();
    for (const [file, seconds] of Object.entries(known)) {
      assert.ok(existsSync(join(ROOT, file)), `known-times.json: there is no ${file}`);
      if (seconds * 1_000 > SLOW_MS) assert.ok(SLOW_FILES[file] !== undefined, `${file} takes ${seconds} s: why?`);
    }
    for (const file of Object.keys(SLOW_FILES)) {
      assert.ok((known[file] ?? 0) * 1_000 > SLOW_MS, `${file} is not slow: remove its reason`);
    }
  });
});

describe('the known times', () => {
  it('are those of the last run with those of files that it left out, without short files and files that are gone', () => {
    const last = [
      { file: 'a', durationMs: 7_400, cpuMs: null, tests: 1 },
      { file: 'short', durationMs: 900, cpuMs: null, tests: 1 },
    ];
    const known = { a: 20, other: 30, short: 5, gone: 40 };
    assert.deepEqual(
      mergeTimes(known, last, (file) => file !== 'gone'),
      { a: 7, other: 30 },
    );
  });
});

describe('the line of progress', () => {
  it('says how far the run is', () => {
    const running = [{ file: 'b', needs: new Set<never>(), expectedMs: 1 }];
    assert.equal(
      progressLine({ results: [result('a', 1)], running, total: 3 }, 31_400),
      'progress: 1 of 3 files, 2 tests, 1 failed, 31 s; now b',
    );
  });
});
