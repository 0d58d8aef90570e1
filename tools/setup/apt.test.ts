import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Machine } from '../../process/where.mjs';
import { makeSandbox, type Sandbox } from '../sandbox.ts';
import { installWithApt } from './apt.mjs';
import { maySystemPackages } from './system-packages.mjs';

/** Debian's apt-get, as far as set-up can see. */
const APT = `case "$*" in *--simulate*) printf 'Inst libthing (1.0)\\nInst chromium (2.0)\\nConf chromium (2.0)\\n';; esac`;
const CHROMIUM = { name: 'chromium', what: 'Chromium' };

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
  sandbox.putProgram('apt-get', APT);
});
afterEach(() => sandbox.remove());

/** Installs Chromium on a machine that differs from Debian, as root, in what is given; gives what was said, with the number of calls to apt-get until then. */
async function install(more: Partial<Machine> = {}, env: Readonly<Record<string, string>> = {}) {
  const said: { readonly text: string; readonly calls: number }[] = [];
  const calls = (): readonly string[] => sandbox.calls().filter((call) => call.startsWith('apt-get '));
  const say = (text: string): void => void said.push({ text, calls: calls().length });
  const reporter = { say, warn: say, finish: () => {}, start: () => say };
  const machine: Machine = {
    env: { PATH: join(sandbox.root, 'bin'), ...env },
    platform: 'linux',
    isRoot: true,
    isDebian: true,
    setup: 'SETUP',
    ...more,
  };
  await installWithApt({ reporter, machine }, CHROMIUM);
  return { said, calls: calls() };
}

describe('installWithApt', () => {
  it('says what it installs and how to prevent that before it touches the system, and all of it before the install', async () => {
    const { said, calls } = await install();
    const notice = said.find(({ text }) => text.includes('VIGIE_SYSTEM_PACKAGES=0'));
    assert.deepEqual([notice?.calls, notice?.text.includes('chromium')], [0, true]);
    const list = said.find(({ text }) => text === 'apt-get installs libthing, chromium');
    assert.equal(list?.calls, 2, 'the lists were read and the install was simulated');
    assert.deepEqual(
      calls.map((call) => /update|--simulate|install/.exec(call)?.[0]),
      ['update', '--simulate', 'install'],
    );
  });

  it('does nothing when VIGIE_SYSTEM_PACKAGES is 0, and says why', async () => {
    const { said, calls } = await install({}, { VIGIE_SYSTEM_PACKAGES: '0' });
    assert.deepEqual(calls, []);
    assert.match(said.map(({ text }) => text).join('\n'), /VIGIE_SYSTEM_PACKAGES is 0/);
  });

  it('does nothing and says nothing where it may not anyway', async () => {
    for (const more of [{ isRoot: false }, { isDebian: false }])
      assert.deepEqual(await install(more), { said: [], calls: [] });
  });

  it('says what was run and its last lines when it fails', async () => {
    sandbox.putProgram('apt-get', 'echo "E: Unable to locate package chromium" >&2; exit 100');
    const { said } = await install();
    const text = said.map((line) => line.text).join('\n');
    assert.match(text, /it was: apt-get .* install -y .* chromium\n +E: Unable to locate package chromium/);
  });
});

describe('VIGIE_SYSTEM_PACKAGES', () => {
  it('is 0, 1 or not set', () => {
    const values = [{}, { VIGIE_SYSTEM_PACKAGES: '' }, { VIGIE_SYSTEM_PACKAGES: '1' }, { VIGIE_SYSTEM_PACKAGES: '0' }];
    assert.deepEqual(values.map(maySystemPackages), [true, true, true, false]);
  });

  it('is refused with exit code 3 when it is anything else, before anything is done', async () => {
    for (const value of ['no', 'false', '2', ' 0']) {
      const finished = await sandbox.setUp([], { VIGIE_SYSTEM_PACKAGES: value });
      assert.equal(finished.code, 3, finished.stderr);
      assert.ok(finished.stderr.includes(`VIGIE_SYSTEM_PACKAGES is '${value}'; it can be 0 or 1`), finished.stderr);
    }
    assert.deepEqual(sandbox.calls(), []);
  });
});
