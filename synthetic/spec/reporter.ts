import { appendFileSync } from 'node:fs';
import type {
  FullConfig,
  FullResult,
  Reporter,
  Suite,
  TestCase,
  TestError,
  TestResult,
  TestStep,
} from '@playwright/test/reporter';

/** Less is no news, and a line for each step would be too many. */
const LONG_MS = 1_000;

/**
 * Added to the reporters of a user's project with `--add-reporter`. It runs in their process, with their version of
 * Playwright: it imports nothing of ours or theirs at run time, and only writes lines to the file it is told.
 */
export default class LineReporter implements Reporter {
  readonly #file = process.env.VIGIE_SPEC_REPORT ?? '';
  readonly #waiting = new Map<TestStep, NodeJS.Timeout>();

  onBegin(config: FullConfig, suite: Suite): void {
    this.#write({ type: 'begin', version: config.version, tests: suite.allTests().length, rootDir: config.rootDir });
  }

  /** A deadline from outside ends this process before any test can tell; what waits for long is told while it does. */
  onStepBegin(test: TestCase, _result: TestResult, step: TestStep): void {
    if (step.category !== 'pw:api' && step.category !== 'expect') return;
    const told = setTimeout(() => this.#write({ type: 'waiting', test: titleOf(test), title: callOf(step) }), LONG_MS);
    this.#waiting.set(step, told.unref());
  }

  onStepEnd(_test: TestCase, _result: TestResult, step: TestStep): void {
    clearTimeout(this.#waiting.get(step));
    this.#waiting.delete(step);
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    // Only the try that decides: an earlier one of a test that is tried again says nothing yet.
    if (result.status !== 'passed' && result.status !== 'skipped' && !test.ok() && result.retry < test.retries) return;
    this.#write({
      type: 'test',
      title: titleOf(test),
      file: test.location.file,
      line: test.location.line,
      project: test.parent.project()?.name ?? '',
      outcome: test.outcome(),
      status: result.status,
      expectedStatus: test.expectedStatus,
      startedAt: result.startTime.getTime(),
      durationMs: result.duration,
      tries: result.retry + 1,
      errors: result.errors.map(messageOf),
      steps: namedSteps(result.steps),
      ...assertionsIn(result.steps),
      attachments: result.attachments.flatMap(({ name, contentType, path }) =>
        path === undefined ? [] : [{ name, contentType, path }],
      ),
    });
  }

  onError(error: TestError): void {
    const file = error.location?.file;
    this.#write({ type: 'error', message: messageOf(error), ...(file === undefined ? {} : { file }) });
  }

  onEnd(result: FullResult): void {
    this.#write({ type: 'end', status: result.status, durationMs: result.duration });
  }

  printsToStdio(): boolean {
    return false;
  }

  #write(line: object): void {
    if (this.#file !== '') appendFileSync(this.#file, `${JSON.stringify(line)}\n`);
  }
}

/** Newer versions put the locator or address beside the title, older ones into it. */
function callOf({ title, subtitle }: TestStep): string {
  return subtitle === undefined || subtitle === '' ? title : `${title} ${subtitle}`;
}

function titleOf(test: TestCase): string {
  return test.titlePath().slice(3).join(' › ');
}

type NamedStep = {
  readonly title: string;
  readonly startedAt: number;
  readonly durationMs: number;
  readonly failed: boolean;
};

/** The steps that the author named; those of the library are too many and mean little without them. */
function namedSteps(steps: readonly TestStep[]): readonly NamedStep[] {
  return steps.flatMap((step) => [
    ...(step.category === 'test.step'
      ? [
          {
            title: step.title,
            startedAt: step.startTime.getTime(),
            durationMs: step.duration,
            failed: step.error !== undefined,
          },
        ]
      : []),
    ...namedSteps(step.steps),
  ]);
}

type Assertions = { readonly asserted: number; readonly open: readonly string[] };

/** What was asserted and held, and what nobody waited for: a step that never ended has no duration. */
function assertionsIn(steps: readonly TestStep[]): Assertions {
  const all = flatten(steps).filter(({ category }) => category === 'expect');
  return {
    asserted: all.filter(({ error, duration }) => error === undefined && duration >= 0).length,
    open: all.filter(({ duration }) => duration < 0).map(({ title }) => title),
  };
}

function flatten(steps: readonly TestStep[]): readonly TestStep[] {
  return steps.flatMap((step) => [step, ...flatten(step.steps)]);
}

function messageOf(error: TestError): string {
  return error.message ?? error.value ?? 'an error without a message';
}
