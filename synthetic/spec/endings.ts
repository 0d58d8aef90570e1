import { cut, cutStart } from '../../core/cut.ts';
import { type Fault, type FaultCode, fault } from '../../core/fault.ts';
import type { Ending } from '../../core/kind.ts';
import type { ProcessEnding } from '../../process/ending.ts';
import type { ReportLine, SpecReport, TestLine } from './report-lines.ts';

/** The table of endings of `playwright test`, for the documentation. */
export const SPEC_ENDINGS: readonly Ending[] = [
  { when: 'all tests ended as expected', means: 'measured', code: 'completed' },
  { when: 'a test passed only when tried again (flaky)', means: 'measured', code: 'completed' },
  {
    when: 'a test failed, ran out of its own time, or passed though it was expected to fail',
    means: 'failed',
    code: 'test',
  },
  { when: 'every failed test threw a programming error', means: 'inconclusive', code: 'script-exception' },
  {
    when: 'no test that passed asserted anything through `expect`, tests known to fail aside',
    means: 'inconclusive',
    code: 'no-assertion',
  },
  { when: 'a test that passed did not await an assertion', means: 'inconclusive', code: 'script-exception' },
  { when: 'no test was selected, or all were skipped', means: 'inconclusive', code: 'nothing-selected' },
  {
    when: 'a `test.only` was left over, a file could not be loaded, or a set-up failed',
    means: 'inconclusive',
    code: 'script-invalid',
  },
  { when: 'the configuration is refused', means: 'inconclusive', code: 'config-invalid' },
  { when: 'the browser did not start', means: 'inconclusive', code: 'browser-launch' },
  {
    when: 'the deadline, or the global timeout of the project, came with tests still to run',
    means: 'inconclusive',
    code: 'script-hung',
  },
  { when: 'the Playwright of the project knows no `--add-reporter`', means: 'inconclusive', code: 'tool-version' },
  { when: 'the report of Playwright has gaps', means: 'inconclusive', code: 'tool-output' },
  { when: 'Playwright could not be started', means: 'inconclusive', code: 'tool-missing' },
  { when: 'Playwright was ended by a signal, or ended without a report', means: 'inconclusive', code: 'tool-crashed' },
  { when: 'the run was cancelled', means: 'inconclusive', code: 'cancelled' },
];

/** Why nothing can be said of the target; undefined when the tests speak for themselves. */
export function faultOf(ending: ProcessEnding, { lines, broken }: SpecReport): Fault | undefined {
  const tests = lines.filter((line) => line.type === 'test');
  const failed = tests.filter(({ outcome }) => outcome === 'unexpected');
  return (
    faultOfProcess(ending, lines, failed) ??
    faultOfGlobalTimeout(lines, failed) ??
    faultOfTests(tests, failed) ??
    faultOfErrors(lines, failed, ending) ??
    faultOfGaps({ lines, broken }, failed)
  );
}

function faultOfProcess(
  ending: ProcessEnding,
  lines: readonly ReportLine[],
  failed: readonly TestLine[],
): Fault | undefined {
  switch (ending.how) {
    case 'notStarted':
      return { ...fault('tool-missing', ending.message), tool: 'playwright' };
    case 'aborted':
      return fault('cancelled', 'The run was stopped before its end');
    case 'deadline':
      // What had failed by then has failed.
      return failed.length > 0
        ? undefined
        : fault('script-hung', `The deadline came ${progressOf(lines)}${waitOf(lines)}`);
    case 'signalled':
      return fault('tool-crashed', `Playwright was ended by ${ending.signal} ${progressOf(lines)}`);
    case 'exited':
      return lines.length === 0 ? faultWithoutReport(ending) : undefined;
  }
}

function faultWithoutReport(ending: ProcessEnding): Fault {
  const said = `${ending.stderr}\n${ending.stdout}`.trim();
  const code: FaultCode = /unknown option '--add-reporter/.test(said)
    ? 'tool-version'
    : /No tests found/.test(said)
      ? 'nothing-selected'
      : /config|does not exist|Project\(s\) .* not found/i.test(said)
        ? 'config-invalid'
        : 'tool-crashed';
  return fault(code, `Playwright ended without a report: ${cut(said, 800)}`);
}

/** Before the tests themselves: Playwright reports those that the timeout kept from beginning as skipped. */
function faultOfGlobalTimeout(lines: readonly ReportLine[], failed: readonly TestLine[]): Fault | undefined {
  const timedOut = failed.length === 0 && lines.some((line) => line.type === 'end' && line.status === 'timedout');
  return timedOut ? fault('script-hung', `The global timeout of the project came ${progressOf(lines)}`) : undefined;
}

/** Errors that a browser that cannot start puts into every test. */
const NO_BROWSER = /browserType\.launch|Executable doesn't exist|Host system is missing dependencies/;
const PROGRAM_ERROR = /^(?:TypeError|ReferenceError|SyntaxError|RangeError): /;

function faultOfTests(tests: readonly TestLine[], failed: readonly TestLine[]): Fault | undefined {
  const launch = failed.flatMap(({ errors }) => errors).find((error) => NO_BROWSER.test(error));
  if (launch !== undefined) {
    return fault(
      'browser-launch',
      `The browser of the project did not start; run \`npx playwright install\` there, or use VIGIE_CHROMIUM as executablePath: ${launch}`,
    );
  }
  const isProgram = ({ errors }: TestLine): boolean =>
    errors.length > 0 && errors.every((error) => PROGRAM_ERROR.test(error));
  if (failed.length > 0 && failed.every(isProgram)) {
    return fault('script-exception', `'${failed[0]?.title}': ${failed[0]?.errors[0]}`);
  }
  if (tests.length > 0 && tests.every(({ outcome }) => outcome === 'skipped')) {
    return fault('nothing-selected', `All ${tests.length} tests were skipped`);
  }
  return undefined;
}

function faultOfErrors(
  lines: readonly ReportLine[],
  failed: readonly TestLine[],
  ending: ProcessEnding,
): Fault | undefined {
  if (failed.length > 0) return undefined;
  const error = lines.find((line) => line.type === 'error');
  const end = lines.find((line) => line.type === 'end');
  if (error !== undefined) {
    const code: FaultCode = /No tests found/.test(error.message) ? 'nothing-selected' : 'script-invalid';
    return fault(code, `${error.message}${error.file === undefined ? '' : ` (${error.file})`}`);
  }
  if (end === undefined || (ending.how === 'exited' && ending.code !== 0)) {
    return fault('tool-crashed', `Playwright ended ${progressOf(lines)}: ${cutStart(ending.stderr, 500)}`);
  }
  return undefined;
}

/** A test that ended and was not read may be the one that failed. */
function faultOfGaps({ lines, broken }: SpecReport, failed: readonly TestLine[]): Fault | undefined {
  if (failed.length > 0) return undefined;
  if (broken > 0) return fault('tool-output', `${broken} lines of the report of Playwright cannot be read`);
  const begin = lines.find((line) => line.type === 'begin');
  const told = lines.filter((line) => line.type === 'test').length;
  return begin === undefined || told < begin.tests
    ? fault('tool-output', `Playwright told the ends of ${told} tests of ${begin?.tests ?? 'an unknown number'}`)
    : undefined;
}

/** What the test that was under way waited for last. */
function waitOf(lines: readonly ReportLine[]): string {
  const ended = new Set(lines.flatMap((line) => (line.type === 'test' ? [line.title] : [])));
  const last = lines.findLast((line) => line.type === 'waiting' && !ended.has(line.test));
  return last?.type === 'waiting' ? `; '${last.test}' was waiting for: ${last.title}` : '';
}

function progressOf(lines: readonly ReportLine[]): string {
  const begin = lines.find((line) => line.type === 'begin');
  const done = lines.filter((line) => line.type === 'test' && line.outcome !== 'skipped').length;
  return begin === undefined ? 'before the first test' : `after ${done} of ${begin.tests} tests`;
}
