import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { settingsSchema } from '../../config/settings-schema.ts';
import { EXIT } from '../../core/errors.ts';
import { ROOT } from '../docs/documents.ts';
import { readUnit } from './service.ts';

const unit = readUnit();
const one = (key: string): string => {
  const values = unit.get(key) ?? [];
  assert.equal(values.length, 1, key);
  return values[0] ?? '';
};
const MINUTE_MS = 60_000;

describe('the unit of systemd', () => {
  it('starts a program of the package, with words that the command line knows', () => {
    const [program = '', ...words] = one('Service.ExecStart').split(' ');
    const { bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    assert.equal(program, `${one('Service.WorkingDirectory')}/node_modules/.bin/${Object.keys(bin)[0]}`);
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'app/main.ts'), ...words, '--help']);
    assert.equal(status, 0, String(stderr));
  });

  it('starts it again after a failure, and not after a configuration that is refused', () => {
    assert.equal(one('Service.Restart'), 'on-failure');
    assert.equal(one('Service.RestartPreventExitStatus'), String(EXIT.badConfig));
    assert.match(one('Service.ExecReload'), /-HUP \$MAINPID$/);
  });

  it('waits longer for the end than the longest drain that can be asked for', () => {
    assert.equal(one('Service.KillMode'), 'mixed');
    const minutes = Number(/^(\d+)min$/.exec(one('Service.TimeoutStopSec'))?.[1]);
    const isAllowed = (grace: number): boolean => settingsSchema.safeParse({ shutdownGrace: `${grace}m` }).success;
    assert.ok(isAllowed(10) && !isAllowed(11));
    assert.ok(minutes * MINUTE_MS >= 10 * MINUTE_MS + 30_000);
  });

  it('gives nothing to write to but its own folders, and leaves what V8 and the sandbox of Chromium need', () => {
    for (const key of ['NoNewPrivileges', 'PrivateTmp', 'ProtectHome']) assert.equal(one(`Service.${key}`), 'yes', key);
    assert.equal(one('Service.ProtectSystem'), 'strict');
    assert.equal(one('Service.CapabilityBoundingSet'), '');
    for (const key of ['StateDirectory', 'LogsDirectory', 'CacheDirectory', 'User'])
      assert.equal(one(`Service.${key}`), 'vigie', key);
    for (const key of ['MemoryDenyWriteExecute', 'RestrictNamespaces', 'SystemCallFilter', 'ProcSubset'])
      assert.ok(!unit.has(`Service.${key}`), key);
  });
});
