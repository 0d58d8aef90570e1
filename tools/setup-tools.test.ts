import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { CHROMIUM_SCRIPT, K6_SCRIPT, makeSandbox, type Sandbox } from './sandbox.ts';

const notLinux = process.platform === 'linux' ? false : 'there is no strace outside Linux';
const LINUX_ONLY = notLinux === false ? ['strace'] : [];
const isDebian = existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.remove());

function withTools(): void {
  sandbox.putProgram('chromium', CHROMIUM_SCRIPT);
  sandbox.putProgram('k6', K6_SCRIPT);
}

describe('set-up of the tools', () => {
  it('says what is missing and how to fix it, and goes on', async () => {
    const finished = await sandbox.setUp(['--json']);
    assert.equal(finished.code, 0);
    for (const tool of ['Chromium', 'k6']) assert.match(finished.stderr, new RegExp(`${tool} .*could not be had`));
    assert.match(finished.stderr, /k6 cannot be built: there is no Go on PATH/);
    const { tools } = JSON.parse(finished.stdout);
    const { mend } = tools.chromium;
    assert.ok(mend.includes('chromium') && finished.stderr.includes(mend), finished.stderr);
    assert.equal(tools.chromium.found || tools.k6.found, false);
  });

  it('does not try again before each run what failed within the hour, but does when asked for by itself', async () => {
    sandbox.putProgram('go', 'exit 1');
    await sandbox.setUp();
    const before = sandbox.calls().length;
    const finished = await sandbox.setUp(['run', '--version']);
    assert.match(finished.stderr, /k6 2\.2\.0 \(load\) is missing; set-up tried less than an hour ago/);
    assert.equal(sandbox.calls().length, before);
    await sandbox.setUp();
    assert.ok(sandbox.calls().length > before);
  });

  it('builds k6 from the committed module into the tool cache', async () => {
    sandbox.putProgram('chromium', CHROMIUM_SCRIPT);
    const build = `printf '#!/bin/sh\\n${K6_SCRIPT}\\n' > "$3"; pwd > ${sandbox.root}/built-in`;
    sandbox.putProgram('go', `if [ $1 = version ]; then echo go version go1.26.8 linux/amd64; else ${build}; fi`);
    const finished = await sandbox.setUp(['--json']);
    const path = join(sandbox.home, '.cache/vigie/k6-2.2.0/k6');
    assert.deepEqual(JSON.parse(finished.stdout).tools.k6, { found: true, path, version: '2.2.0', from: 'tool cache' });
    assert.equal(readFileSync(join(sandbox.root, 'built-in'), 'utf8').trim(), join(sandbox.root, 'tools/k6'));
    assert.deepEqual(readdirSync(join(sandbox.home, '.cache/vigie/k6-2.2.0')), ['k6'], 'nothing else is left there');
  });

  it('names a Go that is too old', async () => {
    sandbox.putProgram('go', 'echo go version go1.19.8 linux/amd64');
    assert.match((await sandbox.setUp()).stderr, /Go 1\.19\.8 is on PATH, 1\.25 or newer is needed/);
  });

  it('refuses a release whose checksum is wrong', async () => {
    const server = createServer((_, response) => response.end('not k6 at all')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const finished = await sandbox.setUp([], { VIGIE_OFFLINE: '', VIGIE_K6_MIRROR: `http://127.0.0.1:${port}` });
    server.close();
    assert.match(finished.stderr, /refused: its SHA-256 is [0-9a-f]{64}, the published one is [0-9a-f]{64}/);
    assert.equal(existsSync(join(sandbox.home, '.cache/vigie/k6-2.2.0/k6')), false);
  });

  it('treats a variable that names a tool as an order', async () => {
    withTools();
    sandbox.putProgram('go', 'echo go version go1.26.8 linux/amd64');
    const finished = await sandbox.setUp(['--json'], { VIGIE_K6: '/no/such/k6' });
    const { k6 } = JSON.parse(finished.stdout).tools;
    assert.equal(k6.found, false);
    assert.ok(k6.mend.includes('VIGIE_K6') && finished.stderr.includes(k6.mend), finished.stderr);
    assert.equal(
      sandbox.calls().some((call) => call.startsWith('go ')),
      false,
    );
  });

  it('looks for the test tools only when told to', async () => {
    withTools();
    const finished = await sandbox.setUp(['--with-test-tools', '--json']);
    assert.equal(finished.code, 0);
    const { tools } = JSON.parse(finished.stdout);
    for (const tool of ['prometheus', 'promtool', 'pushgateway', ...LINUX_ONLY]) {
      assert.equal(tools[tool].found, false, tool);
      assert.ok(finished.stderr.includes(`${tool} is missing`), finished.stderr);
    }
    const without = await sandbox.setUp(['--json']);
    assert.deepEqual(Object.keys(JSON.parse(without.stdout).tools), ['chromium', 'k6']);
  });

  it('installs strace by apt as root on Debian, and says how to have it elsewhere', { skip: notLinux }, async () => {
    withTools();
    const strace = join(sandbox.root, 'bin', 'strace');
    sandbox.putProgram(
      'apt-get',
      `case "$*" in *"install "*strace) printf '#!/bin/sh\\necho strace -- version 6.1\\n' > ${strace}; chmod +x ${strace};; *) exit 100;; esac`,
    );
    const finished = await sandbox.setUp(['--with-test-tools', '--json']);
    const { tools } = JSON.parse(finished.stdout);
    const isInstalled = process.getuid?.() === 0 && isDebian;
    assert.deepEqual([tools.strace.found, tools.strace.version], isInstalled ? [true, '6.1'] : [false, undefined]);
    assert.equal(/strace is missing.*To fix it: .*strace/.test(finished.stderr), !isInstalled);
  });

  it('installs the headless shell for the tests where a whole Chromium is, unless a variable names a browser', {
    skip: notLinux,
  }, async () => {
    withTools();
    const shell = join(sandbox.root, 'bin', 'chromium-headless-shell');
    const script = join(sandbox.root, 'bin', 'chromium');
    sandbox.putProgram(
      'apt-get',
      `case "$*" in *"install "*chromium-headless-shell) cp ${script} ${shell};; *) exit 100;; esac`,
    );
    const ordered = await sandbox.setUp(['--with-test-tools', '--json'], { CHROME_PATH: script });
    assert.equal(JSON.parse(ordered.stdout).tools['headless-shell'], undefined);
    const { tools } = JSON.parse((await sandbox.setUp(['--with-test-tools', '--json'])).stdout);
    const isInstalled = process.getuid?.() === 0 && isDebian;
    assert.equal(tools['headless-shell']?.found ?? false, isInstalled);
    assert.equal(tools.chromium.path, script, 'what was found first is what this set-up tells');
  });
});
