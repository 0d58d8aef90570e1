import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { readRegistrySettings } from './registry-settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-registry-test-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const GLOBAL = ['cafile=/etc/ca.crt', 'prefix=/opt', 'nodedir=/usr', '; registry=https://commented.example'];
const USER = [
  'registry = https://npm.example/',
  '@team:registry=https://team.example/',
  `//npm.example/:_authToken=$${'{TEAM_TOKEN}'}`,
  'cache=/big/cache',
  'ignore-scripts=true',
  'omit-lockfile-registry-resolved=true',
];

it('takes along how the registry is reached, and nothing that would make the machine less bare', () => {
  const userconfig = join(folder, 'user');
  const globalconfig = join(folder, 'global');
  writeFileSync(userconfig, USER.join('\n'));
  writeFileSync(globalconfig, GLOBAL.join('\n'));
  const { lines, env } = readRegistrySettings({
    npm_config_userconfig: userconfig,
    npm_config_globalconfig: globalconfig,
    npm_config_registry: 'https://other.example/',
    npm_config_ignore_scripts: 'true',
    npm_config_nodedir: '/usr',
    TEAM_TOKEN: 'secret',
    OTHER_TOKEN: 'secret too',
    HTTPS_PROXY: 'http://proxy.example:3128',
    NODE_EXTRA_CA_CERTS: '/etc/ca.crt',
    NODE_OPTIONS: '--inspect',
    PATH: '/bin',
  });
  assert.deepEqual(lines, [GLOBAL[0], USER[0], USER[1], USER[2]]);
  assert.deepEqual(Object.keys(env).sort(), [
    'HTTPS_PROXY',
    'NODE_EXTRA_CA_CERTS',
    'TEAM_TOKEN',
    'npm_config_registry',
  ]);
});

it('is content with a machine that has no settings', () => {
  const none = join(folder, 'none');
  const { lines, env } = readRegistrySettings({ npm_config_userconfig: none, npm_config_globalconfig: none });
  assert.deepEqual([lines, env], [[], {}]);
});
