import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';

const REPOSITORY = dirname(import.meta.dirname);

type LockedPackage = {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly optional?: boolean;
  readonly link?: boolean;
  /** A word alone when there is only one, or a list. */
  readonly os?: string | readonly string[];
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly hasInstallScript?: boolean;
};

const { packages: LOCKED }: { packages: Readonly<Record<string, LockedPackage>> } = readJson('package-lock.json');

/** What somebody gets who installs the package, by folder. */
function productionPackages(): readonly (readonly [folder: string, LockedPackage])[] {
  return Object.entries(LOCKED).filter(
    ([folder, { dev, devOptional, link }]) => folder.startsWith('node_modules/') && !dev && !devOptional && !link,
  );
}

/** fsevents: npm installs it on no other system, brings its binary ready, and goes on without it where that does not work. */
function isOnlyForMac({ optional, os }: LockedPackage): boolean {
  return optional === true && [os].flat().join() === 'darwin';
}

/** What npm compiles at an install, or what was compiled for one kind of machine. */
function nativeParts(folder: string): readonly string[] {
  return readdirSync(join(REPOSITORY, folder), { recursive: true, withFileTypes: true })
    .filter(({ name, parentPath }) => /^binding\.gyp$|\.node$/.test(name) && isOfPackage(folder, parentPath))
    .map(({ name, parentPath }) => join(parentPath, name));
}

/** Packages below it have an entry of their own. */
function isOfPackage(folder: string, path: string): boolean {
  return !path.slice(join(REPOSITORY, folder).length).includes('/node_modules/');
}

function readJson(file: string) {
  return JSON.parse(readFileSync(join(REPOSITORY, file), 'utf8'));
}

describe('the committed lock', () => {
  it('holds by an override what a package wants as `latest`: the next release would make `npm ci` refuse the lock', () => {
    const { overrides }: { overrides: Readonly<Record<string, string>> } = readJson('package.json');
    const byTag = Object.values(LOCKED).flatMap(({ dependencies = {} }) =>
      Object.entries(dependencies).flatMap(([name, wanted]) => (/^[a-z]+$/i.test(wanted) ? [name] : [])),
    );
    assert.ok(
      byTag.includes('third-party-web'),
      'Lighthouse wants it so; when it does not any more, the overrides can go',
    );
    for (const name of byTag) assert.equal(overrides[name], LOCKED[`node_modules/${name}`]?.version, name);
  });

  it('holds no package for users with an install script', () => {
    const scripts = productionPackages().filter(([, locked]) => locked.hasInstallScript && !isOnlyForMac(locked));
    assert.deepEqual(
      scripts.map(([folder]) => folder),
      [],
    );
  });

  it('holds no package for users that is compiled: `npm ci` would need a compiler, whatever the lock says', () => {
    const packages = productionPackages();
    assert.ok(packages.length > 100, `${packages.length} packages`);
    const here = packages.filter(([folder]) => existsSync(join(REPOSITORY, folder)));
    for (const [folder, locked] of packages)
      assert.ok(here.some(([path]) => path === folder) || locked.optional, `${folder} is not installed`);
    assert.deepEqual(
      here.filter(([, locked]) => !isOnlyForMac(locked)).flatMap(([folder]) => nativeParts(folder)),
      [],
    );
  });

  it('is not asked for Node by two words in one script, where a shell would run the old one', () => {
    const { scripts = {} }: { scripts?: Record<string, string> } = readJson('package.json');
    for (const [name, script] of Object.entries(scripts)) {
      const bareNodes = script.match(/(?<![\w./-])node(?= )/g) ?? [];
      assert.ok(bareNodes.length <= 1, `script '${name}' runs a bare node ${bareNodes.length} times: ${script}`);
      if (bareNodes.length === 1) assert.match(script, /^node tools\/setup\.mjs( |$)/, `script '${name}'`);
    }
  });

  it('is the trap that it is taken for: a shell remembers the first node', { skip: !existsSync('/bin/sh') }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'vigie-trap-test-'));
    try {
      mkdirSync(join(folder, 'first'));
      mkdirSync(join(folder, 'second'));
      symlinkSync('/bin/echo', join(folder, 'second/node'));
      // What set-up does inside a script: our Node appears earlier on PATH while the script runs.
      const script = `node old; ln -s /bin/true ${folder}/first/node; node old`;
      const env = { PATH: `${folder}/first:${folder}/second:/usr/bin:/bin` };
      const { stdout } = spawnSync('/bin/sh', ['-c', script], { env, encoding: 'utf8' });
      assert.equal(stdout, 'old\nold\n', 'the second word still runs the first program');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
