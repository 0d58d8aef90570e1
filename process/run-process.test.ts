import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { ProcessEnding } from './ending.ts';
import { allowEnvironment } from './environment.ts';
import { startOf } from './owner.ts';
import { type RunProcessOptions, runProcess } from './run-process.ts';

const scratch = mkdtempSync(join(tmpdir(), 'vigie-process-test-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

type FixtureOptions = Partial<RunProcessOptions> & { readonly variables?: Readonly<Record<string, string>> };

function runFixture(name: string, { variables = {}, ...options }: FixtureOptions = {}): Promise<ProcessEnding> {
  const args = [join(import.meta.dirname, 'fixtures', name), ...(options.args ?? [])];
  const env = allowEnvironment([], variables);
  return runProcess({ deadlineMs: 30_000, ...options, command: process.execPath, args, env });
}

/** Aborts as soon as the program says that it is ready. */
function abortWhenReady(): { signal: AbortSignal; onStdoutLine: (line: string) => void } {
  const controller = new AbortController();
  return { signal: controller.signal, onStdoutLine: () => controller.abort() };
}

describe('a program that ends by itself', () => {
  it('gives its code, its whole output, its pid and how long it took', async () => {
    const ending = await runFixture('say.mjs', { args: ['one', 'two words'], variables: { CODE: '7' } });
    assert.equal(ending.how === 'exited' && ending.code, 7);
    assert.equal(ending.stdout, 'one\ntwo words\n');
    assert.equal(ending.stderr, 'said on stderr\n');
    assert.equal(ending.stdoutTruncated || ending.stderrTruncated, false);
    assert.ok(ending.pid !== undefined && ending.durationMs > 0);
  });

  it('is not passed through a shell', async () => {
    const ending = await runFixture('say.mjs', { args: ['$(id) `id` ; * > x'] });
    assert.equal(ending.stdout, '$(id) `id` ; * > x\n');
  });

  it('sees the environment that was built and nothing else', async () => {
    const ending = await runFixture('say.mjs', { variables: { SHOW: 'environment', LANG: 'C' } });
    const seen: unknown = JSON.parse(ending.stdout.trim().split('\n').at(-1) ?? '');
    assert.deepEqual(Object.keys(seen ?? {}).sort(), ['LANG', 'PATH', 'SHOW', 'VIGIE_RUN_MARK']);
  });

  it('reads its input to the end', async () => {
    const input = 'é'.repeat(200_000);
    const ending = await runFixture('say.mjs', { input, variables: { SHOW: 'input' } });
    assert.equal(ending.stdout.trim(), input);
  });

  it('may end without reading its input', async () => {
    const ending = await runFixture('say.mjs', { input: 'x'.repeat(5_000_000) });
    assert.equal(ending.how, 'exited');
  });

  it('tells the signal that ended it', async () => {
    const ending = await runFixture('kill-self.mjs', { args: ['SIGKILL'] });
    assert.equal(ending.how === 'signalled' && ending.signal, 'SIGKILL');
  });
});

describe('a program that cannot be started', () => {
  const env = allowEnvironment([], { PATH: '/nowhere' });
  const start = (command: string, more: Partial<RunProcessOptions> = {}): Promise<ProcessEnding> =>
    runProcess({ command, args: [], env, deadlineMs: 5_000, ...more });

  it('is told apart by errno, with what to do next', async () => {
    const script = join(scratch, 'not-executable');
    writeFileSync(script, '#!/bin/sh\n');
    const badInterpreter = join(scratch, 'bad-interpreter');
    writeFileSync(badInterpreter, '#!/no/such/shell\n');
    chmodSync(badInterpreter, 0o755);
    const cases = [
      [await start('no-such-program'), 'ENOENT', /no such program on PATH \(.*\/nowhere\)/],
      [await start(join(scratch, 'absent')), 'ENOENT', /there is no such file/],
      [
        await start('node', { cwd: join(scratch, 'absent') }),
        'ENOENT',
        /the folder to run in does not exist: .*absent/,
      ],
      [await start(badInterpreter), 'ENOENT', /interpreter/],
      [await start(script), 'EACCES', /not an executable file/],
      [await start('node', { args: ['x'.repeat(3_000_000)] }), 'E2BIG', /pass the data in a file/],
    ] as const;
    for (const [ending, errno, message] of cases) {
      assert.equal(ending.how === 'notStarted' && ending.errno, errno);
      assert.match(ending.how === 'notStarted' ? ending.message : '', message);
      assert.equal(ending.pid, undefined);
    }
  });

  it('is not started at all when already aborted', async () => {
    const ending = await start('no-such-program', { signal: AbortSignal.abort() });
    assert.equal(ending.how, 'aborted');
  });

  it('refuses options that make no sense, naming them', async () => {
    await assert.rejects(start('node', { deadlineMs: 0 }), /deadlineMs is 0; give 1 to/);
    await assert.rejects(start('node', { deadlineMs: Number.NaN }), /deadlineMs is NaN/);
    await assert.rejects(start('node', { stdoutCapBytes: 0.5 }), /stdoutCapBytes is 0.5/);
    await assert.rejects(start('node', { killGraceMs: -1 }), /killGraceMs is -1/);
    await assert.rejects(start('node', { args: ['null\0byte'] }), /null bytes/);
  });
});

describe('a program that does not end', () => {
  it('is ended at its deadline', async () => {
    const ending = await runFixture('never-end.mjs', { deadlineMs: 300 });
    assert.deepEqual(ending.how === 'deadline' && ending.forced, false);
    assert.equal(startOf(ending.pid ?? 0), undefined);
  });

  it('is asked first, and what it says then is kept', async () => {
    const ending = await runFixture('never-end.mjs', abortWhenReady());
    assert.deepEqual(ending.how === 'aborted' && ending.forced, false);
    assert.equal(ending.stdout, 'ready\ngoodbye\n');
  });

  it('is killed when it ignores that', async () => {
    const ending = await runFixture('never-end.mjs', {
      ...abortWhenReady(),
      killGraceMs: 100,
      variables: { STUBBORN: '1' },
    });
    assert.deepEqual(ending.how === 'aborted' && ending.forced, true);
    assert.equal(startOf(ending.pid ?? 0), undefined, 'it is gone when the promise settles');
    assert.equal(ending.leftBehind, 0);
  });

  it('is ended when it was stopped, without using up the grace', async () => {
    const ending = await runFixture('kill-self.mjs', { args: ['SIGSTOP'], deadlineMs: 300, killGraceMs: 20_000 });
    assert.deepEqual(ending.how === 'deadline' && ending.forced, false);
    assert.ok(ending.durationMs < 10_000);
  });
});

describe('what a program leaves behind', () => {
  it('a grandchild that holds stdout open is ended with its leader', async () => {
    const ending = await runFixture('fork-and-leave.mjs');
    assert.equal(ending.how, 'exited');
    assert.equal(startOf(Number(ending.stdout)), undefined);
    assert.ok(ending.durationMs < 20_000);
  });

  it('a grandchild that left the group is found by its mark', { skip: process.platform !== 'linux' }, async () => {
    const ending = await runFixture('fork-and-leave.mjs', { variables: { ESCAPE: '1' } });
    assert.equal(ending.how, 'exited');
    assert.equal(startOf(Number(ending.stdout)), undefined);
  });

  for (const KILL_BROWSER of ['0', '1']) {
    const what = KILL_BROWSER === '1' ? ', even when its browser is gone already' : '';
    it(`a renderer without a mark goes with the group of its browser${what}`, {
      skip: process.platform !== 'linux',
    }, async () => {
      const { signal, onStdoutLine } = abortWhenReady();
      const ending = await runFixture('browser-like.mjs', { variables: { KILL_BROWSER }, signal, onStdoutLine });
      assert.equal(ending.how, 'aborted');
      assert.match(ending.stdout, /^\d+\n$/);
      assert.equal(startOf(Number(ending.stdout)), undefined, 'it is gone when the run has ended');
    });
  }
});

describe('the output of a program', () => {
  it('is capped, keeps its beginning and its end and says what was dropped, while every line was passed on', async () => {
    let lines = 0;
    const ending = await runFixture('flood.mjs', {
      variables: { MEBIBYTES: '50' },
      onStdoutLine: () => {
        lines += 1;
      },
    });
    assert.equal(lines, 50 * 1024 * 16);
    assert.equal(ending.stdoutTruncated, true);
    assert.match(ending.stdout, /^0{63}\n/);
    assert.match(ending.stdout, /\[vigie: \d+ bytes of output dropped here, the cap is 1048576 bytes\]/);
    assert.ok(ending.stdout.endsWith(`${String(lines - 1).padStart(63, '0')}\n`));
    assert.ok(ending.stdout.length < 1_048_576 + 200);
  });

  it('callback that throws stops the program and rejects with the cause', async () => {
    const cause = new Error('in the callback');
    const onStdoutLine = (): void => {
      throw cause;
    };
    await assert.rejects(runFixture('never-end.mjs', { onStdoutLine }), (error: Error) => error.cause === cause);
  });
});

describe('usage', { skip: process.platform !== 'linux' ? 'read from /proc, which is only on Linux' : false }, () => {
  for (const inChild of ['0', '1']) {
    it(`counts CPU time and memory of the group (in a child: ${inChild})`, async () => {
      const variables = { BURN_MS: '200', IN_CHILD: inChild };
      const ending = await runFixture('burn.mjs', { ...abortWhenReady(), variables });
      assert.ok((ending.usage?.cpuMs ?? 0) >= 180, JSON.stringify(ending.usage));
      assert.ok((ending.usage?.peakRssBytes ?? 0) > 10_000_000);
      assert.ok((ending.usage?.peakProcesses ?? 0) >= 1);
    });
  }
});
