import { relative } from 'node:path';
import type { Measure } from '../../core/measure.ts';
import type { Assertion, Evidence, Observation, Step, Taint } from '../../core/observation.ts';
import { EMPTY_OBSERVATION } from '../../core/observation.ts';
import type { Secrets } from '../../core/secret.ts';
import type { ProcessEnding } from '../../process/ending.ts';
import { onOneLine, waitIn, withoutLog, withWait } from '../playwright-message.ts';
import { faultOf } from './endings.ts';
import type { ReportLine, SpecReport, TestLine } from './report-lines.ts';

/** Turns the lines of the reporter and the ending of the process into an observation, freed of secrets. */
export function toObservation(ending: ProcessEnding, report: SpecReport, secrets: Secrets): Observation {
  const { lines } = report;
  const tests = lines.filter((line) => line.type === 'test');
  const begin = lines.find((line) => line.type === 'begin');
  const fault = faultOf(ending, report);
  const clean = secrets.scrub;
  const firstMs = Math.min(...tests.map(({ startedAt }) => startedAt));
  return {
    ...EMPTY_OBSERVATION,
    measures: [
      ...countsOf(tests),
      ...tests.filter(isMeasured).map((test) => durationOf(test, clean)),
      totalOf(lines, ending),
    ],
    steps: tests.flatMap((test) => stepsOf(test, firstMs, clean)),
    assertions: tests
      .filter(({ outcome }) => outcome !== 'skipped')
      .map((test) => toAssertion(test, begin?.rootDir ?? '', clean)),
    evidence: evidenceOf(tests, clean),
    tools: begin === undefined ? {} : { playwright: begin.version },
    taints: taintsOf(ending, tests),
    facts: factsOf(lines, clean),
    ...(fault === undefined ? {} : { fault: { ...fault, message: clean(fault.message) } }),
  };
}

type Clean = (text: string) => string;

function evidenceOf(tests: readonly TestLine[], clean: Clean): Evidence {
  const passed = tests.filter(({ status, outcome }) => status === 'passed' && outcome !== 'unexpected');
  const open = passed.flatMap(({ title, open: titles }) => titles.map((one) => `${title}: ${one}`));
  return {
    tests: { seen: tests.filter(isMeasured).length },
    open_assertions: { seen: open.length, ...(open.length === 0 ? {} : { detail: clean(open.join('; ')) }) },
    assertions: {
      seen: passed.reduce((sum, { asserted }) => sum + asserted, 0),
      detail: `in ${passed.length} tests that passed`,
    },
  };
}

function isMeasured({ outcome }: TestLine): boolean {
  return outcome !== 'skipped';
}

function countsOf(tests: readonly TestLine[]): readonly Measure[] {
  const count = (outcome: TestLine['outcome']): number => tests.filter((test) => test.outcome === outcome).length;
  const measure = (name: string, value: number): Measure => ({ name: `tests.${name}`, value, unit: 'count' });
  return [
    measure('total', tests.length),
    measure('passed', count('expected') + count('flaky')),
    measure('failed', count('unexpected')),
    measure('skipped', count('skipped')),
    measure('flaky', count('flaky')),
  ];
}

function durationOf({ title, project, durationMs }: TestLine, clean: Clean): Measure {
  const labels = { test: clean(title), ...(project === '' ? {} : { project }) };
  return { name: 'test.duration', value: durationMs, unit: 'ms', labels };
}

function totalOf(lines: readonly ReportLine[], ending: ProcessEnding): Measure {
  const end = lines.find((line) => line.type === 'end');
  return { name: 'duration', value: end?.durationMs ?? ending.durationMs, unit: 'ms' };
}

function stepsOf(test: TestLine, firstMs: number, clean: Clean): readonly Step[] {
  const name = clean(test.title);
  const status = test.outcome === 'skipped' ? 'skipped' : test.outcome === 'unexpected' ? 'failed' : 'passed';
  const whole: Step = { name, startMs: test.startedAt - firstMs, durationMs: test.durationMs, status };
  const parts = test.steps.map((step): Step => {
    const startMs = step.startedAt - firstMs;
    return {
      name: `${name} > ${clean(step.title)}`,
      startMs,
      durationMs: step.durationMs,
      status: step.failed ? 'failed' : 'passed',
    };
  });
  return [whole, ...parts];
}

function toAssertion(test: TestLine, rootDir: string, clean: Clean): Assertion {
  const place = `${relative(rootDir, test.file)}:${test.line}`;
  const step = clean(test.title);
  if (test.outcome !== 'unexpected') return { ok: true, expected: `test passes (${place})`, actual: 'it did', step };
  const expected = test.expectedStatus === 'failed' ? `test fails, as it says (${place})` : `test passes (${place})`;
  // Freed of secrets as it came, and once more on one line: what a line end or a colour kept apart could be a secret now.
  const texts = test.errors.map((raw) => clean(tellError(clean(raw))));
  const actual = `${test.status}${texts.length === 0 ? '' : `: ${texts.join('; ')}`}`;
  return { ok: false, expected, actual, step, ...groundOf(`${test.status} ${test.errors.join('; ')}`) };
}

/** On one line, with what was waited for in place of the whole log. */
function tellError(raw: string): string {
  return withWait(onOneLine(withoutLog(raw)), waitIn(raw));
}

/** A test that waited in vain, or met a network error, may have had another cause than the target. */
function groundOf(said: string): Pick<Assertion, 'ground'> {
  if (/net::ERR_NAME_/.test(said)) return { ground: 'name' };
  if (/net::ERR_(?:CONNECTION_(?!TIMED)|ADDRESS_UNREACHABLE|EMPTY_RESPONSE)/.test(said)) return { ground: 'reach' };
  return /timedOut|net::ERR_(?:CONNECTION_)?TIMED_OUT|\b(?:Timeout:? \d|Timed out \d)/.test(said)
    ? { ground: 'wait' }
    : {};
}

function taintsOf(ending: ProcessEnding, tests: readonly TestLine[]): readonly Taint[] {
  return [
    ...(tests.some(({ outcome }) => outcome === 'flaky') ? (['recovered-on-retry'] as const) : []),
    ...(ending.stdoutTruncated || ending.stderrTruncated ? (['output-truncated'] as const) : []),
  ];
}

function factsOf(lines: readonly ReportLine[], clean: Clean): Readonly<Record<string, string>> {
  const flaky = lines.filter((line) => line.type === 'test').filter(({ outcome }) => outcome === 'flaky');
  const errors = lines.filter((line) => line.type === 'error');
  return {
    ...(flaky.length === 0 ? {} : { flaky: clean(flaky.map(({ title }) => title).join('; ')) }),
    ...(errors.length === 0 ? {} : { errors: clean(errors.map(({ message }) => message).join('; ')) }),
  };
}
