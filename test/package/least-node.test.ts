import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { LEAST_NODE } from '../../process/version.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const LEAST = LEAST_NODE.join('.');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** Runs the command line under this Node, which says that it is another. */
function pretend(version: string, args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const lie = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`;
  const asOther = ['--import', `data:text/javascript,${encodeURIComponent(lie)}`];
  return spawnSync(process.execPath, [...asOther, join(ROOT, 'app/main.ts'), ...args], { cwd: ROOT, encoding: 'utf8' });
}

describe('the least version of Node', () => {
  it('is the same in the program, the package, its lock and the first page', () => {
    assert.equal(JSON.parse(read('package.json')).engines.node, `>=${LEAST}`);
    assert.equal(JSON.parse(read('package-lock.json')).packages[''].engines.node, `>=${LEAST}`);
    const named = [...read('README.md').matchAll(/Node (\d+\.\d+)/g)].map(([, version]) => version);
    assert.deepEqual([...new Set(named)], [LEAST]);
  });

  it('is named in one line by an older one, with exit code 3, whatever the command is', () => {
    for (const version of ['20.20.2', '22.19.0', '24.11.0', '24.14.1']) {
      for (const args of [['run', '--json'], ['--version']]) {
        const { status, stdout, stderr } = pretend(version, args);
        assert.equal(status, 3, stderr);
        assert.equal(stdout, '');
        assert.equal(stderr, `vigie needs Node ${LEAST} or newer, this is ${version} (${process.execPath})\n`);
      }
    }
  });

  it('is enough', () => {
    assert.equal(pretend(`${LEAST}.0`, ['--version']).status, 0);
  });

  it('is checked before anything is loaded that an older one cannot read', () => {
    const imports = [...read('app/main.ts').matchAll(/^import .* from '(.*)';$/gm)].map(([, from]) => from);
    assert.deepEqual(imports, ['../process/version.mjs']);
  });
});
