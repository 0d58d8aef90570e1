import { cut } from '../core/cut.ts';
import { type Fault, type FaultCode, fault } from '../core/fault.ts';
import type { Ending } from '../core/kind.ts';
import type { Assertion } from '../core/observation.ts';
import { formatQuantity } from '../core/units.ts';
import type { ProcessEnding } from '../process/ending.ts';
import type { K6Log } from './log.ts';
import type { K6Output } from './progress.ts';

/** What is known when k6 has ended. */
type EndingEvidence = {
  readonly ending: ProcessEnding;
  readonly log: K6Log;
  readonly output: K6Output;
  /** Whether the summary could be read; what was wrong otherwise. */
  readonly summary:
    | { readonly read: true; readonly crossed: number }
    | { readonly read: false; readonly problem: string };
  /** Milliseconds that k6 was given. */
  readonly deadlineMs: number;
  /** Why the run was called off, when it was. */
  readonly cancelled?: Fault;
};

type EndingResult = { readonly fault?: Fault; readonly assertions: readonly Assertion[] };

type Row = Ending & { readonly decide: (evidence: EndingEvidence) => EndingResult };

/** One row for each way in which k6 can end. Exit codes: https://github.com/grafana/k6/blob/v2.2.0/errext/exitcodes/codes.go */
const EXITS: Readonly<Record<number, Row>> = {
  0: measured('exit 0: all thresholds held', ({ summary }) =>
    summary.read && summary.crossed > 0
      ? `k6 ended with 0 but its summary reads as ${summary.crossed} crossed thresholds: this version of k6 writes it otherwise`
      : undefined,
  ),
  97: inconclusive(
    'exit 97: the cloud run failed',
    'tool-crashed',
    (e) => `k6 reports a failed cloud run${because(e)}`,
  ),
  98: inconclusive('exit 98: the cloud run was lost', 'tool-crashed', (e) => `k6 lost a cloud run${because(e)}`),
  99: measured('exit 99: thresholds were crossed', ({ summary }) =>
    summary.read && summary.crossed === 0
      ? 'k6 ended with 99 but its summary names no crossed threshold: this version of k6 writes it otherwise'
      : undefined,
  ),
  100: inconclusive(
    'exit 100: setup() timed out',
    'script-hung',
    (e) => `setup() of the script did not end in time${because(e)}`,
  ),
  101: inconclusive(
    'exit 101: teardown() timed out',
    'script-hung',
    (e) => `teardown() of the script did not end in time${because(e)}`,
  ),
  102: inconclusive('exit 102: k6 timed out', 'tool-hung', (e) => `k6 gave up waiting for itself${because(e)}`),
  103: inconclusive('exit 103: stopped over the REST API', 'cancelled', () => 'somebody stopped k6 over its REST API'),
  104: inconclusive(
    'exit 104: invalid options',
    'config-invalid',
    (e) => `k6 refuses the options of the script or of the check${because(e)}`,
  ),
  105: inconclusive(
    'exit 105: stopped by a signal that was not ours',
    'cancelled',
    (e) => `somebody sent k6 a signal to stop${because(e)}`,
  ),
  106: inconclusive(
    'exit 106: its REST API could not start',
    'tool-crashed',
    (e) => `k6 could not start its REST API, which Vigie never asks for${because(e)}`,
  ),
  107: {
    when: 'exit 107: exception while loading, in setup() or in teardown()',
    means: 'inconclusive',
    code: 'script-exception',
    decide: (e) =>
      e.summary.read
        ? failing('script-exception', `the script threw in setup() or teardown()${because(e)}`)
        : failing('script-invalid', `the script could not be loaded${because(e)}`),
  },
  108: inconclusive(
    'exit 108: the script called test.abort()',
    'script-exception',
    (e) => `the script aborted the test${because(e)}`,
  ),
  109: inconclusive('exit 109: k6 panicked', 'tool-crashed', (e) => `k6 crashed${because(e)}`),
  110: {
    when: 'exit 110: the script called test.fail()',
    means: 'failed',
    code: 'assertion',
    decide: (e) => {
      const unread = needSummary(e);
      const actual = e.log.errors.find((text) => text.startsWith('test marked as failed')) ?? 'test marked as failed';
      return {
        ...unread,
        assertions: [{ ok: false, expected: 'the script does not mark the test as failed', actual }],
      };
    },
  },
  137: inconclusive('exit 137: killed', 'host-memory', killedMessage),
};

const OTHER_EXIT = inconclusive('exit 255 or any other: unclassified', 'tool-crashed', (e) =>
  e.ending.how === 'exited'
    ? `k6 ended with the unexpected exit code ${e.ending.code}${because(e)}`
    : 'k6 ended unexpectedly',
);
const KILLED = inconclusive('SIGKILL from outside', 'host-memory', killedMessage);
const SIGNALLED = inconclusive('any other signal from outside', 'tool-crashed', (e) =>
  e.ending.how === 'signalled' ? `k6 was ended by ${e.ending.signal}${because(e)}` : 'k6 was ended by a signal',
);
const STOPPED = inconclusive('still running at the deadline, stopped when asked', 'script-hung', (e) => {
  const longest =
    e.output.longestMs === undefined
      ? ''
      : `; by its own reckoning the script may take ${formatQuantity(e.output.longestMs, 'ms')}`;
  return `k6 was still running at its deadline of ${formatQuantity(e.deadlineMs, 'ms')}${longest}: raise 'timeout' or make the scenario shorter`;
});
const HUNG = inconclusive(
  'still running at the deadline, had to be killed',
  'tool-hung',
  (e) =>
    `k6 did not end within ${formatQuantity(e.deadlineMs, 'ms')} and ignored SIGTERM: its process group was killed`,
);
const CANCELLED: Row = {
  when: 'the run was called off',
  means: 'inconclusive',
  code: 'cancelled',
  decide: ({ cancelled }) => ({
    fault: cancelled ?? fault('cancelled', 'the run was called off while k6 ran'),
    assertions: [],
  }),
};
const NOT_STARTED: Row = {
  when: 'k6 could not be started',
  means: 'inconclusive',
  code: 'tool-missing',
  decide: ({ ending }) =>
    ending.how === 'notStarted'
      ? failing(START_FAULTS[ending.errno] ?? 'tool-missing', `k6 could not be started: ${ending.message}`)
      : { assertions: [] },
};
const START_FAULTS: Readonly<Record<string, FaultCode>> = {
  EAGAIN: 'host-processes',
  ENOMEM: 'host-memory',
  EMFILE: 'host-descriptors',
  ENFILE: 'host-descriptors',
  E2BIG: 'config-invalid',
};

/** The table for the documentation and the tests. */
export const LOAD_ENDINGS: readonly Ending[] = [
  ...Object.values(EXITS),
  OTHER_EXIT,
  KILLED,
  SIGNALLED,
  STOPPED,
  HUNG,
  CANCELLED,
  NOT_STARTED,
].map(({ when, means, code }) => Object.freeze({ when, means, code }));

/** What the way in which k6 ended means. Crossed thresholds are judged from the summary: other exit codes hide 99. */
export function decideEnding(evidence: EndingEvidence): EndingResult {
  return rowOf(evidence).decide(evidence);
}

function rowOf({ ending, cancelled }: EndingEvidence): Row {
  switch (ending.how) {
    case 'exited':
      return EXITS[ending.code] ?? OTHER_EXIT;
    case 'signalled':
      return ending.signal === 'SIGKILL' ? KILLED : SIGNALLED;
    case 'aborted':
      if (cancelled !== undefined) return CANCELLED;
      return ending.forced ? HUNG : STOPPED;
    case 'deadline':
      return ending.forced ? HUNG : STOPPED;
    case 'notStarted':
      return NOT_STARTED;
  }
}

/** A row that measured, unless summary and exit code contradict each other. */
function measured(when: string, contradiction: (evidence: EndingEvidence) => string | undefined): Row {
  const decide = (evidence: EndingEvidence): EndingResult => {
    const problem = contradiction(evidence);
    return problem === undefined ? needSummary(evidence) : failing('tool-output', problem);
  };
  return { when, means: 'measured', code: 'measured', decide };
}

function inconclusive(when: string, code: FaultCode, message: (evidence: EndingEvidence) => string): Row {
  return { when, means: 'inconclusive', code, decide: (evidence) => failing(code, message(evidence)) };
}

function failing(code: FaultCode, message: string): EndingResult {
  return { fault: fault(code, cut(message, 1_000)), assertions: [] };
}

function needSummary({ summary, log }: EndingEvidence): EndingResult {
  if (summary.read) return { assertions: [] };
  const said = log.errors[0] === undefined ? '' : `; k6 said: ${log.errors[0]}`;
  return failing('tool-output', `${summary.problem}${said}`);
}

/** What k6 or Go said about it, the most telling first. */
function because({ log }: EndingEvidence): string {
  const said = log.exceptions.first ?? log.errors[0] ?? log.raw[0];
  return said === undefined ? '' : `: ${said}`;
}

function killedMessage({ ending }: EndingEvidence): string {
  const peak = ending.usage === undefined ? '' : `; it had up to ${formatQuantity(ending.usage.peakRssBytes, 'bytes')}`;
  return `k6 was killed from outside, most likely because memory ran out${peak}: use fewer virtual users or a bigger machine`;
}
