import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { locateK6, locateLhci, locateLighthouse, locatePlaywrightTest } from './locate-tools.ts';
import { cachedTool, type Located, locate, type Machine, type VersionAnswer } from './where.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'vigie-where-test-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

let machines = 0;
function newMachine(
  env: Readonly<Record<string, string>> = {},
  more: Partial<Machine> = {},
): Machine & { home: string } {
  machines += 1;
  const home = join(scratch, String(machines));
  mkdirSync(join(home, 'bin'), { recursive: true });
  const base = { platform: 'linux', isRoot: true, isDebian: true, setup: 'SETUP' };
  return { ...base, env: { HOME: home, PATH: join(home, 'bin'), ...env }, home, ...more };
}

/** A program that answers with a text, whatever it is asked. */
function putProgram(path: string, answer: string, code = 0): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho '${answer}'\nexit ${code}\n`);
  chmodSync(path, 0o755);
  return path;
}

function assertFound(located: Located, path: string, version: string, from: string): void {
  assert.deepEqual(located, { found: true, path, version, from });
}

describe('locate', () => {
  it('prefers the variable to PATH, and PATH to the tool cache', async () => {
    const machine = newMachine();
    const cached = putProgram(cachedTool('k6', machine), 'k6 v2.2.0');
    assertFound(await locate('k6', machine), cached, '2.2.0', 'tool cache');
    const onPath = putProgram(join(machine.home, 'bin/k6'), 'k6 v1.5.0 (go1.25)');
    assertFound(await locate('k6', machine), onPath, '1.5.0', 'PATH');
    const ordered = putProgram(join(machine.home, 'my-k6'), 'k6 v2.3.1');
    const env = { ...machine.env, VIGIE_K6: ordered };
    assertFound(await locate('k6', { ...machine, env }), ordered, '2.3.1', 'VIGIE_K6');
  });

  it('takes a variable as an order: a wrong one is told and no other place is tried', async () => {
    const machine = newMachine({ VIGIE_CHROMIUM: '/no/such/browser' });
    putProgram(join(machine.home, 'bin/chromium'), 'Chromium 156.0.8078.79');
    assert.deepEqual(await locate('chromium', machine), {
      found: false,
      looked: ['VIGIE_CHROMIUM: no such file'],
      mend: 'set VIGIE_CHROMIUM to a working chromium, or unset it',
    });
  });

  it('passes over a k6 that is too old, and says so when there is no other', async () => {
    const machine = newMachine();
    const old = putProgram(join(machine.home, 'bin/k6'), 'k6 v1.4.9');
    const located = await locate('k6', machine);
    assert.equal(located.found, false);
    assert.equal(located.found ? '' : located.looked[0], `PATH: ${old} is 1.4.9, at least 1.5 is needed`);
    putProgram(cachedTool('k6', machine), 'k6 v2.2.0');
    assert.equal((await locate('k6', machine)).found, true);
  });

  it('does not take a program that fails for one that works', async () => {
    const machine = newMachine();
    putProgram(join(machine.home, 'bin/chromium'), 'Chromium 156.0.8078.79', 127);
    putProgram(join(machine.home, 'bin/chromium-browser'), 'install the snap first');
    const located = await locate('chromium', machine);
    const looked = located.found ? '' : located.looked.join(' ');
    assert.match(looked, /bin\/chromium does not work/);
    assert.match(looked, /bin\/chromium-browser does not work: an answer without a version/);
  });

  it('finds the newest browser that Playwright has downloaded', async () => {
    const machine = newMachine();
    const folder = join(machine.home, '.cache/ms-playwright');
    for (const older of ['999', '1199']) {
      putProgram(join(folder, `chromium-${older}/chrome-linux64/chrome`), 'Google Chrome for Testing 1.0.0.1');
    }
    const newest = putProgram(
      join(folder, 'chromium-1255/chrome-linux64/chrome'),
      'Google Chrome for Testing 159.0.8154.6',
    );
    assertFound(await locate('chromium', machine), newest, '159.0.8154.6', "Playwright's download");
  });

  it('takes the headless shell before the whole browser, in PATH and among downloads', async () => {
    const machine = newMachine();
    const folder = join(machine.home, '.cache/ms-playwright');
    putProgram(join(folder, 'chromium-1255/chrome-linux64/chrome'), 'Google Chrome for Testing 159.0.8154.6');
    for (const [build, program] of [
      ['999', 'chrome-linux/headless_shell'],
      ['1254', 'chrome-headless-shell-linux-arm64/chrome-headless-shell'],
      ['1255', 'chrome-headless-shell-linux64/chrome-headless-shell'],
    ]) {
      const path = putProgram(
        join(folder, `chromium_headless_shell-${build}/${program}`),
        `Google Chrome for Testing 159.0.0.${build}`,
      );
      assertFound(await locate('chromium', machine), path, `159.0.0.${build}`, "Playwright's download");
    }
    const chromium = putProgram(join(machine.home, 'bin/chromium'), 'Chromium 156.0.8078.79');
    assertFound(await locate('chromium', machine), chromium, '156.0.8078.79', 'PATH');
    const shell = putProgram(join(machine.home, 'bin/chromium-headless-shell'), 'Chromium 156.0.8078.79');
    assertFound(await locate('chromium', machine), shell, '156.0.8078.79', 'PATH');
    const env = { ...machine.env, CHROME_PATH: chromium };
    assertFound(await locate('chromium', { ...machine, env }), chromium, '156.0.8078.79', 'CHROME_PATH');
  });

  it('finds the test tools under the names that Debian gives them', async () => {
    const machine = newMachine();
    const path = putProgram(cachedTool('prometheus-pushgateway', machine), 'prometheus-pushgateway, version 1.5.1 (x)');
    assertFound(await locate('pushgateway', machine), path, '1.5.1', 'tool cache');
  });

  it('says what to do, for the machine it is on', async () => {
    const mend = async (tool: Parameters<typeof locate>[0], more: Partial<Machine>): Promise<string> => {
      const located = await locate(tool, newMachine({}, more));
      return located.found ? 'found' : located.mend;
    };
    assert.equal(
      await mend('chromium', {}),
      'apt-get update && apt-get install -y --no-install-recommends chromium-headless-shell',
    );
    assert.match(await mend('chromium', { isRoot: false }), /^sudo apt-get update && sudo apt-get install /);
    assert.match(await mend('chromium', { isDebian: false }), /^npx playwright install/);
    assert.match(await mend('k6', {}), /^SETUP/);
    assert.match(await mend('promtool', {}), /^SETUP --with-test-tools/);
    assert.match(await mend('k6', { platform: 'darwin' }), /^brew install k6/);
    assert.equal(await mend('promtool', { platform: 'darwin' }), 'brew install prometheus');
  });

  it('asks a program for its version once when there is a memory', async () => {
    const remembered = new Map<string, VersionAnswer>();
    const machine = newMachine(
      {},
      {
        versions: {
          get: (path) => Promise.resolve(remembered.get(path)),
          set: async (path, answer) => void remembered.set(path, answer),
        },
      },
    );
    const path = putProgram(join(machine.home, 'bin/k6'), 'k6 v2.2.0');
    await locate('k6', machine);
    putProgram(path, 'k6 v9.9.9');
    assertFound(await locate('k6', machine), path, '2.2.0', 'PATH');
  });
});

describe('the programs that come as packages', () => {
  it('are found with their versions', () => {
    for (const located of [locateLhci(), locateLighthouse(), locatePlaywrightTest()]) {
      assert.match(located.found ? located.version : '', /^\d+\.\d+\.\d+/);
    }
  });

  it('and those that do not, in the environment that is given', async () => {
    const located = await locateK6({ PATH: '/nowhere', HOME: scratch });
    assert.match(located.found ? '' : located.mend, /^node tools\/setup\.mjs/);
  });
});
