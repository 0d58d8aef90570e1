import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { Sqlite } from '../process/sqlite.ts';

const CHILD = join(import.meta.dirname, 'fixtures/fill-disk.ts');

test('a full disk refuses commits, and the next one succeeds when there is room again, without a restart', async (t) => {
  if (isMissing('prlimit')) return t.skip('needs prlimit (util-linux) to make a disk that is full');
  const { folder, say, child } = start(t, (node, ...args) =>
    spawn('prlimit', ['--fsize=400000:unlimited', node, ...args]),
  );
  assert.equal(await say(), 'open');
  const endings: string[] = [];
  // The log may still be folded back into the file a few times before both are at the limit.
  while (endings.slice(-3).join() !== Array(3).fill('store-write-failed').join() && endings.length < 60) {
    endings.push(await say('commit'));
  }
  assert.equal(endings.at(-1), 'store-write-failed', `ended as ${endings.join(', ')}`);
  execFileSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited']);
  endings.push(await say('commit'), await say('commit'));
  assert.deepEqual(endings.slice(-2), ['ok', 'ok']);
  assert.equal(await say('close'), 'closed');
  assertHolds(folder, endings);
});

test('a commit whose fsync failed is not acknowledged, and the store goes on', async (t) => {
  if (isMissing('strace')) return t.skip('needs strace to make fsync fail');
  const injection = [
    '-f',
    '-qq',
    '-o',
    '/dev/null',
    '-e',
    'trace=fdatasync,fsync',
    '-e',
    'inject=fdatasync,fsync:error=EIO:when=14..16',
  ];
  const { folder, say } = start(t, (node, ...args) => spawn('strace', [...injection, node, ...args]));
  assert.equal(await say(), 'open');
  const endings: string[] = [];
  for (let count = 0; count < 25; count += 1) endings.push(await say('commit'));
  assert.ok(endings.includes('store-write-failed'), `ended as ${endings.join(', ')}`);
  assert.deepEqual(endings.slice(-3), ['ok', 'ok', 'ok']);
  assert.equal(await say('close'), 'closed');
  assertHolds(folder, endings);
});

/** Every acknowledged run is there, and the file is whole. */
function assertHolds(folder: string, endings: readonly string[]): void {
  const database = new Sqlite(join(folder, 'vigie.db'), { access: 'read' });
  const minutes = database.values('select due_at from slots order by due_at');
  const integrity = database.value('pragma integrity_check');
  database.close();
  assert.equal(integrity, 'ok');
  assert.ok(minutes.length >= endings.filter((ending) => ending === 'ok').length);
}

/** Starts the child; `say` writes a line to it, if given one, and resolves with the next line that it answers. */
function start(t: TestContext, run: (...command: [string, ...string[]]) => ChildProcess) {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-disk-'));
  const child = run(process.execPath, CHILD, folder);
  t.after(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  assert.ok(child.stdout !== null && child.stdin !== null);
  const { stdin } = child;
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const say = async (line?: string): Promise<string> => {
    if (line !== undefined) stdin.write(`${line}\n`);
    return String((await lines.next()).value);
  };
  return { folder, child, say };
}

function isMissing(tool: string): boolean {
  return spawnSync(tool, ['-V']).error !== undefined;
}
