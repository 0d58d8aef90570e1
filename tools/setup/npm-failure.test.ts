import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { explainNpmFailure, findCutOffFiles, readNpmError } from './npm-failure.mjs';

/** What npm 10.9 and 11.19 printed on Node 20, with other paths: `<name>.npm10.txt`, `<name>.npm11.txt`. */
const recorded = (name: string, npm: number): string =>
  readFileSync(join(import.meta.dirname, 'fixtures', 'npm-failures', `${name}.npm${npm}.txt`), 'utf8');

/** What npm was told or met, what must be named as the cause, and what the hint must lead to. */
const ROWS: readonly (readonly [name: string, cause: RegExp, hint: RegExp])[] = [
  ['refused', /^the registry at http:\/\/127\.0\.0\.1:1 cannot be reached \(ECONNREFUSED\)/, /proxy/],
  ['unknown-host', /^the registry at http:\/\/registry\.invalid cannot be reached \(ENOTFOUND\)/, /proxy/],
  ['no-answer', /^the registry at http:\/\/127\.0\.0\.1:47831 cannot be reached \(FETCH_ERROR\)/, /proxy/],
  ['reset', /^the registry at http:\/\/127\.0\.0\.1:47831 cannot be reached \(ECONNRESET\)/, /proxy/],
  ['certificate', /^the certificate of https:\/\/registry\.example is not trusted \(SELF_SIGNED/, /cafile/],
  ['e401', /^exit code 1, E401/, /npm login/],
  ['e403', /^exit code 1, E403/, /refuses this package/],
  ['e404', /^exit code 1, E404\n.*GET http:\/\/127\.0\.0\.1:47831\/e404\/good-1\.0\.0\.tgz/, /answered/],
  ['e500', /^exit code 1, E500/, /later/],
  ['integrity', /^exit code 1, EINTEGRITY/, /cache clean/],
  ['engine', /^exit code 1, EBADENGINE/, /engine-strict/],
  ['full-cache', /^exit code 1, ENOSPC/, /disk is full/],
  ['access', /^exit code 1, EACCES, \/home\/user\/shop\/node_modules\/good\n/, /may not write/],
  ['usage', /^package\.json and package-lock\.json do not fit\n[\s\S]*Missing: other@1\.0\.0/, /npm install/],
  ['broken-lock', /^package-lock\.json cannot be read\n/, /git checkout package-lock\.json/],
  [
    'script',
    /^the install script of the package failing failed \(exit code 7\): node build\.js\n.*compiler$/,
    /failing/,
  ],
  ['script-killed', /^the install script of the package hungry failed \(ended by SIGKILL\): kill -9 \$\$$/, /hungry/],
  ['headers', /^the install script of the package gyp failed \(exit code 1\): node-gyp rebuild\n/, /registry answered/],
];

describe('explainNpmFailure', () => {
  for (const [name, cause, hint] of ROWS) {
    it(`names the true cause: ${name}`, () => {
      for (const npm of [10, 11]) {
        const explained = explainNpmFailure({ why: 'exit code 1', output: recorded(name, npm) });
        assert.match(explained.cause, cause, `npm ${npm}`);
        assert.match(explained.hint, hint, `npm ${npm}`);
        assert.ok(explained.cause.split('\n').length <= 13, `npm ${npm}: ${explained.cause}`);
        assert.doesNotMatch(explained.cause, /^ +at |Usage:|A complete log/m, `npm ${npm}`);
      }
    });
  }

  it('says that the registry cannot be reached only where npm itself says so', () => {
    const unreachable = new Set(['refused', 'unknown-host', 'no-answer', 'reset']);
    for (const [name] of ROWS) {
      const { cause } = explainNpmFailure({ why: 'exit code 1', output: recorded(name, 11) });
      assert.equal(cause.includes('cannot be reached'), unreachable.has(name), name);
    }
  });

  it('does not take the words of a script for the fault of the network', () => {
    const output = [
      'npm error code 1',
      'npm error path /a b/node_modules/@scope/thing',
      'npm error command failed',
      'npm error command sh -c node install.js',
      'npm error request to https://downloads.example/x failed, reason: getaddrinfo ENOTFOUND downloads.example',
    ].join('\n');
    const { cause } = explainNpmFailure({ why: 'exit code 1', output });
    assert.match(cause, /^the install script of the package @scope\/thing failed \(exit code 1\): node install\.js\n/);
  });

  it('knows the words of npm 9', () => {
    assert.equal(readNpmError('npm ERR! code ENOSPC\nnpm ERR! path /x\n').code, 'ENOSPC');
  });

  it('names no npm, an npm that was ended, and one that did not end', () => {
    const none = explainNpmFailure({ why: 'spawn npm ENOENT', output: '' });
    assert.deepEqual([none.cause, /nodejs\.org/.test(none.hint)], ['npm is not on PATH', true]);
    const killed = explainNpmFailure({ why: 'ended by SIGKILL', output: '' });
    assert.deepEqual([killed.cause, /dmesg/.test(killed.hint)], ['ended by SIGKILL', true]);
    const late = explainNpmFailure({ why: 'no end within 900 s', output: 'npm warn x' });
    assert.deepEqual([late.cause, /foreground/.test(late.hint)], ['no end within 900 s\n    npm warn x', true]);
  });

  it('shows what it does not know, whole', () => {
    const { cause, hint } = explainNpmFailure({ why: 'exit code 1', output: 'something else\nentirely' });
    assert.equal(cause, 'exit code 1\n    something else\n    entirely');
    assert.match(hint, /npm ci/);
  });
});

describe('findCutOffFiles', () => {
  it('finds what npm only warns of on a full disk, and then ends with 0', () => {
    for (const npm of [10, 11]) {
      const why = findCutOffFiles(recorded('full', npm));
      assert.equal(why, 'ENOSPC: no space left on device, write');
      const { hint } = explainNpmFailure({ why: `cut off (${why})`, output: recorded('full', npm) });
      assert.match(hint, /disk is full/);
    }
    assert.equal(findCutOffFiles('npm warn EBADENGINE Unsupported engine\nadded 1 package'), undefined);
  });
});
