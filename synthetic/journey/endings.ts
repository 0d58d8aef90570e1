import { cutStart } from '../../core/cut.ts';
import { type Fault, type FaultCode, fault } from '../../core/fault.ts';
import type { Ending } from '../../core/kind.ts';
import type { Assertion, Ground } from '../../core/observation.ts';
import { hostTroubleIn } from '../../process/host-trouble.ts';
import { withWait } from '../playwright-message.ts';
import type { HostExit } from './host-process.ts';
import type { NoHost } from './pool.ts';
import type { HostEnding, Thrown } from './protocol.ts';

/** Every way in which a journey can end. */
export type JourneyEnding =
  | HostEnding
  | { readonly how: 'killed'; readonly step?: string }
  | { readonly how: 'gone'; readonly exit: HostExit; readonly output: string; readonly step?: string }
  | ({ readonly how: 'no-host' } & NoHost)
  /** The deadline came, but the browser had taken most of the time to start. */
  | { readonly how: 'starved'; readonly grantedMs: number; readonly timeoutMs: number };

/** What an ending means: measured, the target failed, or we could not measure. */
export type Meaning =
  | { readonly means: 'measured' }
  | { readonly means: 'failed'; readonly assertion: Assertion }
  | { readonly means: 'inconclusive'; readonly fault: Fault };

/** The table of endings, for the documentation; `meaningOf` is the same in code, and a test holds them together. */
export const JOURNEY_ENDINGS: readonly Ending[] = [
  { when: 'the journey ended by itself', means: 'measured', code: 'completed' },
  { when: 'an assertion did not hold', means: 'failed', code: 'assertion' },
  { when: 'an action or a navigation failed or ran out of time', means: 'failed', code: 'step' },
  { when: 'the deadline came while the page or an answer was waited for', means: 'failed', code: 'step' },
  {
    when: 'the deadline came while the journey waited for something of its own, or computed',
    means: 'inconclusive',
    code: 'script-hung',
  },
  { when: 'something was given to `expect` and to no matcher', means: 'inconclusive', code: 'no-assertion' },
  {
    when: 'the journey threw outside an assertion, ended its process, or did not await its work',
    means: 'inconclusive',
    code: 'script-exception',
  },
  { when: 'the file could not be loaded, or holds no journey', means: 'inconclusive', code: 'script-invalid' },
  { when: 'a feature of the test runner was used', means: 'inconclusive', code: 'script-runner-only' },
  { when: 'the stored login was refused, or could not be made', means: 'inconclusive', code: 'login-failed' },
  { when: 'the browser or a page process died, twice', means: 'inconclusive', code: 'browser-crashed' },
  { when: 'the browser did not start', means: 'inconclusive', code: 'browser-launch' },
  { when: 'there is no Chromium', means: 'inconclusive', code: 'tool-missing' },
  { when: 'the journey host died by another signal, or failed', means: 'inconclusive', code: 'tool-crashed' },
  { when: 'the device, locale, time zone or stored state is refused', means: 'inconclusive', code: 'config-invalid' },
  { when: 'this machine has no network', means: 'inconclusive', code: 'network-down' },
  { when: 'the resolver does not answer', means: 'inconclusive', code: 'resolver-down' },
  { when: 'the proxy refuses or breaks the connection', means: 'inconclusive', code: 'proxy-failed' },
  {
    when: 'the browser took more than half of the time to start, and the rest did not do',
    means: 'inconclusive',
    code: 'host-overloaded',
  },
  {
    when: 'this machine is out of memory, or something outside killed the journey host',
    means: 'inconclusive',
    code: 'host-memory',
  },
  { when: 'this machine can start no further process', means: 'inconclusive', code: 'host-processes' },
  { when: 'this machine is out of file descriptors', means: 'inconclusive', code: 'host-descriptors' },
  { when: 'this machine is out of disk', means: 'inconclusive', code: 'host-disk' },
  { when: 'the run was cancelled', means: 'inconclusive', code: 'cancelled' },
];

export function meaningOf(ending: JourneyEnding): Meaning {
  switch (ending.how) {
    case 'completed':
      return { means: 'measured' };
    case 'threw':
      return meaningOfError(ending.error, ending.step);
    case 'deadline':
      return meaningOfDeadline(ending);
    case 'invalid':
      return unmeasured('script-invalid', ending.message);
    case 'refused':
      return unmeasured('config-invalid', ending.message);
    case 'broken':
      return unmeasured(hostTroubleIn(ending.message) ?? 'tool-crashed', `The journey host failed: ${ending.message}`);
    case 'browser-crashed':
      return unmeasured(
        'browser-crashed',
        `The ${ending.what === 'page' ? 'process of a page' : 'browser'} died${inStep(ending.step)}`,
      );
    case 'runner-only':
      return unmeasured(
        'script-runner-only',
        `${ending.feature} works only under the Playwright test runner; use a plain assertion, or a spec check`,
      );
    case 'unawaited':
      return unmeasured(
        'script-exception',
        `The journey ended while work of it was still going on; write \`await\` before: ${ending.work.join('; ')}`,
      );
    case 'no-matcher':
      return unmeasured(
        'no-assertion',
        `expect was called without a matcher, which asserts nothing; write expect(…).toBe(…) and its like, with their brackets, for: ${ending.subjects.join('; ')}`,
      );
    case 'logged-out':
      return unmeasured('login-failed', `The journey says that it is logged out: ${ending.message}`);
    case 'stopped':
      return unmeasured('cancelled', 'The run was stopped before its end');
    case 'killed':
      return unmeasured(
        'script-hung',
        `The journey did not react to its deadline${inStep(ending.step)}: it computes without end, or blocks its process`,
      );
    case 'gone':
      return meaningOfExit(ending);
    case 'no-host':
      return meaningOfNoHost(ending);
    case 'starved':
      return unmeasured(
        'host-overloaded',
        `The browser took so long to start that ${Math.round(ending.grantedMs)} of ${ending.timeoutMs} ms were left for the journey`,
      );
  }
}

function meaningOfError(error: Thrown, step: string | undefined): Meaning {
  const place = `${inStep(step)}${error.at === undefined ? '' : ` at ${error.at}`}`;
  switch (error.kind) {
    case 'assertion':
    case 'foreign-assertion':
      return failed({
        expected: error.expected ?? 'the assertion holds',
        actual: withWait(error.actual ?? error.message, error.waitedFor, error.expected ?? ''),
        step,
        ground: hasWaited(error) ? 'wait' : 'answer',
      });
    case 'timeout':
    case 'page':
      return meaningOfPageError(error, step, place);
    case 'program':
    case 'thrown':
      // Node's own network errors, of a request that the journey made without Playwright.
      if (error.net !== undefined) return meaningOfPageError(error, step, place);
      return unmeasured('script-exception', `${error.name}: ${error.message}${place}`);
  }
}

/** Mistakes in how Playwright was called: the page had no part in them. */
const MISUSE =
  /invalid URL|not a valid selector|Unknown engine|Unexpected token .* while parsing|Malformed|: expected \w+, got /;

function meaningOfPageError(error: Thrown, step: string | undefined, place: string): Meaning {
  const code = networkCode(error);
  if (code !== undefined) return unmeasured(code, `${error.message}${place}`);
  const isOwnCode = /^(?:page|frame|locator|elementHandle|jsHandle)\.\$?(?:evaluate\w*|\$eval): /.test(error.message);
  const isProgram = isOwnCode && /: (?:\w*Error): /.test(error.message) && error.kind !== 'timeout';
  if (MISUSE.test(error.message) || isProgram) return unmeasured('script-exception', `${error.message}${place}`);
  return stepFailed(step, withWait(error.message, error.waitedFor), groundOf(error));
}

/** What Chromium and Node say when no connection came about; a page that answers has none of these. */
function groundOf(error: Thrown): Ground {
  const { net } = error;
  if (net === undefined) return error.kind === 'timeout' || hasWaited(error) ? 'wait' : 'answer';
  if (/NAME_|ENOTFOUND|EAI_AGAIN/.test(net)) return 'name';
  if (/TIMED_OUT/.test(net)) return 'wait';
  return /CONNECTION_|ADDRESS_UNREACHABLE|ENETUNREACH|EHOSTUNREACH|EMPTY_RESPONSE/.test(net) ? 'reach' : 'answer';
}

/** Playwright asks again and again until its time is over, and says so. */
function hasWaited({ message, actual = '' }: Thrown): boolean {
  return /\b(?:Timeout:? \d|Timed out \d)/.test(`${message}\n${actual}`);
}

function networkCode({ net, network }: Thrown): FaultCode | undefined {
  if (network === 'no-interface') return 'network-down';
  if (network === 'resolver-silent') return 'resolver-down';
  return net === undefined ? undefined : OWN_TROUBLE[net];
}

/** Chromium's and Node's codes that speak of this machine. All others speak of the target. */
const OWN_TROUBLE: Readonly<Record<string, FaultCode>> = {
  ERR_INTERNET_DISCONNECTED: 'network-down',
  ERR_NETWORK_CHANGED: 'network-down',
  ERR_NETWORK_ACCESS_DENIED: 'network-down',
  ERR_DNS_TIMED_OUT: 'resolver-down',
  ERR_DNS_SERVER_FAILED: 'resolver-down',
  ERR_PROXY_CONNECTION_FAILED: 'proxy-failed',
  ERR_TUNNEL_CONNECTION_FAILED: 'proxy-failed',
  ERR_PROXY_CERTIFICATE_INVALID: 'proxy-failed',
  ERR_INSUFFICIENT_RESOURCES: 'host-memory',
  ERR_OUT_OF_MEMORY: 'host-memory',
  ERR_NO_BUFFER_SPACE: 'host-memory',
  ENOMEM: 'host-memory',
  ERR_FILE_NO_SPACE: 'host-disk',
  EMFILE: 'host-descriptors',
};

function meaningOfDeadline({ waitingOn, step, action }: Extract<JourneyEnding, { how: 'deadline' }>): Meaning {
  const what = action === undefined ? '' : `: ${action}`;
  switch (waitingOn) {
    case 'page':
      return stepFailed(step, `still waiting for the page at the deadline${what}`, 'wait');
    case 'request':
      return stepFailed(step, `still waiting for an answer at the deadline${what}`, 'wait');
    case 'script':
      return unmeasured(
        'script-hung',
        `The journey was waiting for nothing of the target's at its deadline${inStep(step)}`,
      );
  }
}

function meaningOfExit({ exit, output, step }: Extract<JourneyEnding, { how: 'gone' }>): Meaning {
  const last = cutStart(output.trim().split('\n').slice(-5).join(' | '), 600);
  const said = last === '' ? '' : `; last output: ${last}`;
  if (/heap out of memory/.test(output)) {
    return unmeasured('script-exception', `The journey used more than 1 GiB of memory${inStep(step)}`);
  }
  if (exit.code !== null) {
    return unmeasured(
      'script-exception',
      `The journey ended its own process with code ${exit.code}${inStep(step)}${said}`,
    );
  }
  // We note what we kill ourselves; this kill came from outside, and mostly that is the kernel looking for memory.
  if (exit.signal === 'SIGKILL')
    return unmeasured(
      'host-memory',
      `The journey host was killed from outside, most likely because memory ran out${inStep(step)}${said}`,
    );
  return unmeasured('tool-crashed', `The journey host was ended by ${exit.signal ?? 'a signal'}${inStep(step)}${said}`);
}

function meaningOfNoHost({ failed: how, ...rest }: Extract<JourneyEnding, { how: 'no-host' }>): Meaning {
  switch (how) {
    case 'no-chromium':
      return { means: 'inconclusive', fault: { ...fault('tool-missing', rest.message), tool: 'chromium' } };
    case 'no-browser':
      return unmeasured(hostTroubleIn(rest.message) ?? 'browser-launch', `Chromium did not start: ${rest.message}`);
    case 'not-started':
      return unmeasured(hostTroubleIn(rest.message) ?? 'tool-crashed', rest.message);
  }
}

function stepFailed(step: string | undefined, actual: string, ground: Ground): Meaning {
  return failed({
    expected: step === undefined ? 'the journey completes' : `step '${step}' completes`,
    actual,
    step,
    ground,
  });
}

type Failed = {
  readonly expected: string;
  readonly actual: string;
  readonly step: string | undefined;
  readonly ground: Ground;
};

function failed({ expected, actual, step, ground }: Failed): Meaning {
  const where = step === undefined ? {} : { step };
  const rests = ground === 'answer' ? {} : { ground };
  return { means: 'failed', assertion: { ok: false, expected, actual, ...where, ...rests } };
}

function unmeasured(code: FaultCode, message: string): Meaning {
  return { means: 'inconclusive', fault: fault(code, message) };
}

function inStep(step: string | undefined): string {
  return step === undefined ? '' : ` in step '${step}'`;
}
