import type { TestEvent } from 'node:test/reporters';
import type { Counts, FileResult } from './run-file.ts';
import type { SlowFile } from './slow-files.ts';
import type { TestFile } from './test-files.ts';

const SHOWN_SLOWEST = 10;

export type Verdicts = {
  /** Files that ended without a word or held no test: to Node's runner both look like a pass. */
  readonly withoutTests: readonly string[];
  readonly tooSlow: readonly SlowFile[];
};

export function filesWithoutTests(files: readonly TestFile[], results: readonly FileResult[]): readonly string[] {
  const told = new Set(results.filter(({ tests, skips }) => tests > 0 || skips.length > 0).map(({ file }) => file));
  return files.map(({ file }) => file).filter((file) => !told.has(file));
}

/** The counts of all files as one, in the order of Node's runner. */
function addCounts(results: readonly FileResult[]): Counts {
  const sum = new Map<string, number>();
  for (const { counts } of results) for (const [name, count] of counts) sum.set(name, (sum.get(name) ?? 0) + count);
  return sum;
}

/** What stands at the end of the report: the slowest files, what was left out and why, the counts as Node's runner gives them. */
export function summaryEvents(
  results: readonly FileResult[],
  { withoutTests, tooSlow }: Verdicts,
  durationMs: number,
): readonly TestEvent[] {
  const slowest = results.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, SHOWN_SLOWEST);
  return [
    ...slowest.map(({ file, durationMs, cpuMs }) => `slowest: ${file} ${seconds(durationMs)}${cpuText(cpuMs)}`),
    totalLine(results, durationMs),
    ...results.flatMap(({ skips }) => skips).map(({ file, name, reason }) => `left out: ${file}: ${name}: ${reason}`),
    ...results.flatMap(({ file, left }) => left.map((command) => `left running: ${file}: ${command}`)),
    ...tooSlow.map(tooSlowLine),
    ...withoutTests.map((file) => `NO TESTS: ${file} ended without having run any`),
    ...[...addCounts(results)].map(([name, count]) => `${name} ${count}`),
    `duration_ms ${durationMs}`,
  ].map((message) => ({ type: 'test:diagnostic', data: { nesting: 0, message, level: 'info' } }));
}

function totalLine(results: readonly FileResult[], durationMs: number): string {
  const added = results.reduce((sum, result) => sum + result.durationMs, 0);
  const cpuMs = results.reduce((sum, result) => sum + (result.cpuMs ?? 0), 0);
  return `total: ${results.length} files in ${seconds(durationMs)}, added up ${seconds(added)}${cpuText(cpuMs)}`;
}

function tooSlowLine({ file, durationMs, limitMs }: SlowFile): string {
  return `TOO SLOW: ${file} took ${seconds(durationMs)} where ${seconds(limitMs)} are a minute on a quiet machine: make it faster, split it, or give its reason in tools/suite/slow-files.ts`;
}

function cpuText(cpuMs: number | undefined): string {
  return cpuMs === undefined || cpuMs === 0 ? '' : ` (CPU ${seconds(cpuMs)})`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
