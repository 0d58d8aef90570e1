import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { SetupError } from './error.mjs';

/** @type {readonly NodeJS.Signals[]} */
const FORWARDED = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'];

/**
 * Runs a program under our own Node, by its path: a second bare `node` in an npm script runs the old one, because the
 * shell remembers the first that it found. Our terminal, signals and exit code are the program's.
 * @param {{ runtime: string, argv: readonly string[], root: string }} options
 * @returns {Promise<number>}
 */
export function handOver({ runtime, argv, root }) {
  const path = [dirname(runtime), join(root, 'node_modules', '.bin'), process.env.PATH ?? ''].join(':');
  const child = spawn(runtime, [...argv], { stdio: 'inherit', env: { ...process.env, PATH: path } });
  for (const signal of FORWARDED) process.on(signal, () => forward(child, signal));
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new SetupError(`cannot start ${runtime}: ${error.message}`, 'run `npm ci`')));
    child.once('exit', (code, signal) => resolve(code ?? endLike(signal)));
  });
}

/**
 * On a terminal Ctrl-C reaches the program by itself, because it is in our process group. Sent once more it would count
 * as the second Ctrl-C, which means "at once, without draining".
 * @param {import('node:child_process').ChildProcess} child @param {NodeJS.Signals} signal
 */
function forward(child, signal) {
  if (signal === 'SIGINT' && process.stdin.isTTY) return;
  child.kill(signal);
}

/** A program ended by a signal gives the shell's code for it. @param {NodeJS.Signals | null} signal */
function endLike(signal) {
  return 128 + (signal === null ? 0 : constants.signals[signal]);
}
