import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { readRegistrySettings } from './registry-settings.ts';

/** With a space and a letter that takes two bytes, as folders of people have. */
export const PROJECT = 'a b é';

/**
 * A machine with nothing but Node, npm and coreutils: an empty home, a PATH that holds only links to them, no way to
 * Node's headers. What the tests of set-up do with stand-ins is done here with the real npm and the real registry.
 */
export type BareMachine = {
  /** Of this run alone; everything stands below it. */
  readonly folder: string;
  /** The whole environment; `old` begins with the machine's own Node, `current` with the one that runs this. */
  readonly env: Readonly<Record<'old' | 'current', Readonly<Record<string, string>>>>;
  readonly oldNode: string;
  remove(): void;
};

/** What npm scripts and a person's shell need: POSIX, and nothing that compiles or fetches. */
const COREUTILS =
  'basename cat chmod cp cut date dirname env false head id ln ls mkdir mktemp mv nproc printf pwd readlink realpath rm rmdir seq sh sleep sort stat tail tee touch tr true uname uniq wc whoami';

export function makeBareMachine(): BareMachine {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'vigie-bare-')));
  const oldNode = onUsersPath('node');
  const paths = {
    old: linkPrograms(join(folder, 'bin-old'), oldNode),
    current: linkPrograms(join(folder, 'bin-current'), process.execPath),
  };
  for (const name of ['home', 'tmp', 'etc']) mkdirSync(join(folder, name));
  const { lines, env: registryEnv } = readRegistrySettings(process.env);
  writeFileSync(join(folder, 'etc', 'npmrc'), `${lines.join('\n')}\n`, { mode: 0o600 });
  const common = {
    ...registryEnv,
    HOME: join(folder, 'home'),
    TMPDIR: join(folder, 'tmp'),
    LANG: 'C.UTF-8',
    CI: 'true',
    NO_COLOR: '1',
    // Nothing from outside the registry, and as root no system packages: there is no apt-get either.
    VIGIE_OFFLINE: '1',
    npm_config_cache: join(folder, 'npm-cache'),
    npm_config_globalconfig: join(folder, 'etc', 'npmrc'),
    npm_config_userconfig: join(folder, 'home', '.npmrc'),
    // Where node-gyp would look for Node's headers: nobody listens there.
    npm_config_disturl: 'http://127.0.0.1:9',
    npm_config_loglevel: 'error',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
    // What one part has fetched the next need not ask for again.
    npm_config_prefer_offline: 'true',
  };
  return {
    folder,
    oldNode,
    env: { old: { ...common, PATH: paths.old }, current: { ...common, PATH: paths.current } },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function linkPrograms(bin: string, node: string): string {
  mkdirSync(bin);
  symlinkSync(realpathSync(node), join(bin, 'node'));
  const npm = process.env.npm_execpath?.endsWith('npm-cli.js') ? process.env.npm_execpath : onUsersPath('npm');
  symlinkSync(realpathSync(npm), join(bin, 'npm'));
  symlinkSync(join(dirname(realpathSync(npm)), 'npx-cli.js'), join(bin, 'npx'));
  for (const name of COREUTILS.split(' ')) {
    const path = find(name);
    if (path !== undefined) symlinkSync(path, join(bin, name));
  }
  return bin;
}

function onUsersPath(name: string): string {
  const path = find(name);
  if (path === undefined) throw new Error(`there is no ${name} on PATH (${process.env.PATH})`);
  return path;
}

/** Without our own Node and the programs that our packages bring. */
function find(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}
