import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * This machine as `locate` looks at it.
 * @param {{ stamp: import('./types.d.mts').Stamp, runtime: string, setup: string }} options
 * @returns {import('../../process/where.mjs').Machine}
 */
export function describeMachine({ stamp, runtime, setup }) {
  return {
    // npm puts node_modules/.bin first on PATH; set-up called by hand must see the same Node first.
    env: { ...process.env, PATH: `${dirname(runtime)}:${process.env.PATH ?? ''}` },
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    isDebian: isDebian(),
    setup,
    versions: stamp.versions,
  };
}

function isDebian() {
  try {
    return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    // macOS, and the rare Linux without the file.
    return false;
  }
}
