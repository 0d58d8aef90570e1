import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Need } from './needs.ts';
import { nextFile, orderFiles } from './schedule.ts';
import { parseShard, pickShard } from './shard.ts';
import type { TestFile } from './test-files.ts';

function file(name: string, expectedMs = 1_000, ...needs: readonly Need[]): TestFile {
  return { file: name, needs: new Set(needs), expectedMs };
}
const names = (files: readonly TestFile[]): readonly string[] => files.map(({ file }) => file);

/** Starts what may start at once beside what runs. */
function started(waiting: readonly TestFile[], running: readonly TestFile[], cores: number): readonly string[] {
  const next = nextFile(waiting, running, cores);
  if (next === undefined) return [];
  return [
    next.file,
    ...started(
      waiting.filter((one) => one !== next),
      [...running, next],
      cores,
    ),
  ];
}

describe('the order of test files', () => {
  it('is the longest first, and the same every time', () => {
    const files = [file('b'), file('a'), file('long', 9_000), file('page', 3_000)];
    assert.deepEqual(names(orderFiles(files)), ['long', 'page', 'a', 'b']);
    assert.deepEqual(names(orderFiles(files.toReversed())), ['long', 'page', 'a', 'b']);
  });

  it('keeps each core busy with one file', () => {
    const files = ['a', 'b', 'c', 'd'].map((name) => file(name));
    assert.deepEqual(started(files, [], 2), ['a', 'b']);
    assert.deepEqual(started(files, [file('x')], 2), ['a']);
    assert.deepEqual(started(files, [], 1), ['a']);
  });

  it('lets more files run beside each other that wait', () => {
    const files = ['a', 'b', 'c', 'd', 'e'].map((name) => file(name, 1_000, 'waits'));
    assert.deepEqual(started(files, [], 2), ['a', 'b', 'c', 'd', 'e']);
    assert.deepEqual(started([file('x'), ...files], [], 2), ['x', 'a', 'b', 'c']);
    assert.deepEqual(started([file('x'), file('y'), file('z'), ...files], [], 2), ['x', 'y', 'a']);
  });

  it('runs quiet files last and alone', () => {
    const files = [file('q', 9_000, 'quiet'), file('r', 8_000, 'quiet'), file('a')];
    assert.deepEqual(started(files, [], 2), ['a']);
    assert.deepEqual(started(files.slice(0, 2), [file('a')], 2), []);
    assert.deepEqual(started(files.slice(0, 2), [], 2), ['q']);
    assert.deepEqual(started([file('late')], [file('q', 1, 'quiet')], 2), []);
  });
});

describe('a shard', () => {
  it('is one of parts that together are all files, each once, and take about the same time', () => {
    const files = Array.from({ length: 50 }, (_, index) => file(`f${index}`, 1_000 * (1 + ((index * 7) % 20))));
    const parts = [1, 2, 3].map((index) => pickShard(files, { index, of: 3 }));
    assert.deepEqual(parts.flatMap(names).toSorted(), names(files).toSorted());
    const times = parts.map((part) => part.reduce((sum, { expectedMs }) => sum + expectedMs, 0));
    assert.ok(Math.max(...times) - Math.min(...times) <= 20_000, String(times));
    assert.deepEqual(names(pickShard(files.toReversed(), { index: 2, of: 3 })), names(parts[1] ?? []));
  });

  it('counts a quiet file for all cores, which it keeps from others', () => {
    const files = [file('quiet', 10_000, 'quiet'), file('a', 10_000), file('b', 10_000)];
    assert.deepEqual(names(pickShard(files, { index: 1, of: 2 })), ['quiet']);
  });

  it('is read as i/n', () => {
    assert.deepEqual(parseShard('2/3'), { index: 2, of: 3 });
    for (const text of ['0/3', '4/3', '1', 'a/b', '1/2/3', '']) assert.equal(parseShard(text), undefined, text);
  });
});
