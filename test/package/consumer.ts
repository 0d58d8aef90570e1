import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { cp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { allowEnvironment } from '../../process/environment.ts';
import { runProcess } from '../../process/run-process.ts';
import { installedPackages, linkPackages } from './installed-packages.ts';

export const REPOSITORY = join(import.meta.dirname, '..', '..');
const LIMIT_MS = 5 * 60 * 1000;
/** What one of the programs has compiled the next ones need not; a cache of these tests alone, because the package lies elsewhere each time. */
const COMPILED = join(tmpdir(), `vigie-package-compiled-${process.pid}`);

export type Ended = { readonly code: number | undefined; readonly stdout: string; readonly stderr: string };
export type Running = { readonly cwd: string; readonly env?: Readonly<Record<string, string>> };

/** Folders of a user who has installed the package once. Nothing of the repository is on their PATH but a Node. */
export type Consumer = {
  /** Holds the one `node_modules`; no package.json. */
  readonly installed: string;
  /** Where npm put the packages that `installed` links to, and its list of them. */
  readonly packages: string;
  /** Makes a project that shares the installed packages. Without a type it has no package.json. */
  makeProject(name: string, options?: ProjectOptions): string;
  remove(): void;
};

export type ProjectOptions = {
  readonly manifest?: object;
  /** `folder`: node_modules is a link. `package`: only the package in it is, as `npm link` does. `none`: nothing is installed. */
  readonly linked?: 'folder' | 'package' | 'none';
};

/** Builds and packs the repository as it stands, and unpacks the tarball beside the packages that npm installs with it. */
export async function installPackage(): Promise<Consumer> {
  const root = mkdtempSync(join(tmpdir(), 'vigie-package-test-'));
  const remove = (): void => {
    for (const folder of [root, COMPILED]) rmSync(folder, { recursive: true, force: true });
  };
  const installed = join(root, 'plain');
  let packages: string;
  try {
    const tarball = await pack(join(root, 'staged'));
    packages = await installedPackages(join(REPOSITORY, 'package.json'), (folder) => install(folder, tarball));
    const modules = join(installed, 'node_modules');
    await linkPackages(join(packages, 'node_modules'), modules, 'vigie');
    mkdirSync(join(modules, 'vigie'));
    await succeed('tar', ['-xzf', tarball, '--strip-components=1', '-C', join(modules, 'vigie')], { cwd: root });
  } catch (error) {
    remove();
    throw error;
  }
  return {
    installed,
    packages,
    remove,
    makeProject: (name, options = {}) => makeProject(join(root, name), installed, options),
  };
}

async function install(folder: string, tarball: string): Promise<void> {
  mkdirSync(folder);
  const options = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];
  await succeed('npm', ['install', tarball, ...options], { cwd: folder });
}

/** In a folder of its own, so that nobody else who packs at the same time is in the way. */
async function pack(staged: string): Promise<string> {
  mkdirSync(staged);
  const build = [join(REPOSITORY, 'tools', 'build.ts'), '--unchecked', join(staged, 'dist')];
  await succeed(process.execPath, build, { cwd: REPOSITORY });
  for (const file of ['package.json', 'README.md', 'LICENSE']) await cp(join(REPOSITORY, file), join(staged, file));
  // What `prepack` would do is done.
  await succeed('npm', ['pack', '--ignore-scripts', '--loglevel=error'], { cwd: staged });
  const tarball = (await readdir(staged)).find((name) => name.endsWith('.tgz'));
  assert.ok(tarball, 'npm pack made no tarball');
  return join(staged, tarball);
}

function makeProject(folder: string, installed: string, { manifest, linked = 'folder' }: ProjectOptions): string {
  mkdirSync(folder);
  if (manifest !== undefined)
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  const modules = join(installed, 'node_modules');
  switch (linked) {
    case 'folder':
      symlinkSync(modules, join(folder, 'node_modules'));
      break;
    case 'package':
      mkdirSync(join(folder, 'node_modules', '.bin'), { recursive: true });
      symlinkSync(join(modules, 'vigie'), join(folder, 'node_modules', 'vigie'));
      symlinkSync('../vigie/dist/app/main.js', join(folder, 'node_modules', '.bin', 'vigie'));
      break;
    case 'none':
      break;
  }
  return folder;
}

/** Runs a program as a user would from a shell. */
export async function run(command: string, args: readonly string[], { cwd, env = {} }: Running): Promise<Ended> {
  const ending = await runProcess({ command, args, cwd, env: { ...userEnvironment(), ...env }, deadlineMs: LIMIT_MS });
  if (ending.how === 'notStarted') throw new Error(`${command}: ${ending.message}`);
  const { stdout, stderr } = ending;
  return { code: ending.how === 'exited' ? ending.code : undefined, stdout, stderr };
}

/** `npx vigie …`, which must find what is installed and ask no registry. */
export function npxVigie(cwd: string, args: readonly string[]): Promise<Ended> {
  return run('npx', ['--no-install', 'vigie', ...args], { cwd });
}

/** What npx runs, without the second that npx takes. */
export function vigie(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return run(join(cwd, 'node_modules', '.bin', 'vigie'), args, { cwd, env });
}

async function succeed(command: string, args: readonly string[], running: Running): Promise<void> {
  const { code, stdout, stderr } = await run(command, args, running);
  assert.equal(code, 0, `${command} ${args.join(' ')}\n${stdout}\n${stderr}`);
}

/** Without what `npm test` adds: its own variables, and the folder of our programs on PATH. */
export function userEnvironment(): Readonly<Record<string, string>> {
  const names = Object.keys(process.env).filter((name) => !/^(npm_|NODE_|INIT_CWD|VIGIE_)/i.test(name) || isTool(name));
  const PATH = foldersOfUser().join(delimiter);
  return allowEnvironment(names, { PATH, NO_COLOR: '1', NODE_COMPILE_CACHE: COMPILED });
}

/** Where the tools of this machine are is not ours to forget. */
function isTool(name: string): boolean {
  return /^(VIGIE_(K6|CHROMIUM)|NODE_EXTRA_CA_CERTS|npm_config_(registry|cache|userconfig))$/i.test(name);
}

export function foldersOfUser(): readonly string[] {
  const ours = dirname(process.execPath);
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '' && folder !== ours && !folder.includes('node_modules'));
}

/** The first Node on a user's PATH, if there is one. */
export function nodeOfUser(): string | undefined {
  return foldersOfUser()
    .map((folder) => join(folder, 'node'))
    .find((path) => existsSync(path));
}
