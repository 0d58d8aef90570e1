import { join, relative } from 'node:path';
import { run } from 'node:test';
import type { TestEvent } from 'node:test/reporters';
import { openPrivateFolder } from './private-folder.ts';

/** How many tests there were of each sort, in the words and the order of Node's runner. */
export type Counts = ReadonlyMap<string, number>;
export type Skip = { readonly file: string; readonly name: string; readonly reason: string };
export type FileResult = {
  readonly file: string;
  readonly success: boolean;
  readonly durationMs: number;
  /** User and system time of its processes, as far as they were waited for. Undefined where it cannot be told. */
  readonly cpuMs: number | undefined;
  readonly tests: number;
  readonly counts: Counts;
  readonly skips: readonly Skip[];
  /** Commands of the processes that it left running. */
  readonly left: readonly string[];
};

export type FileRequest = {
  readonly root: string;
  readonly file: string;
  readonly signal: AbortSignal;
  readonly meterCpu: () => number | undefined;
  /** Gets every event but the summary of this run, which is only a part of the whole. */
  readonly onEvent: (event: TestEvent) => void;
};

/** A file that hangs must not take the whole run with it. */
const FILE_LIMIT_MS = 15 * 60 * 1000;
const SUMMARY = /^(tests|suites|pass|fail|cancelled|skipped|todo) (\d+)$/;

/** Runs a test file with Node's own runner in a process of its own, which has a temporary folder of its own. */
export async function runFile({ root, file, signal, meterCpu, onEvent }: FileRequest): Promise<FileResult> {
  const folder = openPrivateFolder();
  const startedMs = performance.now();
  const counts = new Map<string, number>();
  const skips: Skip[] = [];
  let success = true;
  let tests = 0;
  const events: AsyncIterable<TestEvent> = run({
    files: [join(root, file)],
    env: { ...process.env, TMPDIR: folder.path },
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
      if (!isOfTheRun(event)) onEvent(event);
    } else if (event.data.file === undefined) {
      success = event.data.success;
    } else {
      tests += event.data.counts.tests;
    }
  }
  const result = { file, success, durationMs: performance.now() - startedMs, cpuMs: meterCpu(), tests, counts, skips };
  return { ...result, left: await folder.close() };
}

/** One line of the summary at the end of a run: it belongs to no file. */
function isOfTheRun(event: TestEvent): boolean {
  return event.type === 'test:diagnostic' && event.data.file === undefined;
}

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
