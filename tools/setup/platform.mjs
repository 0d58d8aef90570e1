import { isAtLeast } from '../../process/version.mjs';
import { SetupError } from './error.mjs';

/**
 * Refuses the platforms that Vigie does not run on, by name, and a Node too old for this script.
 * @param {{ platform: string, nodeVersion: string }} machine
 */
export function refusePlatform({ platform, nodeVersion }) {
  if (platform === 'win32') {
    throw new SetupError(
      'Windows is not supported: process groups, which every heavy run is ended by, do not exist there',
      'run it under WSL 2 (a Linux), or on Linux or macOS',
      3,
    );
  }
  if (platform !== 'linux' && platform !== 'darwin') {
    throw new SetupError(`the platform '${platform}' is not supported`, 'run it on Linux or macOS', 3);
  }
  if (!isAtLeast(nodeVersion, [20])) {
    throw new SetupError(
      `this is Node ${nodeVersion}; set-up needs Node 20 or newer (on Linux it then installs Node 24 itself)`,
      'install a current Node from https://nodejs.org and run the command again',
      3,
    );
  }
}
