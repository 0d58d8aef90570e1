import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { consoleReporter } from './console.ts';
import { describeRun, type Paint } from './describe-run.ts';
import { printable } from './printable.ts';
import { countByStatus, resultDocument } from './result-document.ts';
import { oneRunOfEachKind, sampleBudget, sampleCheck, sampleRun, unmeasuredRun } from './testing/sample-runs.ts';

const plain = (text: string): string => text;
const PLAIN: Paint = { good: plain, bad: plain, warn: plain, dim: plain, bold: plain };
const check = sampleCheck('home', 'http', { budgets: [sampleBudget('total', 200)] });
const total = (value: number) => ({ measures: [{ name: 'total', value, unit: 'ms' } as const] });

describe('a run on the terminal', () => {
  const rows = [
    [
      'passed',
      sampleRun(check, total(90)),
      ['✓ home passed in 1.25 s', '    kept   total median 90 ms (warn <= 100 ms, fail <= 200 ms; 1 sample)'],
    ],
    [
      'degraded',
      sampleRun(check, total(150)),
      ['! home degraded in 1.25 s', '    warned total median 150 ms (warn <= 100 ms, fail <= 200 ms; 1 sample)'],
    ],
    [
      'failed',
      sampleRun(check, total(250)),
      ['✗ home failed in 1.25 s', '    broken total median 250 ms (warn <= 100 ms, fail <= 200 ms; 1 sample)'],
    ],
    [
      'inconclusive',
      unmeasuredRun(check, 0),
      [
        '? home inconclusive in 1.25 s',
        '    could not measure: no route',
        '    fault network-down, blame: network, not the target',
        '    unseen total median no value (warn <= 100 ms, fail <= 200 ms; 0 samples)',
      ],
    ],
  ] as const;
  for (const [status, run, expected] of rows)
    it(`reads as evidence under a headline: ${status}`, () =>
      assert.deepEqual(describeRun(run, check, PLAIN), expected));

  it('says what makes a failure doubtful', () => {
    const failed = sampleRun(check, total(250));
    assert.ok(failed.verdict.status === 'failed');
    const doubt = { code: 'host-overloaded', blame: 'host', message: 'the event loop\nstood still' } as const;
    const run = { ...failed, verdict: { ...failed.verdict, doubt }, taints: ['event-loop-lag', 'doubtful'] } as const;
    assert.deepEqual(describeRun(run, check, PLAIN), [
      '✗ home failed in 1.25 s',
      '    doubtful: the event loop stood still (host-overloaded)',
      '    broken total median 250 ms (warn <= 100 ms, fail <= 200 ms; 1 sample)',
      '    circumstances: event-loop-lag, doubtful',
    ]);
  });

  it('lets no text of a target colour, move, turn round or begin a line', () => {
    const hostile = '\u001b[2J\u001b]0;title\u0007 \r\nhome passed \u202eelpmaxe \u009b31m \u2028{"level":"error"}';
    const run = sampleRun(check, {
      assertions: [{ ok: false, expected: hostile, actual: hostile, step: hostile }],
      steps: [{ name: hostile, startMs: 0, durationMs: 1, status: 'failed', message: hostile }],
    });
    const fault = sampleRun(check, { fault: { code: 'internal', blame: 'tool', message: hostile } });
    const lines = [...describeRun(run, check, PLAIN), ...describeRun(fault, check, PLAIN)];
    assert.ok(lines.length > 5);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    for (const line of lines) assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
    assert.equal(printable('accents é and \u{1f600} stay'), 'accents é and \u{1f600} stay');
  });

  it('is told by the console when its verdict changes, not at every pass', () => {
    const said: string[] = [];
    const reporter = consoleReporter((line) => said.push(line), PLAIN);
    for (const value of [90, 95, 250, 260, 90]) void reporter.onRun?.(sampleRun(check, total(value)), check);
    assert.deepEqual(
      said.filter((line) => / home /.test(line)).map((line) => line.split(' ')[3]),
      ['passed', 'failed', 'passed'],
    );
  });

  it('is counted, the worst of all telling the whole', () => {
    const runs = oneRunOfEachKind().map(({ run }) => run);
    const document = resultDocument({ command: 'run', vigie: '0', exitCode: 1, runs, problems: [] });
    assert.deepEqual(
      [document.schemaVersion, document.verdict, document.counts],
      [1, 'failed', { passed: 5, degraded: 1, failed: 3, inconclusive: 0, skipped: 0 }],
    );
    assert.equal(resultDocument({ command: 'run', vigie: '0', exitCode: 2, runs: [], problems: [] }).verdict, 'none');
    assert.equal(countByStatus([unmeasuredRun(check, 0)]).inconclusive, 1);
  });
});
