import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';

/**
 * A repository of two packages in a temporary folder, with the real set-up script and stand-ins for npm, Chromium,
 * k6, Go and apt on a PATH that holds nothing else. Each stand-in notes that it was called.
 */
export type Sandbox = {
  readonly root: string;
  readonly home: string;
  readonly calls: () => readonly string[];
  /** Puts a shell script on PATH. It notes its name and arguments before it runs `script`. */
  readonly putProgram: (name: string, script: string) => void;
  readonly start: (args: readonly string[], env?: Readonly<Record<string, string>>) => ChildProcess;
  readonly setUp: (args?: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Finished>;
  readonly writeLock: (version: string) => void;
  readonly remove: () => void;
};

export type Finished = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

const REPOSITORY = dirname(import.meta.dirname);

export function makeSandbox(): Sandbox {
  const root = mkdtempSync(join(tmpdir(), 'vigie-setup-test-'));
  const home = join(root, 'home');
  const bin = join(root, 'bin');
  const log = join(root, 'calls');
  for (const folder of [home, bin]) mkdirSync(folder);
  cpSync(join(REPOSITORY, 'tools'), join(root, 'tools'), { recursive: true });
  cpSync(join(REPOSITORY, 'process'), join(root, 'process'), { recursive: true });
  symlinkSync(bareNode(), join(bin, 'node'));
  const environment = { HOME: home, PATH: bin, VIGIE_OFFLINE: '1' };
  const putProgram = (name: string, script: string): void => {
    const note = `echo "${name} $*" >> '${log}'`;
    writeFileSync(join(bin, name), `#!/bin/sh\n${note}\nPATH=/usr/bin:/bin\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  const writeLock = (version: string): void => {
    const packages = {
      '': {},
      'node_modules/thing': { version },
      'node_modules/rare': { version: '1.0.0', optional: true },
    };
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages }));
  };
  writeLock('1.0.0');
  putProgram('npm', installScript(root));
  putProgram('apt-get', 'exit 100');
  const start: Sandbox['start'] = (args, env = {}) =>
    spawn(join(bin, 'node'), [join(root, 'tools/setup.mjs'), ...args], { cwd: root, env: { ...environment, ...env } });
  return {
    root,
    home,
    calls: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
    putProgram,
    start,
    setUp: (args = [], env = {}) => finish(start(args, env)),
    writeLock,
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Waits for a set-up that was started. */
export async function finish(child: ChildProcess): Promise<Finished> {
  const code = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [stdout, stderr] = await Promise.all([child.stdout, child.stderr].map((pipe) => (pipe ? text(pipe) : '')));
  return { code: await code, stdout: stdout ?? '', stderr: stderr ?? '' };
}

/** What `npm ci` does, as far as set-up can see: removes what was there, brings our Node, lists what it installed. */
export function installScript(root: string): string {
  const modules = join(root, 'node_modules');
  return `rm -rf ${modules}; mkdir -p ${modules}/.bin; ln -s ${process.execPath} ${modules}/.bin/node
cp ${root}/package-lock.json ${modules}/.package-lock.json`;
}

export const CHROMIUM_SCRIPT = 'echo "Chromium 156.0.8078.79"';
export const K6_SCRIPT = 'echo "k6 v2.2.0 (go1.26, linux/amd64)"';

/** The Node that a user has before set-up: an old one if there is any on PATH. */
function bareNode(): string {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  const found = folders.map((folder) => join(folder, 'node')).find((path) => existsSync(path));
  return found ?? process.execPath;
}
