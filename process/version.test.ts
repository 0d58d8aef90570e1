import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isAtLeast, LEAST_NODE } from './version.mjs';

describe('isAtLeast', () => {
  it('compares numbers and not text', () => {
    const cases: readonly [string, readonly number[], boolean][] = [
      ['1.10.0', [1, 5], true],
      ['1.5', [1, 5], true],
      ['1.4.9', [1, 5], false],
      ['2.0.0', [1, 5], true],
      ['0.9.9', [1, 5], false],
      ['25.0.0-nightly20260101', [24, 15], true],
      ['24.15-rc.1', [24, 15], true],
      ['', [1], false],
    ];
    for (const [version, least, wanted] of cases) assert.equal(isAtLeast(version, least), wanted, version);
  });
});

describe('the least Node', () => {
  it('refuses every version without the SQLite that the store needs', () => {
    const accepted = ['24.15.0', '24.21.0', '26.1.0'];
    const refused = ['18.20.4', '20.20.2', '22.19.0', '22.99.0', '23.11.1', '24.0.0', '24.11.0', '24.14.9'];
    for (const version of accepted) assert.equal(isAtLeast(version, LEAST_NODE), true, version);
    for (const version of refused) assert.equal(isAtLeast(version, LEAST_NODE), false, version);
  });

  it('is read without an import, so that any older Node can say it', () => {
    const code = readFileSync(join(import.meta.dirname, 'version.mjs'), 'utf8');
    assert.doesNotMatch(code, /^\s*import\b|\bimport\(|\brequire\(/m);
  });
});
