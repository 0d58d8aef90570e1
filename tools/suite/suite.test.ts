import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';

// Told that it is a child of a test run, Node's runner would run nothing.
const { NODE_TEST_CONTEXT: _, ...ENV } = process.env;
const PROGRAM = join(dirname(import.meta.dirname), 'test.ts');
const scratch = mkdtempSync(join(tmpdir(), 'vigie-suite-test-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const IT = "import { describe, it } from 'node:test';";
const PASSING = `${IT} it('passes', () => {});`;
const FAILING = `${IT} it('fails', () => { throw new Error('as planned'); });`;

let trees = 0;
/** Plants test files in a folder of their own. */
function plant(files: Readonly<Record<string, string>>): string {
  trees += 1;
  const root = join(scratch, String(trees));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/** Runs there what `npm test` runs. */
function suite(
  files: Readonly<Record<string, string>>,
  ...args: readonly string[]
): { code: number | null; output: string; root: string } {
  const root = plant(files);
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
    cwd: root,
    env: ENV,
    encoding: 'utf8',
  });
  return { code: status, output: stdout + stderr, root };
}

describe('npm test', () => {
  it('runs all files that are ours, quiet ones too, and tells their sum as Node does', () => {
    const noise = ['node_modules/x/a', 'dist/a', '.cache/a', 'core/a.stack'].map((name) => [
      `${name}.test.ts`,
      FAILING,
    ]);
    const skips = `${IT} it('one', { skip: 'no k6' }, () => {}); describe('many', { skip: 'no browser' }, () => { it('x', () => {}); });`;
    const { code, output, root } = suite({
      'core/a.test.ts': PASSING,
      'lighthouse/b.test.ts': `// suite: quiet\n${PASSING}`,
      'web/c.test.ts': skips,
      ...Object.fromEntries(noise),
    });
    assert.equal(code, 0, output);
    assert.match(output, /tests 3$/m);
    assert.match(output, /pass 2$/m);
    assert.equal(output.match(/duration_ms/g)?.length, 1, 'one summary');
    assert.match(output, /left out: web\/c\.test\.ts: one: no k6/);
    assert.match(output, /left out: web\/c\.test\.ts: many: no browser/);
    const { files } = JSON.parse(readFileSync(join(root, '.cache/suite-times.json'), 'utf8'));
    const cpuMs = files.reduce((sum: number, file: { cpuMs: number | null }) => sum + (file.cpuMs ?? 0), 0);
    assert.ok(process.platform !== 'linux' || cpuMs > 0, 'CPU time of the processes is told');
    assert.deepEqual(files.map(({ file }: { file: string }) => file).toSorted(), [
      'core/a.test.ts',
      'lighthouse/b.test.ts',
      'web/c.test.ts',
    ]);
  });

  it('fails for a failure, a file that cannot be loaded, and one without a test, which Node takes for a pass', () => {
    const { code, output } = suite({
      'core/a.test.ts': FAILING,
      'core/empty.test.ts': '',
      'core/exit.test.ts': 'process.exit(0);',
      'core/load.test.ts': "import './missing.ts';",
    });
    assert.equal(code, 1, output);
    assert.match(output, /^✖ core\/a\.test\.ts: fails: as planned$/m, 'told at once');
    assert.match(output, /failing tests:[\s\S]*as planned/);
    assert.match(output, /failing tests:[\s\S]*load\.test\.ts/);
    assert.match(output, /NO TESTS: core\/empty\.test\.ts/);
    assert.match(output, /NO TESTS: core\/exit\.test\.ts/);
  });

  for (const [what, content] of [
    ['a failing test', FAILING],
    ['a failing test of a quiet file', `// suite: quiet\n${FAILING}`],
    ['a file without a test', ''],
    ['a file that cannot be loaded', "import './missing.ts';"],
  ] as const) {
    it(`fails for ${what} alone`, () => {
      const { code, output } = suite({ 'core/a.test.ts': content, 'core/b.test.ts': PASSING });
      assert.equal(code, 1, output);
    });
  }

  it('runs only what is asked for: words, a shard, the stack', () => {
    const files = { 'core/a.test.ts': PASSING, 'core/b.stack.test.ts': FAILING, 'web/b.test.ts': FAILING };
    assert.equal(suite(files, 'core/').code, 0);
    assert.deepEqual(
      ['1/2', '2/2'].map((shard) => suite(files, '--shard', shard).code),
      [0, 1],
    );
    const { code, output } = suite(files, '--stack');
    assert.equal(code, 1);
    assert.match(output, /tests 1$/m);
  });

  it('does not take nothing for a pass, nor what it does not understand', () => {
    const files = { 'core/a.test.ts': PASSING };
    for (const [args, message] of [
      [['alerts'], /no test file below .* has alerts in its path/],
      [['--stack'], /no test file below/],
      [['--shard', '2/2'], /no test file .* part 2\/2/],
      [['--shard', '3/2'], /--shard 3\/2/],
      [['--shards', '1/2'], /--shards/],
    ] as const) {
      const { code, output } = suite(files, ...args);
      assert.equal(code, 3, output);
      assert.match(output, message);
    }
    const { code, output } = suite({ 'core/a.test.ts': `// suite: silent\n${PASSING}` });
    assert.equal(code, 3, output);
    assert.match(output, /core\/a\.test\.ts says "\/\/ suite: silent".*quiet, waits/);
  });

  it('gives each file a temporary folder of its own, and ends and tells what it leaves running', () => {
    const leaves = `${IT} import { spawn } from 'node:child_process'; import { writeFileSync } from 'node:fs'; import { tmpdir } from 'node:os';
      it('leaves', () => {
        writeFileSync(tmpdir() + '/kept', '');
        const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
        child.unref();
        writeFileSync('left.json', JSON.stringify({ pid: child.pid, folder: tmpdir() }));
      });`;
    const { output, root } = suite({ 'core/a.test.ts': leaves });
    assert.match(output, /left running: core\/a\.test\.ts: .* -e setInterval/);
    const { pid, folder } = JSON.parse(readFileSync(join(root, 'left.json'), 'utf8'));
    assert.notEqual(folder, tmpdir());
    assert.equal(existsSync(folder), false, 'removed');
    // A zombie has no command line; in a container nobody may ever reap it.
    const left = existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : '';
    assert.equal(left, '');
  });

  it('ends with 130 when it is interrupted', async () => {
    const root = plant({
      'core/a.test.ts': `${IT} console.log('runs'); it('hangs', () => new Promise(() => setInterval(() => {}, 1000)));`,
    });
    const child = spawn(process.execPath, [PROGRAM], { cwd: root, env: ENV, stdio: ['ignore', 'pipe', 'inherit'] });
    const closed = once(child, 'close');
    child.stdout.once('data', () => child.kill('SIGINT'));
    assert.deepEqual(await closed, [130, null]);
  });
});
