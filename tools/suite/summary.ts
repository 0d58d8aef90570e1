import type { TestEvent } from 'node:test/reporters';
import type { RunResult } from './run-files.ts';
import type { TestFiles } from './test-files.ts';

const SHOWN_SLOWEST = 10;

/** The results of two runs as one. */
export function addResults(a: RunResult, b: RunResult): RunResult {
  const names = new Set([...a.counts.keys(), ...b.counts.keys()]);
  return {
    success: a.success && b.success,
    counts: new Map([...names].map((name) => [name, (a.counts.get(name) ?? 0) + (b.counts.get(name) ?? 0)])),
    files: [...a.files, ...b.files],
    skips: [...a.skips, ...b.skips],
  };
}

/** Files that ended without a word or held no test: to Node's runner both look like a pass. */
export function filesWithoutTests(files: TestFiles, result: RunResult): readonly string[] {
  const told = new Set(result.files.filter(({ tests }) => tests > 0).map(({ file }) => file));
  const skipped = new Set(result.skips.map(({ file }) => file));
  return [...files.together, ...files.alone].filter((file) => !told.has(file) && !skipped.has(file));
}

/** What stands at the end of the report: the slowest files, what was left out and why, the counts as Node's runner gives them. */
export function summaryEvents(result: RunResult, withoutTests: readonly string[]): readonly TestEvent[] {
  const slowest = result.files.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, SHOWN_SLOWEST);
  return [
    ...slowest.map(({ file, durationMs }) => `slowest: ${file} ${(durationMs / 1000).toFixed(1)} s`),
    ...result.skips.map(({ file, name, reason }) => `left out: ${file}: ${name}: ${reason}`),
    ...withoutTests.map((file) => `NO TESTS: ${file} ended without having run any`),
    ...[...result.counts].map(([name, count]) => `${name} ${count}`),
  ].map((message) => ({ type: 'test:diagnostic', data: { nesting: 0, message, level: 'info' } }));
}
