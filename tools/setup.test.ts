import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isAtLeast, LEAST_NODE } from '../process/version.mjs';
import { CHROMIUM_SCRIPT, finish, installScript, K6_SCRIPT, makeSandbox, type Sandbox } from './sandbox.ts';
import { refusePlatform } from './setup/platform.mjs';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.remove());

function withTools(): void {
  sandbox.putProgram('chromium', CHROMIUM_SCRIPT);
  sandbox.putProgram('k6', K6_SCRIPT);
}

/** Notes at the end of each Node whether it has loaded what programs are started with. */
function watchModules() {
  const note = join(sandbox.root, 'loaded');
  const watcher = join(sandbox.root, 'watch.cjs');
  writeFileSync(
    watcher,
    `process.on('exit', () => require('fs').writeFileSync(${JSON.stringify(note)}, process.moduleLoadList.join('\\n')));`,
  );
  return {
    env: { NODE_OPTIONS: `--require=${watcher}` },
    childProcess: () => readFileSync(note, 'utf8').split('\n').includes('NativeModule child_process'),
  };
}

const npmCalls = (): number => sandbox.calls().filter((call) => call.startsWith('npm ci ')).length;

describe('set-up of the packages', () => {
  beforeEach(withTools);

  it('installs once, says so, and is then silent', async () => {
    const first = await sandbox.setUp();
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stderr, /installing the locked packages \(npm ci\): done \(\d+\.\d s\)/);

    const second = await sandbox.setUp();

    assert.equal(second.stderr + second.stdout, '');
    assert.equal(npmCalls(), 1);
    assert.deepEqual(
      sandbox.calls().filter((call) => /^(chromium|k6)/.test(call)).length,
      2,
      'no program was asked for its version again',
    );
  });

  it('starts no program when there is nothing to do', async () => {
    const loaded = watchModules();
    const tools = ['prometheus', 'promtool', 'pushgateway', 'strace'];
    for (const name of tools) sandbox.putProgram(name, `echo "${name}, version 2.42.0"`);
    sandbox.putProgram('chromium-headless-shell', CHROMIUM_SCRIPT);
    await sandbox.setUp(['--with-test-tools'], loaded.env);
    assert.equal(loaded.childProcess(), true, 'the first one starts npm, and is seen to');
    const before = sandbox.calls().length;

    for (const args of [[], ['--with-test-tools']]) {
      const finished = await sandbox.setUp(args, loaded.env);
      assert.deepEqual([finished.code, finished.stdout + finished.stderr], [0, '']);
      assert.equal(loaded.childProcess(), false, 'what starts programs was not even loaded');
    }
    assert.equal(sandbox.calls().length, before);
  });

  it('notices all the same a tool that was removed, replaced, or is too old', async () => {
    await sandbox.setUp();
    rmSync(join(sandbox.root, 'bin/chromium'));
    const removed = await sandbox.setUp(['--json']);
    assert.equal(JSON.parse(removed.stdout).tools.chromium.found, false);
    sandbox.putProgram('k6', 'echo "k6 v1.7.1 (go1.26, linux/amd64)"');
    const replaced = await sandbox.setUp(['--json']);
    assert.equal(JSON.parse(replaced.stdout).tools.k6.version, '1.7.1');
    sandbox.putProgram('k6', 'echo "k6 v1.4.0 (go1.24, linux/amd64), an older one"');
    const old = JSON.parse((await sandbox.setUp(['--json'])).stdout).tools.k6;
    assert.equal(old.found, false);
    const looked = old.looked.join('\n');
    for (const part of [join(sandbox.root, 'bin/k6'), '1.4.0', '1.5']) assert.ok(looked.includes(part), looked);
    const asked = (): number => sandbox.calls().filter((call) => call.startsWith('k6 ')).length;
    const before = asked();
    await sandbox.setUp();
    assert.equal(asked(), before, 'the version of one that is too old is remembered, too');
  });

  it('takes a lock that was written anew with the same content for what it is', async () => {
    await sandbox.setUp();
    sandbox.writeLock('1.0.0');
    assert.equal((await sandbox.setUp()).stderr, '');
    assert.equal(npmCalls(), 1);
  });

  it('installs again when the lock has changed', async () => {
    await sandbox.setUp();
    sandbox.writeLock('2.0.0');
    await sandbox.setUp();
    assert.equal(npmCalls(), 2);
  });

  it('installs again when an install was cut off', async () => {
    await sandbox.setUp();
    for (const name of ['.vigie-setup', '.package-lock.json']) rmSync(join(sandbox.root, 'node_modules', name));
    await sandbox.setUp();
    assert.equal(npmCalls(), 2);
  });

  it('takes what somebody installed by hand, if it is what the lock says', async () => {
    await sandbox.setUp();
    rmSync(join(sandbox.root, 'node_modules/.vigie-setup'));
    const list = join(sandbox.root, 'node_modules/.package-lock.json');
    writeFileSync(list, JSON.stringify({ packages: { 'node_modules/thing': { version: '1.0.0' } } }));
    await sandbox.setUp();
    assert.equal(npmCalls(), 1);

    rmSync(join(sandbox.root, 'node_modules/.vigie-setup'));
    writeFileSync(list, JSON.stringify({ packages: { 'node_modules/thing': { version: '0.9.0' } } }));
    await sandbox.setUp();
    assert.equal(npmCalls(), 2);
  });

  it('tries a failed install once more', async () => {
    const tried = join(sandbox.root, 'tried');
    sandbox.putProgram('npm', `[ -e ${tried} ] || { touch ${tried}; exit 1; }\n${installScript(sandbox.root)}`);
    const finished = await sandbox.setUp();
    assert.equal(finished.code, 0, finished.stderr);
    assert.equal(npmCalls(), 2);
  });

  it('says the package and the command when a script of a package fails twice', async () => {
    const recorded = join(import.meta.dirname, 'setup/fixtures/npm-failures/headers.npm11.txt');
    sandbox.putProgram('npm', `cat ${recorded} >&2; exit 1`);
    const finished = await sandbox.setUp();
    assert.equal(finished.code, 2);
    assert.match(finished.stderr, /the install script of the package gyp failed \(exit code 1\): node-gyp rebuild\n/);
    assert.doesNotMatch(finished.stderr, /registry .*cannot be reached/);
  });

  it('does not take an install for whole whose files were cut off by a full disk', async () => {
    const recorded = join(import.meta.dirname, 'setup/fixtures/npm-failures/full.npm11.txt');
    sandbox.putProgram('npm', `${installScript(sandbox.root)}; cat ${recorded} >&2`);
    const finished = await sandbox.setUp();
    assert.equal(finished.code, 2);
    assert.match(finished.stderr, /files of packages could not be written \(ENOSPC/);
    assert.equal(existsSync(join(sandbox.root, 'node_modules/.vigie-setup')), false);
  });

  it('says so when there is no npm', async () => {
    rmSync(join(sandbox.root, 'bin/npm'));
    assert.match((await sandbox.setUp()).stderr, /npm is not on PATH/);
  });

  it('is done once when two start together', async () => {
    const gate = join(sandbox.root, 'gate');
    sandbox.putProgram(
      'npm',
      `tries=0; while [ ! -e ${gate} ] && [ $tries -lt 600 ]; do tries=$((tries + 1)); sleep 0.05; done\n${installScript(sandbox.root)}`,
    );
    const first = sandbox.start([]);
    await once(first.stderr ?? first, 'data');
    const second = sandbox.start([]);
    const [line] = await once(second.stderr ?? second, 'data');
    assert.match(String(line), /waiting for another set-up \(process \d+\)/);
    writeFileSync(gate, '');
    const endings = await Promise.all([finish(first), finish(second)]);
    assert.deepEqual(
      endings.map(({ code }) => code),
      [0, 0],
    );
    assert.equal(npmCalls(), 1);
  });

  it('does not wait for a set-up that died', async () => {
    mkdirSync(join(sandbox.root, '.cache'));
    writeFileSync(join(sandbox.root, '.cache/packages.lock'), `${2 ** 22 + 1} dead`);
    const finished = await sandbox.setUp();
    assert.equal(finished.code, 0, finished.stderr);
    assert.deepEqual(readdirSync(join(sandbox.root, '.cache')), []);
  });
});

describe('set-up in an installed package', () => {
  beforeEach(() => rmSync(join(sandbox.root, 'package-lock.json')));

  it('leaves packages and Node to the user and keeps its memory in the tool cache', async () => {
    withTools();
    rmSync(join(sandbox.root, 'bin/node'));
    symlinkSync(process.execPath, join(sandbox.root, 'bin/node'));
    const finished = await sandbox.setUp(['--json']);
    assert.equal(finished.code, 0, finished.stderr);
    assert.equal(npmCalls(), 0);
    assert.equal(existsSync(join(sandbox.root, 'node_modules')), false);
    assert.equal(JSON.parse(finished.stdout).tools.k6.found, true);
    assert.ok(existsSync(join(sandbox.home, '.cache/vigie/.vigie-tools.json')));
  });

  it('names the Node that the package needs', async (t) => {
    const version = spawnSync(join(sandbox.root, 'bin/node'), ['-p', 'process.versions.node'], {
      encoding: 'utf8',
    }).stdout;
    if (isAtLeast(version, LEAST_NODE)) return t.skip('no Node older than 24.15 is on PATH');
    const finished = await sandbox.setUp();
    assert.equal(finished.code, 3);
    assert.match(finished.stderr, /this is Node 2\d\.[\d.]+ and Vigie needs Node 24\.15 or newer/);
  });
});

describe('wrong use', () => {
  it('is told with the usage and exit code 3', async () => {
    for (const args of [['--bogus'], ['start'], ['run']]) {
      const finished = await sandbox.setUp(args);
      assert.equal(finished.code, 3);
      assert.match(finished.stderr, /node tools\/setup\.mjs \[--with-test-tools\]/);
    }
    assert.equal(sandbox.calls().length, 0);
  });
});

describe('refusePlatform', () => {
  it('names Windows', () => {
    assert.throws(() => refusePlatform({ platform: 'win32', nodeVersion: '24.0.0' }), /Windows is not supported/);
  });

  it('names any other system that is not Linux or macOS', () => {
    assert.throws(() => refusePlatform({ platform: 'freebsd', nodeVersion: '24.0.0' }), /'freebsd' is not supported/);
  });

  it('names a Node that is too old', () => {
    assert.throws(
      () => refusePlatform({ platform: 'linux', nodeVersion: '18.20.4' }),
      /Node 18\.20\.4; set-up needs Node 20/,
    );
  });

  it('lets Linux and macOS pass', () => {
    for (const platform of ['linux', 'darwin']) refusePlatform({ platform, nodeVersion: '20.0.0' });
  });
});
