import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { FakeClock } from '../../core/fake-clock.ts';
import { LogFiles } from './log-files.ts';

const folders: string[] = [];
function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-log-files-'));
  folders.push(folder);
  return folder;
}
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const ADAPTER = JSON.stringify(join(import.meta.dirname, 'log-files.ts'));
const notNeeded = { write: (line: string) => assert.fail(`must not be needed: ${line}`) };

type Trial = { readonly files: LogFiles; readonly seen: string[]; readonly clock: FakeClock };
function openTrial(folder: string, sizeBytes?: number): Trial {
  const clock = new FakeClock();
  const seen: string[] = [];
  const instead = { write: (line: string) => seen.push(line) };
  return { files: new LogFiles({ folder, clock, instead, ...(sizeBytes && { sizeBytes }) }), seen, clock };
}

/** The oldest first, as a reader would put them together. */
function textIn(folder: string): string {
  return namesIn(folder)
    .toReversed()
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');
}

function namesIn(folder: string): readonly string[] {
  return readdirSync(folder).toSorted();
}

async function until(what: string, ask: () => boolean): Promise<void> {
  const end = performance.now() + 20_000;
  while (!ask()) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('log files', () => {
  it('are begun anew at their size, and no more are kept than ten, those of earlier starts included', async () => {
    const folder = makeFolder();
    for (let start = 0; start < 4; start += 1) {
      const files = new LogFiles({ folder, clock: new FakeClock(), instead: notNeeded, sizeBytes: 1_024 });
      for (let line = 0; line < 5; line += 1) files.write(`start ${start}, line ${line} ${'x'.repeat(1_100)}\n`);
      await files.close();
    }
    const older = Array.from({ length: 9 }, (_, index) => `vigie.log.${index + 1}`);
    assert.deepEqual(namesIn(folder), ['vigie.log', ...older]);
    assert.deepEqual(
      textIn(folder).match(/start \d, line \d/g),
      [2, 3].flatMap((start) => [0, 1, 2, 3, 4].map((line) => `start ${start}, line ${line}`)),
    );
  });

  it('hold every line of a burst, whole and in order, and none is larger than its size', async () => {
    const folder = makeFolder();
    const files = new LogFiles({ folder, clock: new FakeClock(), instead: notNeeded, sizeBytes: 100_000 });
    const lines = Array.from({ length: 5_000 }, (_, index) => `${index} ${'é'.repeat(index % 150)}\n`);
    for (const line of lines) files.write(line);
    await files.close();
    assert.ok(namesIn(folder).length > 5, namesIn(folder).join(' '));
    assert.equal(textIn(folder), lines.join(''));
    for (const name of namesIn(folder)) assert.ok(statSync(join(folder, name)).size <= 100_000, name);
  });

  it('that cannot be written hand over to the console instead of ending the process, and are tried again later', async () => {
    const folder = makeFolder();
    symlinkSync('/dev/full', join(folder, 'vigie.log'));
    const { files, seen, clock } = openTrial(folder);
    files.write('first\n');
    await until('the console', () => seen.some((line) => line.includes('ENOSPC')));
    assert.equal(seen.at(-1), 'first\n');
    files.write('second\n');
    assert.equal(seen.at(-1), 'second\n');
    rmSync(join(folder, 'vigie.log'));
    await clock.advance(30_000);
    files.write('third\n');
    await files.close();
    assert.equal(textIn(folder), 'third\n');
    assert.equal(seen.length, 3);
  });

  it('whose folder cannot be made hand over', async () => {
    const folder = join(makeFolder(), 'logs');
    writeFileSync(folder, 'a file stands here');
    const { files, seen } = openTrial(folder);
    files.write('told\n');
    await files.close();
    assert.match(seen[0] ?? '', /cannot be written/);
    assert.equal(seen[1], 'told\n');
  });

  it('do not wait for somebody to read a pipe that has their name', async () => {
    const folder = makeFolder();
    assert.equal(spawnSync('mkfifo', [join(folder, 'vigie.log')]).status, 0);
    const { files, seen } = openTrial(folder);
    files.write('told\n');
    await files.close();
    assert.match(seen[0] ?? '', /cannot be written/);
    assert.equal(seen[1], 'told\n');
  });

  it('come back when their folder is removed, and begin anew when another tool has renamed them', async () => {
    const folder = join(makeFolder(), `a b é #%41 ?"'`, 'logs');
    const files = new LogFiles({ folder, clock: new FakeClock(), instead: notNeeded });
    const file = join(folder, 'vigie.log');
    const written = (text: string) =>
      until(text, () => existsSync(file) && readFileSync(file, 'utf8').endsWith(`${text}\n`));
    files.write('first\n');
    await written('first');
    rmSync(folder, { recursive: true });
    files.write('second\n');
    await written('second');
    renameSync(file, join(folder, 'moved'));
    files.write('third\n');
    await files.close();
    assert.equal(readFileSync(join(folder, 'moved'), 'utf8'), 'second\n');
    assert.equal(readFileSync(file, 'utf8'), 'third\n');
  });

  it('end a line that a crash had cut off before they add one', async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'vigie.log'), '{"cut');
    const files = new LogFiles({ folder, clock: new FakeClock(), instead: notNeeded });
    files.write('next\n');
    await files.close();
    assert.equal(textIn(folder), '{"cut\nnext\n');
  });

  it('hold whole lines only when the disk becomes full amid one; that one and those after it go elsewhere', () => {
    const folder = makeFolder();
    const program = `process.on('SIGXFSZ', () => {});
      const { LogFiles } = await import(${ADAPTER});
      const instead = { write: (line) => process.stdout.write(line) };
      const files = new LogFiles({ folder: ${JSON.stringify(folder)}, clock: performance, instead });
      Object.assign(performance, { monotonic: () => 0 });
      for (let index = 0; index < 500; index += 1) files.write(JSON.stringify({ index, pad: 'x'.repeat(90) }) + '\\n');
      await files.close();`;
    const { stdout, stderr } = runProgram(['sh', '-c', 'ulimit -f 8; exec "$@"', 'sh'], program);
    const kept = textIn(folder);
    assert.ok(kept.length > 3_000 && kept.endsWith('\n'), kept.slice(-100));
    const [told, ...others] = stdout.trim().split('\n');
    assert.match(told ?? stderr, /EFBIG/);
    const indices = [...kept.trim().split('\n'), ...others].map((line) => JSON.parse(line).index);
    assert.deepEqual(
      indices,
      Array.from({ length: 500 }, (_, index) => index),
    );
  });

  it('lose nothing when the process is left at once', () => {
    const folder = makeFolder();
    const program = `const { LogFiles } = await import(${ADAPTER});
      const files = new LogFiles({ folder: ${JSON.stringify(folder)}, clock: { monotonic: () => 0 }, instead: process.stdout });
      for (let index = 0; index < 3_000; index += 1) files.write(index + '\\n');
      process.exit(3);`;
    assert.deepEqual(runProgram([], program), { status: 3, stdout: '', stderr: '' });
    // One that was just being written may stand there twice.
    const lines = new Set(textIn(folder).trim().split('\n'));
    assert.deepEqual(
      [...lines].map(Number).toSorted((a, b) => a - b),
      Array.from({ length: 3_000 }, (_, index) => index),
    );
  });

  it('hand over what comes faster than the disk takes it, so that memory does not grow without end', async () => {
    const folder = makeFolder();
    const { files, seen } = openTrial(folder);
    const lines = Array.from({ length: 20_000 }, (_, index) => `${index} ${'x'.repeat(1_000)}\n`);
    for (const line of lines) files.write(line);
    assert.match(seen[0] ?? '', /slower/);
    await files.close();
    const [told, ...others] = seen;
    assert.ok(told !== undefined && others.length > 100 && others.length < 10_000, `${others.length}`);
    assert.equal(textIn(folder) + others.join(''), lines.join(''));
  });
});

function runProgram(
  within: readonly string[],
  program: string,
): { status: number | null; stdout: string; stderr: string } {
  const [command = '', ...args] = [...within, process.execPath, '--input-type=module', '-e', program];
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 24 });
  return { status, stdout, stderr };
}
