import { describeFailure, runCommand, runQuietly } from './command.mjs';
import { maySystemPackages, VARIABLE } from './system-packages.mjs';

const LIMIT_MS = 10 * 60 * 1000;
const SIMULATE_LIMIT_MS = 60_000;
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
  if (!maySystemPackages(machine.env)) {
    reporter.say(`${what} is not installed with apt-get, because ${VARIABLE} is 0`);
    return;
  }
  const env = { ...machine.env, DEBIAN_FRONTEND: 'noninteractive' };
  /** @param {string} doing @param {readonly string[]} args */
  const apt = async (doing, args) => {
    const run = { command: 'apt-get', args: [...IMPATIENT, ...args] };
    const ending = await runCommand({ reporter, what: doing, ...run, env, limitMs: LIMIT_MS });
    if (!ending.ok) reporter.say(describeFailure(run, ending.output));
  };
  reporter.say(
    `as root, set-up installs the system package ${name} and what that needs (to prevent this: ${VARIABLE}=0)`,
  );
  // Without the lists even a package that exists is not found; an old list is better than none if this fails.
  await apt('reading the lists of Debian packages (apt-get update)', ['update', '-q']);
  const install = ['install', '-y', '-q', '--no-install-recommends', name];
  const planned = await plannedPackages(install, env);
  if (planned.length > 0) reporter.say(`apt-get installs ${planned.join(', ')}`);
  await apt(`installing ${what} (apt-get)`, install);
}

/** What apt would install: the package with all that it needs. @param {readonly string[]} install @param {Readonly<Record<string, string | undefined>>} env */
async function plannedPackages(install, env) {
  const args = ['--simulate', ...install];
  const { output } = await runQuietly({ command: 'apt-get', args, env, limitMs: SIMULATE_LIMIT_MS });
  return [...output.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name);
}
