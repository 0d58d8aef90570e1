import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { CHROMIUM_SCRIPT, finish, K6_SCRIPT, makeSandbox, type Sandbox } from './sandbox.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.remove());

function withTools(): void {
  sandbox.putProgram('chromium', CHROMIUM_SCRIPT);
  sandbox.putProgram('k6', K6_SCRIPT);
}

describe('run', () => {
  beforeEach(async () => {
    withTools();
    await sandbox.setUp();
  });

  const put = (code: string): string => {
    const file = join(sandbox.root, 'program.mts');
    writeFileSync(file, code);
    return file;
  };

  it('hands over to our own Node with the arguments and gives back the exit code', async () => {
    const file = put(
      'const said: string[] = process.argv.slice(2); console.log(process.version, said); process.exit(7);',
    );
    const finished = await sandbox.setUp(['run', file, '--flag', 'two words']);
    assert.equal(finished.code, 7);
    assert.equal(finished.stdout.trim(), `${process.version} [ '--flag', 'two words' ]`);
  });

  it('lets a bare `node` inside the program find our Node too', async () => {
    const file = put(
      "import { execFileSync } from 'node:child_process'; console.log(String(execFileSync('node', ['-v'])));",
    );
    assert.equal((await sandbox.setUp(['run', file])).stdout.trim(), process.version);
  });

  it('passes signals on and waits for the program', async () => {
    const file = put(
      "process.on('SIGTERM', () => { console.log('drained'); process.exit(4); }); setInterval(() => {}, 1e6); console.log('up');",
    );
    const child = sandbox.start(['run', file]);
    await once(child.stdout ?? child, 'data');
    child.kill('SIGTERM');
    const finished = await finish(child);
    assert.deepEqual([finished.code, finished.stdout.trim()], [4, 'drained']);
  });

  it('gives the code of a shell when the program is ended by a signal', async () => {
    const finished = await sandbox.setUp([
      'run',
      put("process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1e6);"),
    ]);
    assert.equal(finished.code, 137);
  });
});
