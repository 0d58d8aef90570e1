import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { JOURNEY_ENDINGS, type JourneyEnding, meaningOf } from './endings.ts';
import type { Thrown } from './protocol.ts';

const threw = (error: Partial<Thrown>): JourneyEnding => ({
  how: 'threw',
  error: { kind: 'page', name: 'Error', message: 'page.goto: failed', ...error },
});
const net = (code: string): JourneyEnding => threw({ message: `page.goto: net::${code} at http://x/`, net: code });
const gone = (code: number | null, output = ''): JourneyEnding => ({
  how: 'gone',
  exit: { code, signal: code === null ? 'SIGABRT' : null },
  output,
});

/** One line per way of ending: what it means, by its code in the table of endings. */
const ROWS: readonly (readonly [string, JourneyEnding, 'measured' | 'failed' | 'inconclusive', string])[] = [
  ['completed', { how: 'completed' }, 'measured', 'completed'],
  ['assertion', threw({ kind: 'assertion', expected: 'a', actual: 'b' }), 'failed', 'assertion'],
  ['foreign assertion', threw({ kind: 'foreign-assertion', expected: 'a', actual: 'b' }), 'failed', 'assertion'],
  [
    'timeout of an action',
    threw({ kind: 'timeout', message: 'locator.click: Timeout 5000ms exceeded.' }),
    'failed',
    'step',
  ],
  ['refused', net('ERR_CONNECTION_REFUSED'), 'failed', 'step'],
  ['reset', net('ERR_CONNECTION_RESET'), 'failed', 'step'],
  ['empty response', net('ERR_EMPTY_RESPONSE'), 'failed', 'step'],
  ['bad certificate', net('ERR_CERT_DATE_INVALID'), 'failed', 'step'],
  ['too many redirects', net('ERR_TOO_MANY_REDIRECTS'), 'failed', 'step'],
  ['a missing name', threw({ net: 'ERR_NAME_NOT_RESOLVED', network: 'name-missing' }), 'failed', 'step'],
  ['an unreachable address', threw({ net: 'ERR_ADDRESS_UNREACHABLE', network: 'up' }), 'failed', 'step'],
  [
    'two matching elements',
    threw({ message: "locator.click: Error: strict mode violation: locator('a') resolved to 2 elements" }),
    'failed',
    'step',
  ],
  ['deadline, page', { how: 'deadline', waitingOn: 'page', step: 'pay' }, 'failed', 'step'],
  ['deadline, request', { how: 'deadline', waitingOn: 'request' }, 'failed', 'step'],
  ['deadline, script', { how: 'deadline', waitingOn: 'script' }, 'inconclusive', 'script-hung'],
  ['killed', { how: 'killed', step: 'compute' }, 'inconclusive', 'script-hung'],
  ['starved', { how: 'starved', grantedMs: 400, timeoutMs: 10_000 }, 'inconclusive', 'host-overloaded'],
  ['programming error', threw({ kind: 'program', name: 'TypeError' }), 'inconclusive', 'script-exception'],
  ['thrown', threw({ kind: 'thrown', message: 'no' }), 'inconclusive', 'script-exception'],
  [
    'an address that is none',
    threw({ message: 'page.goto: Protocol error (Page.navigate): Cannot navigate to invalid URL' }),
    'inconclusive',
    'script-exception',
  ],
  [
    'an error in evaluated code',
    threw({ message: 'page.evaluate: ReferenceError: app is not defined' }),
    'inconclusive',
    'script-exception',
  ],
  ['process.exit', gone(0), 'inconclusive', 'script-exception'],
  ['out of heap', gone(null, 'FATAL ERROR: JavaScript heap out of memory'), 'inconclusive', 'script-exception'],
  ['unawaited', { how: 'unawaited', work: ['x toBe 1'] }, 'inconclusive', 'script-exception'],
  ['no matcher', { how: 'no-matcher', subjects: ['false'] }, 'inconclusive', 'no-assertion'],
  ['host killed by a signal', gone(null), 'inconclusive', 'tool-crashed'],
  [
    'host killed from outside',
    { how: 'gone', exit: { code: null, signal: 'SIGKILL' }, output: '' },
    'inconclusive',
    'host-memory',
  ],
  ['host broken', { how: 'broken', message: 'odd' }, 'inconclusive', 'tool-crashed'],
  ['invalid', { how: 'invalid', message: 'no journey' }, 'inconclusive', 'script-invalid'],
  ['runner only', { how: 'runner-only', feature: 'expect.soft' }, 'inconclusive', 'script-runner-only'],
  ['logged out', { how: 'logged-out', message: 'sent to login' }, 'inconclusive', 'login-failed'],
  ['browser crashed', { how: 'browser-crashed', what: 'browser' }, 'inconclusive', 'browser-crashed'],
  ['refused options', { how: 'refused', message: 'no such device' }, 'inconclusive', 'config-invalid'],
  ['stopped', { how: 'stopped' }, 'inconclusive', 'cancelled'],
  ['no Chromium', { how: 'no-host', failed: 'no-chromium', message: 'none' }, 'inconclusive', 'tool-missing'],
  ['no launch', { how: 'no-host', failed: 'no-browser', message: 'spawn failed' }, 'inconclusive', 'browser-launch'],
  [
    'no process',
    { how: 'no-host', failed: 'not-started', message: 'not started (EAGAIN)' },
    'inconclusive',
    'host-processes',
  ],
  ['disconnected', net('ERR_INTERNET_DISCONNECTED'), 'inconclusive', 'network-down'],
  ['no interface', threw({ net: 'ERR_NAME_NOT_RESOLVED', network: 'no-interface' }), 'inconclusive', 'network-down'],
  [
    'silent resolver',
    threw({ net: 'ERR_NAME_NOT_RESOLVED', network: 'resolver-silent' }),
    'inconclusive',
    'resolver-down',
  ],
  ['proxy', net('ERR_PROXY_CONNECTION_FAILED'), 'inconclusive', 'proxy-failed'],
  ['resources', net('ERR_INSUFFICIENT_RESOURCES'), 'inconclusive', 'host-memory'],
  ['descriptors', { how: 'broken', message: 'EMFILE: too many open files' }, 'inconclusive', 'host-descriptors'],
  [
    'disk',
    { how: 'no-host', failed: 'no-browser', message: 'ENOSPC: no space left on device' },
    'inconclusive',
    'host-disk',
  ],
];

describe('the meaning of an ending', () => {
  for (const [name, ending, means, code] of ROWS) {
    it(`${name}: ${means} (${code})`, () => {
      const meaning = meaningOf(ending);
      assert.equal(meaning.means, means, JSON.stringify(meaning));
      if (meaning.means === 'inconclusive') assert.equal(meaning.fault.code, code);
      assert.ok(
        JOURNEY_ENDINGS.some((row) => row.means === means && row.code === code),
        `${code} is not in the table`,
      );
    });
  }

  it('has a case for every row of the table', () => {
    const missing = JOURNEY_ENDINGS.filter(
      (row) => !ROWS.some(([, , means, code]) => row.means === means && row.code === code),
    );
    assert.deepEqual(missing, []);
  });

  it('names the step and the place', () => {
    const meaning = meaningOf({
      how: 'threw',
      error: { kind: 'program', name: 'TypeError', message: 'x', at: 'search.ts:4' },
      step: 'look',
    });
    assert.ok(meaning.means === 'inconclusive');
    assert.equal(meaning.fault.message, "TypeError: x in step 'look' at search.ts:4");
  });
});
