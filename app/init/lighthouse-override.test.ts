import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ConfigError } from '../../core/errors.ts';
import { planOverride } from './lighthouse-override.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-override-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (text: string, file = 'package.json'): void => writeFileSync(join(folder, file), text);

describe('planOverride', () => {
  it('makes no package.json and says how', () => {
    const { text, says } = planOverride(folder, '13.5.0');
    assert.equal(text, undefined);
    assert.match(says.join('\n'), /npm pkg set overrides\.lighthouse=13\.5\.0/);
  });

  it('adds to the overrides and keeps order, indentation and last line break', () => {
    put('{\n\t"name": "shop",\n\t"overrides": {\n\t\t"other": "1"\n\t},\n\t"type": "module"\n}\n');
    const expected =
      '{\n\t"name": "shop",\n\t"overrides": {\n\t\t"other": "1",\n\t\t"lighthouse": "13.5.0"\n\t},\n\t"type": "module"\n}\n';
    assert.equal(planOverride(folder, '13.5.0').text, expected);
  });

  it('follows a Lighthouse that the project itself depends on, because npm refuses any other word', () => {
    put('{"devDependencies":{"lighthouse":"^13.0.0"}}');
    const { text } = planOverride(folder, '13.5.0');
    assert.deepEqual(JSON.parse(text ?? ''), {
      devDependencies: { lighthouse: '^13.0.0' },
      overrides: { lighthouse: '$lighthouse' },
    });
  });

  it('leaves an override alone that is there', () => {
    put('{"overrides":{"lighthouse":"12.8.0"}}');
    const { text, says } = planOverride(folder, '13.5.0');
    assert.equal(text, undefined);
    assert.match(says.join(), /already \("12\.8\.0"\)/);
  });

  const managers = [
    { name: 'pnpm', manifest: {}, lock: 'pnpm-lock.yaml', expected: { pnpm: { overrides: { lighthouse: '13.5.0' } } } },
    { name: 'yarn', manifest: {}, lock: 'yarn.lock', expected: { resolutions: { lighthouse: '13.5.0' } } },
    {
      name: 'pnpm by packageManager',
      manifest: { packageManager: 'pnpm@10.0.0', pnpm: { patched: true } },
      lock: undefined,
      expected: {
        packageManager: 'pnpm@10.0.0',
        pnpm: { patched: true, overrides: { lighthouse: '13.5.0' } },
      },
    },
  ];
  for (const { name, manifest, lock, expected } of managers) {
    it(`speaks the language of ${name}`, () => {
      put(JSON.stringify(manifest));
      if (lock !== undefined) put('', lock);
      assert.deepEqual(JSON.parse(planOverride(folder, '13.5.0').text ?? ''), expected);
    });
  }

  it('refuses a package.json that it cannot read', () => {
    for (const text of ['{', '[]', '{"overrides": 3}', '']) {
      put(text);
      assert.throws(() => planOverride(folder, '13.5.0'), ConfigError, text);
    }
  });
});
