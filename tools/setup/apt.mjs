import { lastLines, runCommand } from './command.mjs';

const LIMIT_MS = 10 * 60 * 1000;
/** Without a network apt would try each mirror for minutes. */
const IMPATIENT = ['-o', 'Acquire::http::Timeout=15', '-o', 'Acquire::https::Timeout=15', '-o', 'Acquire::Retries=1'];

/**
 * Installs one of Debian's packages where we may: as root, and on Debian itself. (On Ubuntu the package of Chromium's name installs a snap,
 * which does not work where snapd does not.)
 * @param {Pick<import('./types.d.mts').Context, 'reporter' | 'machine'>} context
 * @param {{ name: string, what: string }} wanted
 */
export async function installWithApt({ reporter, machine }, { name, what }) {
  if (!machine.isRoot || !machine.isDebian) return;
  const env = { ...machine.env, DEBIAN_FRONTEND: 'noninteractive' };
  /** @param {string} doing @param {readonly string[]} args */
  const apt = (doing, args) =>
    runCommand({ reporter, what: doing, command: 'apt-get', args: [...IMPATIENT, ...args], env, limitMs: LIMIT_MS });
  // Without the lists even a package that exists is not found; an old list is better than none if this fails.
  await apt('reading the lists of Debian packages (apt-get update)', ['update', '-q']);
  const ending = await apt(`installing ${what} (apt-get)`, ['install', '-y', '-q', '--no-install-recommends', name]);
  if (!ending.ok) reporter.say(`  ${lastLines(ending.output, 3)}`);
}
