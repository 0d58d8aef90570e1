import { basename } from 'node:path';
import { runCommand } from './command.mjs';
import { SetupError } from './error.mjs';
import { explainNpmFailure, findCutOffFiles } from './npm-failure.mjs';
import { markPackagesCurrent } from './packages.mjs';

const LIMIT_MS = 15 * 60 * 1000;

/**
 * Installs the locked packages; npm removes what is there first, our stamp with it.
 * @param {{ root: string, reporter: import('./types.d.mts').Reporter, env: Readonly<Record<string, string | undefined>> }} options
 */
export async function installPackages({ root, reporter, env }) {
  const first = await runNpm(root, reporter, env, 'installing the locked packages (npm ci)');
  const last = first.ok ? first : await runNpm(root, reporter, env, 'installing once more');
  if (!last.ok) throw failure(last);
  await markPackagesCurrent(root);
}

/** @param {string} root @param {import('./types.d.mts').Reporter} reporter
 *  @param {Readonly<Record<string, string | undefined>>} env @param {string} what */
function runNpm(root, reporter, env, what) {
  // Started by npm itself we are told which npm that is; another package manager's name there is of no use.
  const script = env.npm_execpath && basename(env.npm_execpath) === 'npm-cli.js' ? env.npm_execpath : undefined;
  const [command, before] = script === undefined ? ['npm', []] : [process.execPath, [script]];
  // Warnings are read, not shown: under Node 20 npm warns of each package that wants more, and more is what this brings.
  const options = ['--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=warn'];
  const args = [...before, 'ci', ...options];
  return runCommand({ reporter, what, command, args, cwd: root, env, limitMs: LIMIT_MS, judge: judgeInstall });
}

/** @param {string} output */
function judgeInstall(output) {
  const cutOff = findCutOffFiles(output);
  return cutOff === undefined ? undefined : `files of packages could not be written (${cutOff})`;
}

/** @param {{ why: string, output: string }} ending */
function failure(ending) {
  const { cause, hint } = explainNpmFailure(ending);
  return new SetupError(`npm ci failed twice: ${cause}`, hint);
}
