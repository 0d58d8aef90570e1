import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Progress } from '../core/kind.ts';
import { splitLines } from '../process/lines.ts';
import { LogReader } from './log.ts';
import { ProgressReader, parseRunning } from './progress.ts';
import { blockedFault, countIterations, requestFault } from './requests.ts';

function read(...lines: readonly (string | object)[]) {
  const reader = new LogReader();
  for (const line of lines) reader.add(typeof line === 'string' ? line : JSON.stringify(line));
  return reader.finish();
}

const failed = (error: string) => ({ error, level: 'warning', msg: 'Request Failed' });

describe('the log of k6', () => {
  it('counts exceptions however k6 writes them', () => {
    const { exceptions, errors } = read(
      {
        hint: 'script exception',
        level: 'error',
        msg: 'Error: boom\n\tat default (file:///x.ts:1:34(3))\n',
        source: 'stacktrace',
      },
      { level: 'error', msg: 'Uncaught (in promise) Error: async boom\n\tat default (file:///x.ts)' },
      { error: 'could not open', level: 'error', msg: 'failed to handle the end-of-test summary' },
      { level: 'error', msg: "thresholds on metrics 'x' have been crossed" },
    );
    assert.deepEqual(exceptions, { count: 3, first: 'Error: boom at default (file:///x.ts:1:34(3))' });
    assert.deepEqual(errors, ["thresholds on metrics 'x' have been crossed"]);
  });

  it('counts no exception where a summary is for a folder that only stands beside the script', () => {
    const lost = (...files: readonly string[]) => ({
      error: `Could not save some summary information:${files.map((file) => `\n\t- ${file}`).join('')}`,
      level: 'error',
      msg: 'failed to handle the end-of-test summary',
    });
    const missing = (file: string) => `could not open '${file}': open ${file}: no such file or directory`;
    const elsewhere = read(lost(missing('results/summary.json')), lost(missing('../a/b.html'), missing('./c/d.txt')));
    assert.deepEqual([elsewhere.exceptions.count, elsewhere.errors.length], [0, 2]);
    const full = "could not open 'summary.json': open summary.json: permission denied";
    const told = read(lost(missing('/results/summary.json')), lost(missing('a/b.json'), full), lost());
    assert.equal(told.exceptions.count, 3);
  });

  it('counts exceptions whose line is too long to be kept whole, and not what the script prints at length', () => {
    const reader = new LogReader();
    const { add, end } = splitLines((line) => reader.add(line));
    const long = 'x'.repeat(100_000);
    const lines = [
      { hint: 'script exception', level: 'error', msg: `Error: ${long}`, source: 'stacktrace' },
      { level: 'error', msg: `Error: ${long}`, source: 'stacktrace' },
      { level: 'error', msg: `Uncaught (in promise) Error: ${long}` },
      { error: long, hint: 'script exception', level: 'error', msg: long, source: 'stacktrace' },
      { error: long, level: 'error', msg: 'failed to handle the end-of-test summary' },
      { level: 'error', msg: `"hint":"script exception","source":"stacktrace" ${long}`, source: 'console' },
      { level: 'info', msg: `${long} "source":"stacktrace"`, source: 'console' },
    ];
    add(Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
    end();
    const { exceptions, raw } = reader.finish();
    assert.deepEqual([exceptions.count, raw.length], [5, 0]);
  });

  it('is not fooled by what the script prints', () => {
    const forged = {
      level: 'error',
      msg: '"hint":"script exception","msg":"Request Failed" is in a blacklisted range',
      source: 'console',
    };
    const { exceptions, errors, troubles } = read(forged);
    assert.deepEqual([exceptions.count, errors.length, troubles.blocked.count], [0, 0, 0]);
  });

  it('keeps what is not JSON, such as a panic of Go', () => {
    assert.deepEqual(read('panic: boom', '', 'goroutine 1').raw, ['panic: boom', 'goroutine 1']);
  });

  it('stays small whatever is logged', () => {
    const reader = new LogReader();
    const long = 'x'.repeat(5_000);
    for (let index = 0; index < 2_000; index += 1) {
      reader.add(JSON.stringify({ level: 'error', msg: long }));
      reader.add(JSON.stringify(failed(long)));
      reader.add(long);
    }
    const log = reader.finish();
    assert.equal(log.failedRequests.count, 2_000);
    assert.ok(JSON.stringify(log).length < 25_000);
  });

  it('tells our own troubles from those of the target', () => {
    const summaryWith = (count: number) => ({
      checks: [],
      unreadable: [],
      metrics: [{ name: 'http_reqs', base: 'http_reqs', type: 'counter' as const, values: { count }, thresholds: [] }],
    });
    const cases = [
      ['dial tcp 10.0.0.1:80: connect: connection refused', undefined, undefined],
      ['lookup gone.example: no such host', undefined, undefined],
      ['dial tcp 10.0.0.1:80: socket: too many open files', 'host-descriptors', 'host-descriptors'],
      ['dial tcp 10.0.0.1:80: connect: network is unreachable', 'network-down', undefined],
      ['lookup x.example on 10.0.0.2:53: read udp 10.0.0.1:4->10.0.0.2:53: i/o timeout', 'resolver-down', undefined],
    ] as const;
    for (const [error, whenAll, whenFew] of cases) {
      const log = read(failed(`Get "http://x": ${error}`));
      assert.equal(requestFault(log, summaryWith(1))?.code, whenAll, error);
      assert.equal(requestFault(log, summaryWith(50))?.code, whenFew, error);
      assert.equal(requestFault(log, summaryWith(1_000))?.code, undefined, error);
    }
  });

  it('takes one blocked address for enough', () => {
    const log = read(failed('Get "http://10.0.0.1/": IP (10.0.0.1) is in a blacklisted range (10.0.0.0/8)'));
    assert.equal(blockedFault(log)?.code, 'not-allowed');
  });
});

describe('completed iterations', () => {
  const count = (values: Readonly<Record<string, number>>) => ({
    name: 'iterations',
    base: 'iterations',
    type: 'counter' as const,
    values,
    thresholds: [],
  });
  const summary = { checks: [], unreadable: [], metrics: [count({ count: 3 })] };
  const last = { elapsed: '1s', activeVus: 0, allVus: 1, complete: 2, interrupted: 1 };

  it('leave out the one that was broken off, which the metric counts', () => {
    assert.deepEqual(countIterations(summary, { last }), { completed: 2, dropped: 0 });
    assert.deepEqual(countIterations(summary, {}), { completed: 3, dropped: 0 });
    assert.deepEqual(countIterations({ ...summary, metrics: [] }, { last }), { completed: 0, dropped: 0 });
  });
});

describe('the progress of k6', () => {
  const lines = [
    '     scenarios: (100.00%) 2 scenarios, 6 max VUs, 1h0m33s max duration (incl. graceful stop):',
    '              * one: 50.00 iterations/s for 3s (maxVUs: 2-3, exec: go, gracefulStop: 30s)',
    '',
    'running (01.0s), 3/6 VUs, 3 complete and 0 interrupted iterations',
    'one    [  50% ] 3/3 VUs  1.0s/3s  50.00 iters/s',
    'two  • [   0% ] waiting  0.0s    ',
    '',
    'running (0h01m02.5s), 4/6 VUs, 1234 complete and 1 interrupted iterations',
    'one  ✓ [ 100% ] 0/3 VUs  3s  50.00 iters/s',
  ];

  it('is told once per line of progress, with the mean of the scenarios', () => {
    const told: Progress[] = [];
    const reader = new ProgressReader((progress) => told.push(progress));
    for (const line of lines) reader.add(line);
    assert.deepEqual(told, [
      { text: '01.0s, 3/6 VUs, 3 iterations' },
      { text: '0h01m02.5s, 4/6 VUs, 1234 iterations', done: 0.25 },
    ]);
    assert.deepEqual(reader.finish(), {
      last: { elapsed: '0h01m02.5s', activeVus: 4, allVus: 6, complete: 1234, interrupted: 1 },
      longestMs: 3_633_000,
    });
  });

  it('is not invented from other lines', () => {
    for (const line of [
      '',
      'running',
      'running (x), 1/1 VUs, 1 complete and 0 interrupted iterations',
      ' running (1s), 1/1 VUs, 1 complete and 0 interrupted iterations',
    ])
      assert.equal(parseRunning(line), undefined, line);
    const told: Progress[] = [];
    const reader = new ProgressReader((progress) => told.push(progress));
    reader.add('my own [ 50% ] bar');
    assert.deepEqual([told, reader.finish()], [[], {}]);
    reader.add(lines[3] ?? '');
    assert.equal(told[0]?.done, undefined);
  });
});
