import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { closedPort } from '../../synthetic/net/testing/servers.ts';
import { type Ended, startCommand } from '../e2e/vigie-process.ts';
import { type Gates, openGates, type Pace } from './paced.ts';

/** Long beside what a busy machine adds to an answer. */
const USUAL: Pace = { delayMs: 400 };
const SLOWER: Pace = { delayMs: 600 };
const BEYOND_LIMIT: Pace = { delayMs: 1_300 };

let gates: Gates;
before(async () => {
  gates = await openGates();
});
after(() => gates[Symbol.asyncDispose]());

const served = (pace: Pace): Promise<string> => gates.serve(() => pace);

/** Answers late and early in turns, so that no number of pairs tells anything; slowly, so that few have to be taken. */
function serveUnsteadily(): Promise<string> {
  let count = 0;
  return gates.serve(() => {
    count += 1;
    return { delayMs: count % 2 === 0 ? 80 : 500, body: 'hello' };
  });
}

async function gate(candidate: Pace, ...more: readonly string[]): Promise<Ended> {
  return gates.gate(await served(candidate), ...more);
}

/** They mostly wait. */
describe('how a gate ends', { concurrency: 4 }, () => {
  it('0: no baseline, and the limit is far away', async () => {
    const { code, stdout } = await gate({ delayMs: 60 }, '--baseline', 'none');
    assert.equal(code, 0, stdout);
    assert.match(stdout, /page total .* ✓ kept +[345]\b/);
  });

  it('1: it is slower', async () => {
    const { code, stdout } = await gate(SLOWER, '--baseline', await served(USUAL));
    assert.equal(code, 1, stdout);
    assert.match(stdout, /FAILED: Worse than the baseline: page total/);
  });

  it('1: a limit is broken', async () => {
    const { code, stdout } = await gate(BEYOND_LIMIT, '--baseline', 'none');
    assert.equal(code, 1, stdout);
    assert.match(stdout, /Beyond its limit: page total/);
  });

  it('1: it does not do what is asserted', async () => {
    const { code, stdout } = await gate({ ...USUAL, body: 'good bye' }, '--baseline', await served(USUAL));
    assert.equal(code, 1, stdout);
    assert.match(stdout, /The candidate is broken: page/);
  });

  it('2: it could not be told in time, unless something else is asked for', async () => {
    const base = await served({ delayMs: 170 });
    const undecided = async (...more: readonly string[]): Promise<Ended> =>
      gates.gate(await serveUnsteadily(), '--baseline', base, '--max-duration', '15s', ...more);
    const [asUsual, pass, fail] = await Promise.all([
      undecided(),
      undecided('--undecided', 'pass'),
      undecided('--undecided', 'fail'),
    ]);
    for (const { stdout } of [asUsual, pass, fail]) assert.match(stdout, /UNDECIDED/);
    assert.deepEqual([asUsual.code, pass.code, fail.code], [2, 0, 1]);
  });

  it('2: the candidate could not be started', async () => {
    const nowhere = ['--baseline', 'none', '--wait-on', `http://127.0.0.1:${await closedPort()}`];
    const ended = await gate(USUAL, ...nowhere, '--start', 'echo nope; exit 7');
    assert.equal(ended.code, 2, ended.stdout);
    assert.match(ended.stdout, /ended\s+before\s+\S+\s+answered; it said\s+last:\s+nope/);
    const taken = await gate(USUAL, '--baseline', 'none', '--start', 'sleep 60');
    assert.equal(taken.code, 2, taken.stdout);
    assert.match(taken.stdout, /answers before 'sleep 60' was started/);
  });

  it('2: nothing is selected', async () => {
    const { code, stdout } = await gate(USUAL, '--only', 'journey');
    assert.equal(code, 2, stdout);
    assert.match(stdout, /there is no check 'journey'/);
  });

  it('2: too few runs are stored to compare with', async () => {
    const { code, stdout } = await gate(USUAL, '--baseline', 'history');
    assert.equal(code, 2, stdout);
    assert.match(stdout, /the store holds 0 runs/);
  });

  it('3: the command line is wrong', async () => {
    const wrong = [
      [['--max-duration', 'soon'], /'soon' is not a duration/],
      [['--baseline', 'none', 'http://127.0.0.1:1'], /'none' stands alone/],
      [['--baseline', 'ftp://nowhere'], /not an http or https URL/],
      [['--undecided', 'maybe'], /Allowed choices are inconclusive, pass, fail/],
      [['--calibrate', '0'], /whole number above 0/],
    ] as const;
    const refuse = async ([args, says]: (typeof wrong)[number]): Promise<void> => {
      const { code, stdout, stderr } = await gate(USUAL, ...args);
      assert.equal(code, 3, stdout);
      assert.match(stdout + stderr, says);
    };
    await Promise.all(wrong.map(refuse));
  });

  it('130: interrupted, and the report is written', async () => {
    const sides = ['--target', await served(SLOWER), '--baseline', await served(USUAL)];
    const running = startCommand(gates.workspace.folder, ['gate', ...sides, '--out', 'stopped']);
    await running.said(/probes …/);
    const code = await running.kill('SIGINT');
    assert.equal(code, 130, running.output());
    assert.match(running.output(), /INTERRUPTED/);
    const document: unknown = JSON.parse(readFileSync(join(gates.workspace.folder, 'stopped', 'gate.json'), 'utf8'));
    assert.ok(
      typeof document === 'object' && document !== null && 'status' in document && document.status === 'interrupted',
    );
  });

  it('starts what it is told to, waits for it, and stops it again', async () => {
    const server = `require('http').createServer((q, r) => r.end('hello')).listen(process.env.PORT, '127.0.0.1')`;
    const port = await closedPort();
    const url = `http://127.0.0.1:${port}`;
    const args = [
      'gate',
      '--even-unfit',
      '--target',
      url,
      '--baseline',
      'none',
      '--start',
      `PORT=${port} node -e "${server}"`,
      '--wait-on',
      url,
      '--out',
      'started',
    ];
    const { code, stdout } = await gates.type(args);
    assert.equal(code, 0, stdout);
    await assert.rejects(fetch(url), 'the started server is gone');
  });
});
