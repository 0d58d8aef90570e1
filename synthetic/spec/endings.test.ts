import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultOf } from './endings.ts';
import { readReport } from './report-lines.ts';

const begin = { type: 'begin', version: '1.65.1', tests: 1, rootDir: '/project' };
const kept = {
  type: 'test',
  title: 'hangs',
  file: 'hangs.spec.ts',
  line: 3,
  project: '',
  outcome: 'skipped',
  status: 'skipped',
  expectedStatus: 'passed',
  startedAt: 0,
  durationMs: 0,
  tries: 0,
  errors: [],
  steps: [],
  asserted: 0,
  open: [],
  attachments: [],
};
const timeout = { type: 'error', message: 'Timed out waiting 2s for the test suite to run' };

describe('the ending of a Playwright project', () => {
  it('is the global timeout, not tests skipped by their author, when the timeout kept every test from beginning', () => {
    const written = [begin, kept, timeout, { type: 'end', status: 'timedout', durationMs: 2_000 }];
    const fault = endedWith(written);
    assert.equal(fault?.code, 'script-hung', fault?.message);
    assert.match(fault?.message ?? '', /global timeout of the project came after 0 of 1 tests/);
  });

  it('is nothing selected when the author skipped every test', () => {
    const fault = endedWith([begin, kept, { type: 'end', status: 'passed', durationMs: 10 }]);
    assert.equal(fault?.code, 'nothing-selected', fault?.message);
  });

  const passed = { ...kept, outcome: 'expected', status: 'passed', asserted: 1 };
  const end = { type: 'end', status: 'passed', durationMs: 10 };

  it('is the tests themselves when all of them told their end', () => {
    assert.equal(endedWith([begin, passed, end], 0), undefined);
  });

  it('is inconclusive when a test told no end, or told it in a line that cannot be read', () => {
    assert.equal(endedWith([{ ...begin, tests: 2 }, passed, end], 0)?.code, 'tool-output');
    assert.equal(endedWith([begin, passed, { ...passed, status: 'of another version' }, end], 0)?.code, 'tool-output');
    assert.equal(endedWith([begin, passed, '{"type":"te', end], 0)?.code, 'tool-output');
    assert.equal(endedWith([passed, end], 0)?.code, 'tool-output');
  });

  it('takes a failed test for a programming error only when all its errors are', () => {
    const errors = [...Array(5).fill('TypeError: x is not a function'), 'Error: expect(1).toBe(2)'];
    const failed = { ...passed, outcome: 'unexpected', status: 'failed', errors };
    assert.equal(endedWith([begin, failed, { ...end, status: 'failed' }]), undefined);
    assert.equal(endedWith([begin, { ...failed, errors: errors.slice(0, 5) }, end])?.code, 'script-exception');
  });
});

function endedWith(written: readonly (object | string)[], code = 1) {
  const report = readReport(written.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
  const output = { stdout: '', stderr: '', stdoutTruncated: false, stderrTruncated: false };
  const rest = { durationMs: 2_000, pid: undefined, usage: undefined, leftBehind: 0 };
  return faultOf({ how: 'exited', code, ...output, ...rest }, report);
}
