import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { cp, readdir, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { toolCache } from '../../process/where.mjs';

const UNUSED_MS = 24 * 60 * 60 * 1000;

/**
 * The folder with what `npm install` of the package makes; made by `install` when there is none for this package.json.
 * It is kept, because it is the same for every build and takes npm most of a minute, and it is outside the repository,
 * so that a package which is not declared is not found there all the same.
 */
export async function installedPackages(
  manifestFile: string,
  install: (folder: string) => Promise<void>,
): Promise<string> {
  const kept = join(toolCache({ env: process.env }), 'test-packages');
  const hash = createHash('sha256').update(readFileSync(manifestFile)).digest('hex').slice(0, 16);
  const folder = join(kept, `${process.platform}-${process.arch}-${hash}`);
  if (!existsSync(folder)) {
    mkdirSync(kept, { recursive: true });
    removeUnused(kept);
    const fresh = `${folder}.${process.pid}`;
    await install(fresh);
    // Somebody else may have been quicker; theirs is as good.
    await rename(fresh, folder).catch(() => rmSync(fresh, { recursive: true, force: true }));
  }
  utimesSync(folder, new Date(), new Date());
  return folder;
}

/** Half a gigabyte for each package.json that once was is too much. */
function removeUnused(kept: string): void {
  for (const name of readdirSync(kept)) {
    const folder = join(kept, name);
    if (Date.now() - statSync(folder).mtimeMs > UNUSED_MS) rmSync(folder, { recursive: true, force: true });
  }
}

/** Fills a `node_modules` with links to the installed packages, all but the one that is under test, and with npm's own links of programs. */
export async function linkPackages(installed: string, modules: string, except: string): Promise<void> {
  mkdirSync(modules, { recursive: true });
  for (const name of await readdir(installed)) {
    const from = join(installed, name);
    if (name === except || name === '.package-lock.json') continue;
    if (name === '.bin') await cp(from, join(modules, name), { recursive: true, verbatimSymlinks: true });
    else if (name.startsWith('@')) await linkPackages(from, join(modules, name), except);
    else await symlink(from, join(modules, name));
  }
}
