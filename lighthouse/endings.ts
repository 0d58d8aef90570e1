import { cut, cutStart } from '../core/cut.ts';
import type { FaultCode } from '../core/fault.ts';
import type { Ending } from '../core/kind.ts';
import type { ProcessEnding } from '../process/ending.ts';

/** What the ending of one `lhci collect` says. */
export type CollectEnding =
  | { readonly means: 'measured' }
  /** Lighthouse gave up on one page, the target is at fault. */
  | { readonly means: 'failed'; readonly expected: string; readonly actual: string }
  /** Lighthouse gave up on one page and cannot say whose fault it is. */
  | { readonly means: 'page-invalid'; readonly code: PageFault; readonly detail: string }
  /** Nothing more can be measured. */
  | { readonly means: 'inconclusive'; readonly code: FaultCode; readonly detail: string };

/** Faults of a single page; the other pages can still be audited. */
export type PageFault = 'wrong-page' | 'too-few-valid-runs';

type Row = Ending & {
  /** Whether the row is the one; rows are tried in order. */
  readonly applies: (seen: Seen) => boolean;
  readonly ending: (seen: Seen) => CollectEnding;
};

/** What is known when the process is gone. */
type Seen = {
  readonly process: ProcessEnding;
  readonly reports: number;
  readonly wanted: number;
  readonly error: LighthouseError | undefined;
};

type LighthouseError = { readonly code: string; readonly message: string };

/** The one table of how `lhci collect` can end. Every row has a test. */
const ROWS: readonly Row[] = [
  row('it is not there or cannot be executed', 'tool-missing', (s) =>
    hasErrno(s, ['ENOENT', 'ENOTDIR', 'EACCES', 'ENOEXEC']),
  ),
  row('no process can be started', 'host-processes', (s) => hasErrno(s, ['EAGAIN'])),
  row('no file descriptor is left', 'host-descriptors', (s) => hasErrno(s, ['EMFILE', 'ENFILE'])),
  row('no memory for a process', 'host-memory', (s) => hasErrno(s, ['ENOMEM'])),
  row('it cannot be started for another reason', 'tool-crashed', (s) => s.process.how === 'notStarted'),
  row('the deadline passed', 'tool-hung', (s) => s.process.how === 'deadline'),
  row('the run was cancelled', 'cancelled', (s) => s.process.how === 'aborted'),
  row('it was killed with SIGKILL from outside, mostly for memory', 'host-memory', (s) => wasKilled(s)),
  row('a signal from outside ended it', 'tool-crashed', (s) => s.process.how === 'signalled'),
  {
    when: 'exit 0 and every result is there',
    means: 'measured',
    code: 'measured',
    applies: (s) => exitCode(s) === 0 && s.reports >= s.wanted,
    ending: () => ({ means: 'measured' }),
  },
  row('exit 0 but results are missing', 'tool-output', (s) => exitCode(s) === 0),
  failedRow('the page answers 5xx', 'page answers 2xx', (s) => statusOf(s) >= 500),
  failedRow('the certificate is refused', 'page has a valid certificate', (s) =>
    hasCode(s, ['INSECURE_DOCUMENT_REQUEST']),
  ),
  failedRow('the connection is refused or broken', 'page answers', (s) => isBrokenByTarget(s)),
  pageRow('the page answers 4xx', 'wrong-page', (s) => hasCode(s, ['ERRORED_DOCUMENT_REQUEST'])),
  pageRow('the page is not HTML', 'wrong-page', (s) => hasCode(s, ['NOT_HTML'])),
  row('the name cannot be resolved', 'resolver-down', (s) => hasCode(s, ['DNS_FAILURE'])),
  row('this machine has no network', 'network-down', (s) => hasNetError(s, OFFLINE)),
  row('the proxy refuses', 'proxy-failed', (s) => hasNetError(s, PROXY)),
  row('the page crashed the browser tab', 'browser-crashed', (s) => hasCode(s, ['TARGET_CRASHED'])),
  row(
    'Chromium does not start or answer',
    'browser-launch',
    (s) => hasCode(s, ['CRI_TIMEOUT']) || BROWSER.test(s.process.stderr),
  ),
  pageRow(
    'any other error of Lighthouse, e.g. NO_FCP (nothing was painted)',
    'too-few-valid-runs',
    (s) => s.error !== undefined,
  ),
  row('any other exit', 'tool-crashed', () => true),
];

/** The table as the documentation shows it. */
export const AUDIT_ENDINGS: readonly Ending[] = ROWS.map(({ when, means, code }) => ({ when, means, code }));

/** Maps the ending of `lhci collect` to its meaning. `reports` results were found of the `wanted` ones. */
export function endingOf(
  process: ProcessEnding,
  found: { readonly reports: number; readonly wanted: number },
): CollectEnding {
  const seen: Seen = { process, ...found, error: lighthouseErrorIn(process.stderr) };
  const matching = ROWS.find((candidate) => candidate.applies(seen));
  if (matching === undefined) throw new Error('the table of endings has no last row');
  return matching.ending(seen);
}

function row(when: string, code: FaultCode, applies: Row['applies']): Row {
  return {
    when,
    means: 'inconclusive',
    code,
    applies,
    ending: (seen) => ({ means: 'inconclusive', code, detail: detailOf(seen) }),
  };
}

function pageRow(when: string, code: PageFault, applies: Row['applies']): Row {
  return {
    when,
    means: 'inconclusive',
    code,
    applies,
    ending: (seen) => ({ means: 'page-invalid', code, detail: detailOf(seen) }),
  };
}

function failedRow(when: string, expected: string, applies: Row['applies']): Row {
  const ending = (seen: Seen): CollectEnding => ({ means: 'failed', expected, actual: actualOf(seen) });
  return { when, means: 'failed', code: 'failed', applies, ending };
}

/** Lighthouse CI prints the beginning of the result that it threw away, and with it the error's code. */
function lighthouseErrorIn(stderr: string): LighthouseError | undefined {
  const match = /"runtimeError":\s*\{\s*"code":\s*"([A-Z_]+)",\s*"message":\s*("(?:[^"\\]|\\.)*")/.exec(stderr);
  if (match === null) return undefined;
  return { code: match[1] ?? '', message: String(JSON.parse(match[2] ?? '""')) };
}

const BROWSER =
  /Unable to connect to Chrome|protocol timed out while connecting to Chrome|No Chrome installations found|CHROME_PATH environment variable must be|ChromePathNotSetError/;
const OFFLINE = /net::ERR_(?:INTERNET_DISCONNECTED|NETWORK_CHANGED|NETWORK_ACCESS_DENIED|ADDRESS_UNREACHABLE)/;
const PROXY = /net::ERR_(?:PROXY_|TUNNEL_|SOCKS_|MANDATORY_PROXY)/;
const BROKEN =
  /net::ERR_(?:CONNECTION_|EMPTY_RESPONSE|TIMED_OUT|SSL_|HTTP2_|QUIC_|TOO_MANY_REDIRECTS|INVALID_HTTP_RESPONSE|CONTENT_LENGTH_MISMATCH|INCOMPLETE_CHUNKED|INVALID_CHUNKED|RESPONSE_HEADERS_)/;

function isBrokenByTarget(seen: Seen): boolean {
  return hasNetError(seen, BROKEN) && !hasNetError(seen, OFFLINE) && !hasNetError(seen, PROXY);
}

function hasErrno({ process }: Seen, errnos: readonly string[]): boolean {
  return process.how === 'notStarted' && errnos.includes(process.errno);
}

function wasKilled({ process }: Seen): boolean {
  if (process.how === 'signalled') return process.signal === 'SIGKILL';
  return process.how === 'exited' && process.code === 137;
}

function exitCode({ process }: Seen): number | undefined {
  return process.how === 'exited' ? process.code : undefined;
}

function hasCode({ error }: Seen, codes: readonly string[]): boolean {
  return error !== undefined && codes.includes(error.code);
}

function hasNetError(seen: Seen, pattern: RegExp): boolean {
  return hasCode(seen, ['FAILED_DOCUMENT_REQUEST']) && pattern.test(seen.error?.message ?? '');
}

function statusOf(seen: Seen): number {
  if (!hasCode(seen, ['ERRORED_DOCUMENT_REQUEST'])) return 0;
  return Number(/Status code: (\d{3})/.exec(seen.error?.message ?? '')?.[1] ?? 0);
}

function actualOf(seen: Seen): string {
  const status = statusOf(seen);
  if (status > 0) return String(status);
  return /net::ERR_[A-Z0-9_]+/.exec(seen.error?.message ?? '')?.[0] ?? detailOf(seen);
}

function detailOf({ process, error, reports, wanted }: Seen): string {
  if (error !== undefined) return cut(`${error.code}: ${error.message}`, 600);
  const done = `${reports} of ${wanted} results were written`;
  switch (process.how) {
    case 'notStarted':
      return process.message;
    case 'exited':
      return `exit code ${process.code}, ${done}; ${lastWords(process.stderr)}`;
    case 'signalled':
      return `ended by ${process.signal}, ${done}`;
    case 'deadline':
      return `still running after ${Math.round(process.durationMs / 1_000)} s and killed, ${done}`;
    case 'aborted':
      return `stopped after ${Math.round(process.durationMs / 1_000)} s, ${done}`;
  }
}

function lastWords(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !line.includes('LH:status'));
  const last = cutStart(lines.slice(-3).join(' / '), 400);
  return last === '' ? 'it said nothing' : `it said: ${last}`;
}
