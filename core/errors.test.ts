import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatDiagnostic, messageOf } from './errors.ts';

describe('the message of what was thrown', () => {
  it('says what is inside an error without words of its own', () => {
    const refused = new AggregateError([new Error('connect ECONNREFUSED ::1:1'), new Error('connect 127.0.0.1:1')]);
    assert.equal(messageOf(refused), 'connect ECONNREFUSED ::1:1; connect 127.0.0.1:1');
    assert.equal(messageOf(new TypeError('')), 'TypeError');
  });
  it('never throws, whatever was thrown', () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    assert.deepEqual([cycle, 10n, undefined, null, 'text', { code: 7 }].map(messageOf), [
      '[object Object]',
      '[object BigInt]',
      'undefined',
      'null',
      'text',
      '{"code":7}',
    ]);
  });
});

describe('a diagnostic', () => {
  it('names file, place, problem and what to do', () => {
    const problem = { file: 'a.ts', path: 'checks[0]', message: 'no schedule', hint: 'give every' };
    assert.equal(formatDiagnostic(problem), 'a.ts: checks[0]: no schedule – give every');
    assert.equal(formatDiagnostic({ path: '', message: 'nothing' }), 'nothing');
  });
});
