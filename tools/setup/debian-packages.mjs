import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { toolCache } from '../../process/where.mjs';
import { describeFailure, runCommand } from './command.mjs';
import { withLock } from './lock.mjs';
import { maySystemPackages } from './system-packages.mjs';

const PACKAGES = ['prometheus', 'prometheus-pushgateway'];
const LIMIT_MS = 5 * 60 * 1000;

/**
 * Unpacks Debian's packages of the test tools into the tool cache; nothing is installed.
 * @param {import('./types.d.mts').Context} context
 */
export async function unpackDebianPackages(context) {
  const cache = toolCache(context.machine);
  const target = join(cache, 'prometheus-tools');
  mkdirSync(cache, { recursive: true });
  await withLock(join(cache, 'prometheus-tools.lock'), context.reporter, async () => {
    // Another set-up may have done it while we waited.
    if (existsSync(target)) return;
    const work = mkdtempSync(join(cache, '.work-'));
    try {
      const unpacked = join(work, 'tools');
      if ((await fetchPackages(work, context)) && (await unpackAll(work, unpacked, context)))
        renameSync(unpacked, target);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  });
}

/** @param {string} work @param {import('./types.d.mts').Context} context */
async function fetchPackages(work, { reporter, machine }) {
  /** @param {string} what @param {readonly string[]} args */
  const apt = (what, args) => tell({ reporter, what, command: 'apt-get', args, cwd: work, env: machine.env });
  const what = 'fetching Prometheus and Pushgateway for the tests (apt-get download)';
  if (await apt(what, ['download', '-q', ...PACKAGES])) return true;
  if (!machine.isRoot || !maySystemPackages(machine.env)) return false;
  // The lists may be missing, or older than what the mirror still holds.
  await apt('reading the lists of Debian packages (apt-get update)', ['update', '-q']);
  return apt(what, ['download', '-q', ...PACKAGES]);
}

/** @param {string} work @param {string} target @param {import('./types.d.mts').Context} context */
async function unpackAll(work, target, { reporter }) {
  for (const file of readdirSync(work).filter((name) => name.endsWith('.deb'))) {
    const args = ['-x', join(work, file), target];
    if (!(await tell({ reporter, what: `unpacking ${file}`, command: 'dpkg', args }))) return false;
  }
  return existsSync(target);
}

/** Runs it and, when it fails, says what was run and its last lines. @param {Omit<import('./types.d.mts').CommandOptions, 'limitMs'>} run */
async function tell(run) {
  const ending = await runCommand({ ...run, limitMs: LIMIT_MS });
  if (!ending.ok) run.reporter.say(describeFailure(run, ending.output));
  return ending.ok;
}
