import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { neededBy, readLock, weighPackage } from './locked-tree.ts';

const LOCK = {
  packages: {
    '': { dependencies: { shop: '1' } },
    'node_modules/shop': { dependencies: { cart: '1', '@scope/price': '1' }, optionalDependencies: { fast: '1' } },
    'node_modules/cart': {
      dependencies: { '@scope/price': '2', shop: '1' },
      peerDependencies: { react: '*', vue: '*' },
    },
    'node_modules/cart/node_modules/@scope/price': { dependencies: { deep: '1' } },
    'node_modules/@scope/price': {},
    'node_modules/deep': {},
    'node_modules/react': {},
    'node_modules/vue': {},
    'node_modules/unrelated': {},
  },
};

describe('a locked tree', () => {
  const root = mkdtempSync(join(tmpdir(), 'vigie-locked-tree-'));
  const cart = LOCK.packages['node_modules/cart'];
  writeFileSync(
    join(root, 'package-lock.json'),
    JSON.stringify({
      packages: {
        ...LOCK.packages,
        'node_modules/cart': { ...cart, peerDependenciesMeta: { vue: { optional: true } } },
      },
    }),
  );

  it('holds what a package needs, from where each would find it: circles, peers and versions of its own', () => {
    assert.deepEqual([...neededBy(readLock(root), ['shop'])].toSorted(), [
      'node_modules/@scope/price',
      'node_modules/cart',
      'node_modules/cart/node_modules/@scope/price',
      'node_modules/deep',
      'node_modules/react',
      'node_modules/shop',
    ]);
  });
  it('weighs a package without the packages inside it, and none that is not installed', () => {
    mkdirSync(join(root, 'node_modules/cart/node_modules/other'), { recursive: true });
    writeFileSync(join(root, 'node_modules/cart/index.js'), 'x'.repeat(10_000));
    writeFileSync(join(root, 'node_modules/cart/node_modules/other/index.js'), 'x'.repeat(100_000));
    const bytes = weighPackage(root, 'node_modules/cart') ?? 0;
    assert.ok(bytes >= 10_000 && bytes < 60_000, `${bytes}`);
    assert.equal(weighPackage(root, 'node_modules/fast'), undefined);
    rmSync(root, { recursive: true });
  });
});
