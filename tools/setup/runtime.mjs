import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isAtLeast, LEAST_NODE } from '../../process/version.mjs';
import { SetupError } from './error.mjs';

/**
 * The Node that runs our TypeScript: the one that the locked packages bring on Linux, else the one that runs this.
 * @param {{ root: string, platform: string, versions: import('../../process/where.mjs').VersionMemory }} options
 * @returns {Promise<{ path: string, version: string }>}
 */
export async function findRuntime({ root, platform, versions }) {
  const pinned = join(root, 'node_modules', '.bin', 'node');
  if (existsSync(pinned)) {
    const answer = (await versions.get(pinned)) ?? { version: await versionOf(pinned) };
    await versions.set(pinned, answer);
    if (answer.version !== undefined) return { path: pinned, version: answer.version };
    // It is there and does not run: musl instead of glibc, or another processor. Then ours may do.
  }
  if (isAtLeast(process.versions.node, LEAST_NODE)) return { path: process.execPath, version: process.versions.node };
  const hint =
    platform === 'darwin'
      ? 'install it with `brew install node@24` and put it first on PATH: export PATH="$(brew --prefix node@24)/bin:$PATH"'
      : `put Node ${LEAST_NODE.join('.')} or newer first on PATH (https://nodejs.org)`;
  throw new SetupError(
    `this is Node ${process.versions.node} and Vigie needs Node ${LEAST_NODE.join('.')} or newer`,
    hint,
    3,
  );
}

/** @param {string} path @returns {Promise<string | undefined>} */
async function versionOf(path) {
  const { execFile } = await import('node:child_process');
  return new Promise((resolve) => {
    execFile(path, ['--version'], { timeout: 20_000 }, (error, stdout) => {
      resolve(error ? undefined : stdout.trim().replace(/^v/, ''));
    });
  });
}
