import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';
import { meterEndedChildren } from './cpu-meter.ts';
import { type FileResult, runFile } from './run-file.ts';
import { nextFile, orderFiles } from './schedule.ts';
import type { TestFile } from './test-files.ts';

export type SuiteState = {
  readonly results: readonly FileResult[];
  readonly running: readonly TestFile[];
  readonly total: number;
};

export type SuiteRequest = {
  readonly root: string;
  readonly files: readonly TestFile[];
  readonly cores: number;
  readonly signal: AbortSignal;
  /** Gets the events of one file after those of another, never mixed. */
  readonly onEvent: (event: TestEvent) => void;
  /** Told at once, while the report of the file waits for its end. */
  readonly onFailure: (file: string, name: string) => void;
};

export type Suite = {
  readonly state: () => SuiteState;
  /** Every file that was run, in the order in which they ended. */
  readonly done: Promise<readonly FileResult[]>;
};

/** Runs test files beside each other as far as their needs and the cores of the machine allow. */
export function startSuite(request: SuiteRequest): Suite {
  const results: FileResult[] = [];
  const running = new Map<TestFile, Promise<void>>();
  const state = (): SuiteState => ({ results, running: [...running.keys()], total: request.files.length });
  return { state, done: runAll(request, results, running) };
}

async function runAll(
  request: SuiteRequest,
  results: FileResult[],
  running: Map<TestFile, Promise<void>>,
): Promise<readonly FileResult[]> {
  const waiting = [...orderFiles(request.files)];
  const meterCpu = meterEndedChildren();
  for (;;) {
    const next = request.signal.aborted ? undefined : nextFile(waiting, [...running.keys()], request.cores);
    if (next !== undefined) {
      waiting.splice(waiting.indexOf(next), 1);
      running.set(
        next,
        runOne(request, next, meterCpu).then((result) => {
          results.push(result);
          running.delete(next);
        }),
      );
    } else if (running.size > 0) {
      await Promise.race(running.values());
    } else {
      return results;
    }
  }
}

/** A file that is the only one is shown as it goes; of several each is shown when it ends. */
async function runOne(
  { root, files, signal, onEvent, onFailure }: SuiteRequest,
  { file }: TestFile,
  meterCpu: () => number | undefined,
): Promise<FileResult> {
  const isLive = files.length === 1;
  const kept: TestEvent[] = [];
  const keep = (event: TestEvent): void => {
    kept.push(event);
    const name = failedTest(event, root, file);
    if (name !== undefined) onFailure(file, name);
  };
  const result = await runFile({ root, file, signal, meterCpu, onEvent: isLive ? onEvent : keep });
  for (const event of kept) onEvent(event);
  return result;
}

/** The name of a test that failed; not of the suites and of the file around it, which fail for its sake. */
function failedTest(event: TestEvent, root: string, file: string): string | undefined {
  if (event.type !== 'test:fail' || event.data.todo !== undefined) return undefined;
  const { error, type } = event.data.details;
  const cause: unknown = error.cause;
  if (type === 'suite' || ('failureType' in error && error.failureType === 'subtestsFailed')) return undefined;
  const name = relative(root, event.data.name) === file ? 'the file itself' : event.data.name;
  return cause instanceof Error ? `${name}: ${cause.message.split('\n', 1)[0]}` : name;
}
