import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runCommand } from './command.mjs';
import { SetupError } from './error.mjs';
import { explainNpmFailure, findCutOffFiles } from './npm-failure.mjs';

const LIMIT_MS = 15 * 60 * 1000;

/** Whether node_modules is what the lock says. @param {string} root */
export function packagesAreCurrent(root) {
  const hash = hashOfLock(root);
  if (readStamp(root) === hash) return true;
  if (!isInstalledByHand(root)) return false;
  writeFileSync(stampFile(root), hash);
  return true;
}

/**
 * Somebody ran `npm ci` or `npm install` without us: npm leaves a list of what it put there. If that is what the lock
 * says, installing again would only pull the packages away from under whatever uses them.
 * @param {string} root
 */
function isInstalledByHand(root) {
  const wanted = readPackages(join(root, 'package-lock.json'));
  const there = readPackages(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === undefined || there === undefined) return false;
  return Object.entries(wanted).every(([path, { version, optional, extraneous, link }]) => {
    if (path === '' || link) return true;
    const found = there[path];
    return found === undefined ? optional === true || extraneous === true : found.version === version;
  });
}

/** @param {string} file @returns {Record<string, { version?: string, optional?: boolean, extraneous?: boolean, link?: boolean }> | undefined} */
function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    // Never installed, or cut off half-way: npm writes the list last.
    return undefined;
  }
}

/**
 * Installs the locked packages; npm removes what is there first, our stamp with it.
 * @param {{ root: string, reporter: import('./types.d.mts').Reporter, env: Readonly<Record<string, string | undefined>> }} options
 */
export async function installPackages({ root, reporter, env }) {
  const hash = hashOfLock(root);
  const first = await runNpm(root, reporter, env, 'installing the locked packages (npm ci)');
  const last = first.ok ? first : await runNpm(root, reporter, env, 'installing once more');
  if (!last.ok) throw failure(last);
  // Written last and only after success: an install that was cut off half-way is done again.
  writeFileSync(stampFile(root), hash);
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

/** @param {string} root */
function hashOfLock(root) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

/** @param {string} root */
function readStamp(root) {
  try {
    return readFileSync(stampFile(root), 'utf8');
  } catch {
    // Never installed by set-up, or cut off: not current.
    return undefined;
  }
}

/** @param {string} root */
function stampFile(root) {
  return join(root, 'node_modules', '.vigie-setup');
}
