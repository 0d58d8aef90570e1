import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProcessEnding } from '../process/ending.ts';
import { AUDIT_ENDINGS, type CollectEnding, endingOf } from './endings.ts';

const REPORT = {
  stdout: '',
  stderr: '',
  stdoutTruncated: false,
  stderrTruncated: false,
  durationMs: 1_500,
  leftBehind: 0,
};
const KNOWN = { ...REPORT, pid: 1, usage: undefined };

function notStarted(errno: string): ProcessEnding {
  return { ...KNOWN, how: 'notStarted', errno, message: `cannot start 'lhci' (${errno}): do this` };
}

function exited(code: number, stderr = ''): ProcessEnding {
  return { ...KNOWN, stderr, how: 'exited', code };
}

/** As Lighthouse CI prints the beginning of a result that it threw away. */
function failed(code: string, message = 'it failed'): ProcessEnding {
  return exited(
    1,
    `Error: Lighthouse failed with exit code 1\n{\n  "runtimeError": {\n    "code": "${code}",\n    "message": "${message}",\n`,
  );
}

const DOCUMENT = 'FAILED_DOCUMENT_REQUEST';
const cases: readonly (readonly [row: string, ending: ProcessEnding, means: CollectEnding['means'], detail: string])[] =
  [
    ['it is not there or cannot be executed', notStarted('ENOENT'), 'inconclusive', 'tool-missing'],
    ['it is not there or cannot be executed', notStarted('EACCES'), 'inconclusive', 'tool-missing'],
    ['no process can be started', notStarted('EAGAIN'), 'inconclusive', 'host-processes'],
    ['no file descriptor is left', notStarted('EMFILE'), 'inconclusive', 'host-descriptors'],
    ['no memory for a process', notStarted('ENOMEM'), 'inconclusive', 'host-memory'],
    ['it cannot be started for another reason', notStarted('E2BIG'), 'inconclusive', 'tool-crashed'],
    ['the deadline passed', { ...KNOWN, how: 'deadline', forced: true }, 'inconclusive', 'tool-hung'],
    ['the run was cancelled', { ...KNOWN, how: 'aborted', forced: false }, 'inconclusive', 'cancelled'],
    [
      'it was killed with SIGKILL from outside, mostly for memory',
      { ...KNOWN, how: 'signalled', signal: 'SIGKILL' },
      'inconclusive',
      'host-memory',
    ],
    ['it was killed with SIGKILL from outside, mostly for memory', exited(137), 'inconclusive', 'host-memory'],
    [
      'a signal from outside ended it',
      { ...KNOWN, how: 'signalled', signal: 'SIGSEGV' },
      'inconclusive',
      'tool-crashed',
    ],
    ['exit 0 but results are missing', exited(0), 'inconclusive', 'tool-output'],
    ['the page answers 5xx', failed('ERRORED_DOCUMENT_REQUEST', 'x (Status code: 503)'), 'failed', '503'],
    ['the page answers 4xx', failed('ERRORED_DOCUMENT_REQUEST', 'x (Status code: 404)'), 'page-invalid', 'wrong-page'],
    [
      'the certificate is refused',
      failed('INSECURE_DOCUMENT_REQUEST', 'net::ERR_CERT_DATE_INVALID'),
      'failed',
      'net::ERR_CERT_DATE_INVALID',
    ],
    [
      'the connection is refused or broken',
      failed(DOCUMENT, '(Details: net::ERR_CONNECTION_RESET)'),
      'failed',
      'net::ERR_CONNECTION_RESET',
    ],
    ['the page is not HTML', failed('NOT_HTML'), 'page-invalid', 'wrong-page'],
    ['the name cannot be resolved', failed('DNS_FAILURE'), 'inconclusive', 'resolver-down'],
    ['this machine has no network', failed(DOCUMENT, 'net::ERR_INTERNET_DISCONNECTED'), 'inconclusive', 'network-down'],
    ['the proxy refuses', failed(DOCUMENT, 'net::ERR_PROXY_CONNECTION_FAILED'), 'inconclusive', 'proxy-failed'],
    ['the page crashed the browser tab', failed('TARGET_CRASHED'), 'inconclusive', 'browser-crashed'],
    ['Chromium does not start or answer', failed('CRI_TIMEOUT'), 'inconclusive', 'browser-launch'],
    ['Chromium does not start or answer', exited(1, 'Unable to connect to Chrome'), 'inconclusive', 'browser-launch'],
    [
      'any other error of Lighthouse, e.g. NO_FCP (nothing was painted)',
      failed('NO_FCP'),
      'page-invalid',
      'too-few-valid-runs',
    ],
    [
      'any other error of Lighthouse, e.g. NO_FCP (nothing was painted)',
      failed('SOMETHING_NEW'),
      'page-invalid',
      'too-few-valid-runs',
    ],
    ['any other exit', exited(1, 'TypeError: boom'), 'inconclusive', 'tool-crashed'],
  ];

function detailOf(ending: CollectEnding): string {
  if (ending.means === 'measured') return 'measured';
  return ending.means === 'failed' ? ending.actual : ending.code;
}

describe('how lhci collect can end', () => {
  for (const [row, process, means, detail] of cases) {
    it(`${row}: ${detail}`, () => {
      const ending = endingOf(process, { reports: 0, wanted: 3 });
      assert.equal(ending.means, means);
      assert.equal(detailOf(ending), detail);
    });
  }

  it('exit 0 and every result is there: measured', () => {
    assert.deepEqual(endingOf(exited(0), { reports: 3, wanted: 3 }), { means: 'measured' });
  });

  it('has a test for every row of the table', () => {
    const tested = new Set([...cases.map(([row]) => row), 'exit 0 and every result is there']);
    assert.deepEqual(
      AUDIT_ENDINGS.map(({ when }) => when).filter((when) => !tested.has(when)),
      [],
    );
  });

  it('tells what the tool said last', () => {
    const ending = endingOf(exited(1, '12:00 LH:status Gathering\nTypeError: boom\n'), { reports: 1, wanted: 3 });
    assert.match(ending.means === 'inconclusive' ? ending.detail : '', /exit code 1, 1 of 3 results.*TypeError: boom$/);
  });
});
