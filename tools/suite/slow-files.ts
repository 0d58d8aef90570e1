import type { FileResult } from './run-file.ts';
import type { TestFile } from './test-files.ts';

/** A file that takes longer on a quiet machine needs its reason below. */
export const SLOW_MS = 60_000;
/** Times vary from run to run. */
const MARGIN = 1.5;
/** Of fewer files the pace of a machine cannot be told. */
const LEAST_FILES = 10;
/** Shorter files say more about the start of a process than about the machine. */
const LEAST_EXPECTED_MS = 3_000;

/** Why a file may take more than a minute. */
export const SLOW_FILES: Readonly<Record<string, string>> = {
  'test/e2e/npm-start.test.ts': 'every kind of check once as users see it, an audit and a load run one after the other',
  'test/gate/gate.test.ts':
    'real gates with the real browser: the promised 15 % and no change need their pairs of runs',
  'test/package/package.test.ts': 'npm installs half a gigabyte where no earlier run has left it',
  'test/safe/canary.test.ts': 'a monitor with every kind of check and every output, until each has carried secrets',
};

/**
 * How many times longer than written down the files took, by the median: a slow or busy machine slows them all, so that
 * a single file's own slowness can be told from it. Undefined for a run of few files.
 */
export function paceOf(files: readonly TestFile[], results: readonly FileResult[]): number | undefined {
  const expected = new Map(files.map(({ file, expectedMs }) => [file, expectedMs]));
  const ratios = results
    .map(({ file, durationMs }) => ({ durationMs, expectedMs: expected.get(file) ?? 0 }))
    .filter(({ expectedMs }) => expectedMs >= LEAST_EXPECTED_MS)
    .map(({ durationMs, expectedMs }) => durationMs / expectedMs)
    .toSorted((a, b) => a - b);
  return ratios.length < LEAST_FILES ? undefined : ratios[Math.floor(ratios.length / 2)];
}

export type SlowFile = { readonly file: string; readonly durationMs: number; readonly limitMs: number };

/** Files that took over a minute, measured by the pace of the run, without a reason. None are told of a run without a pace. */
export function findSlow(
  results: readonly FileResult[],
  pace: number | undefined,
  reasons: Readonly<Record<string, string>> = SLOW_FILES,
): readonly SlowFile[] {
  if (pace === undefined) return [];
  // A machine that is faster than the one the times are from makes no file slow.
  const limitMs = SLOW_MS * MARGIN * Math.max(1, pace);
  return results
    .filter(({ file, durationMs }) => durationMs > limitMs && reasons[file] === undefined)
    .map(({ file, durationMs }) => ({ file, durationMs, limitMs }));
}
