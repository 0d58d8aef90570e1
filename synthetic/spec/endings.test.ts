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
});

function endedWith(written: readonly object[]) {
  const { lines, broken } = readReport(written.map((line) => JSON.stringify(line)).join('\n'));
  assert.equal(broken, 0);
  const output = { stdout: '', stderr: '', stdoutTruncated: false, stderrTruncated: false };
  const rest = { durationMs: 2_000, pid: undefined, usage: undefined, leftBehind: 0 };
  return faultOf({ how: 'exited', code: 1, ...output, ...rest }, lines);
}
