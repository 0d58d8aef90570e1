import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { describe, it } from 'node:test';

const REPOSITORY = dirname(import.meta.dirname);
const LIMIT_MS = 10 * 60 * 1000;

/** PATH as a user has it before set-up: without our own Node, an old one first where there is one. */
function pathOfUser(): string {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  return folders.join(delimiter);
}

describe('the committed lock', () => {
  // npm drops what a registry lacks from a lock without a word and then refuses the lock: only an install tells.
  it('installs in an empty folder, with whatever Node comes first on PATH, and brings ours on Linux', () => {
    const folder = mkdtempSync(join(tmpdir(), 'vigie-lock-test-'));
    try {
      for (const file of ['package.json', 'package-lock.json', 'tools', 'process']) {
        cpSync(join(REPOSITORY, file), join(folder, file), { recursive: true });
      }
      const env = {
        ...process.env,
        PATH: pathOfUser(),
        VIGIE_OFFLINE: '1',
        VIGIE_K6: '/none',
        VIGIE_CHROMIUM: '/none',
        // The npm of PATH, as in a shell, and not the one that may be running this test.
        npm_execpath: '',
      };
      const args = ['tools/setup.mjs', 'run', '-p', 'process.version'];
      const { status, stdout, stderr } = spawnSync('node', args, {
        cwd: folder,
        env,
        encoding: 'utf8',
        timeout: LIMIT_MS,
      });

      assert.equal(status, 0, stderr);
      assert.match(stderr, /installing the locked packages \(npm ci\): done/);
      assert.doesNotMatch(stderr, /EBADENGINE/);
      assert.ok(Number.parseInt(stdout.slice(1), 10) >= 24, stdout);
      assert.equal(existsSync(join(folder, 'node_modules/.bin/node')), process.platform === 'linux');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('is not asked for Node by two words in one script, where a shell would run the old one', () => {
    const { scripts = {} }: { scripts?: Record<string, string> } = JSON.parse(
      readFileSync(join(REPOSITORY, 'package.json'), 'utf8'),
    );
    for (const [name, script] of Object.entries(scripts)) {
      const bareNodes = script.match(/(?<![\w./-])node(?= )/g) ?? [];
      assert.ok(bareNodes.length <= 1, `script '${name}' runs a bare node ${bareNodes.length} times: ${script}`);
      if (bareNodes.length === 1) assert.match(script, /^node tools\/setup\.mjs( |$)/, `script '${name}'`);
    }
  });

  it('is the trap that it is taken for: a shell remembers the first node', { skip: !existsSync('/bin/sh') }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'vigie-trap-test-'));
    try {
      mkdirSync(join(folder, 'first'));
      mkdirSync(join(folder, 'second'));
      symlinkSync('/bin/echo', join(folder, 'second/node'));
      // What set-up does inside a script: our Node appears earlier on PATH while the script runs.
      const script = `node old; ln -s /bin/true ${folder}/first/node; node old`;
      const env = { PATH: `${folder}/first:${folder}/second:/usr/bin:/bin` };
      const { stdout } = spawnSync('/bin/sh', ['-c', script], { env, encoding: 'utf8' });
      assert.equal(stdout, 'old\nold\n', 'the second word still runs the first program');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
