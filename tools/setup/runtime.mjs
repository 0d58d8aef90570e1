import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isAtLeast } from '../../process/where.mjs';
import { SetupError } from './error.mjs';

/** The repository runs TypeScript as it is; the compiled package is content with what Lighthouse needs. */
const NEEDED = { repository: [24], installed: [22, 19] };

/**
 * The Node that runs our TypeScript: the one that the locked packages bring on Linux, else the one that runs this.
 * @param {{ root: string, platform: string, versions: import('../../process/where.mjs').VersionMemory, isRepository: boolean }} options
 * @returns {Promise<{ path: string, version: string }>}
 */
export async function findRuntime({ root, platform, versions, isRepository }) {
  const pinned = join(root, 'node_modules', '.bin', 'node');
  if (existsSync(pinned)) {
    const answer = (await versions.get(pinned)) ?? { version: await versionOf(pinned) };
    await versions.set(pinned, answer);
    if (answer.version !== undefined) return { path: pinned, version: answer.version };
    // It is there and does not run: musl instead of glibc, or another processor. Then ours may do.
  }
  const needed = isRepository ? NEEDED.repository : NEEDED.installed;
  if (isAtLeast(process.versions.node, needed)) return { path: process.execPath, version: process.versions.node };
  const hint =
    platform === 'darwin'
      ? 'install it with `brew install node@24` and put it first on PATH: export PATH="$(brew --prefix node@24)/bin:$PATH"'
      : 'put Node 24 first on PATH (https://nodejs.org); the package that brings it has no build for this system';
  throw new SetupError(
    `this is Node ${process.versions.node} and Vigie needs Node ${needed.join('.')} or newer`,
    hint,
    3,
  );
}

/** @param {string} path @returns {Promise<string | undefined>} */
function versionOf(path) {
  return new Promise((resolve) => {
    execFile(path, ['--version'], { timeout: 20_000 }, (error, stdout) => {
      resolve(error ? undefined : stdout.trim().replace(/^v/, ''));
    });
  });
}
