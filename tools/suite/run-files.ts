import { join, relative } from 'node:path';
import { run } from 'node:test';
import type { TestEvent } from 'node:test/reporters';

/** How many tests there were of each sort, in the words and the order of Node's runner; `duration_ms` is among them. */
export type Counts = ReadonlyMap<string, number>;
export type FileResult = { readonly file: string; readonly durationMs: number; readonly tests: number };
export type Skip = { readonly file: string; readonly name: string; readonly reason: string };
export type RunResult = {
  readonly success: boolean;
  readonly counts: Counts;
  readonly files: readonly FileResult[];
  readonly skips: readonly Skip[];
};

export type RunRequest = {
  readonly root: string;
  readonly files: readonly string[];
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Gets every event but the summary of this run, which may be only a part of the whole. */
  readonly onEvent: (event: TestEvent) => void;
};

/** A file that hangs must not take the whole run with it. */
const FILE_LIMIT_MS = 15 * 60 * 1000;
const SUMMARY = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) ([\d.]+)$/;

/** Runs test files with Node's own runner, each in a process of its own. */
export async function runFiles({ root, files, concurrency, signal, onEvent }: RunRequest): Promise<RunResult> {
  const results: FileResult[] = [];
  const skips: Skip[] = [];
  const counts = new Map<string, number>();
  let success = true;
  const events: AsyncIterable<TestEvent> = run({
    files: files.map((file) => join(root, file)),
    concurrency,
    signal,
    timeout: FILE_LIMIT_MS,
    cwd: root,
  });
  for await (const event of events) {
    const count = countOf(event);
    if (count !== undefined) counts.set(...count);
    const skip = skipOf(event, root);
    if (skip !== undefined) skips.push(skip);
    if (event.type !== 'test:summary') {
      if (count === undefined) onEvent(event);
    } else if (event.data.file === undefined) {
      success = event.data.success;
    } else {
      const { file, duration_ms, counts } = event.data;
      results.push({ file: relative(root, file), durationMs: duration_ms, tests: counts.tests });
    }
  }
  return { success, counts, files: results, skips };
}

/** One line of the summary at the end of a run: it belongs to no file. */
function countOf(event: TestEvent): [string, number] | undefined {
  if (event.type !== 'test:diagnostic' || event.data.file !== undefined) return undefined;
  const [, name, value] = SUMMARY.exec(event.data.message) ?? [];
  return name === undefined ? undefined : [name, Number(value)];
}

/** A suite that is left out as a whole is not among the skipped tests that the runner counts. */
function skipOf(event: TestEvent, root: string): Skip | undefined {
  if (event.type !== 'test:pass' || event.data.skip === undefined || event.data.skip === false) return undefined;
  const { name, file = root, skip } = event.data;
  return { file: relative(root, file), name, reason: skip === true || skip === '' ? 'no reason given' : skip };
}
