// Sets up what is missing and says so, then, with `run`, hands over to a program under our own Node.
//   node tools/setup.mjs [--with-test-tools] [--json]          set up only
//   node tools/setup.mjs [--with-test-tools] run <arguments>   set up, then `node <arguments>`
// Plain JavaScript without dependencies: it runs on Node >= 20, before anything is installed.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { K6_VERSION, locate, toolCache } from '../process/where.mjs';
import { SetupError } from './setup/error.mjs';
import { describeMachine } from './setup/machine.mjs';
import { packagesAreCurrent } from './setup/packages.mjs';
import { refusePlatform } from './setup/platform.mjs';
import { makeReporter } from './setup/progress.mjs';
import { findRuntime } from './setup/runtime.mjs';
import { openStamp } from './setup/stamp.mjs';
import { maySystemPackages } from './setup/system-packages.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** How each tool comes to be here when it is not. What that needs is loaded only then: mostly there is nothing to do. */
const STEPS = {
  chromium: {
    what: 'Chromium (journeys, audits)',
    load: async () => (await import('./setup/chromium.mjs')).setUpChromium,
  },
  k6: { what: `k6 ${K6_VERSION} (load)`, load: async () => (await import('./setup/k6.mjs')).setUpK6 },
};

/** @param {readonly string[]} argv */
function readArguments(argv) {
  const at = argv.indexOf('run');
  const own = at < 0 ? argv : argv.slice(0, at);
  const unknown = own.find((word) => word !== '--with-test-tools' && word !== '--json');
  if (unknown !== undefined) throw new SetupError(`unknown argument '${unknown}'`, USAGE, 3);
  const rest = at < 0 ? undefined : argv.slice(at + 1);
  if (rest?.length === 0) throw new SetupError("'run' without a program", USAGE, 3);
  return { withTestTools: own.includes('--with-test-tools'), json: own.includes('--json'), rest };
}

const USAGE = 'node tools/setup.mjs [--with-test-tools] [--json] [run <file> [arguments…]]';

/** @param {readonly string[]} argv */
async function main(argv) {
  const { withTestTools, json, rest } = readArguments(argv);
  refusePlatform({ platform: process.platform, nodeVersion: process.versions.node });
  maySystemPackages(process.env);
  const reporter = makeReporter(process.stderr, process.env);
  // In an installed package (`npx vigie setup`) there is no lock beside us, and packages and Node are the user's own.
  const isRepository = existsSync(join(ROOT, 'package-lock.json'));
  if (isRepository) await setUpPackages(reporter);
  const stamp = openStamp(isRepository ? join(ROOT, 'node_modules') : toolCache(process));
  const runtime = await findRuntime({ root: ROOT, platform: process.platform, versions: stamp.versions });
  const setup = isRepository ? 'node tools/setup.mjs' : 'npx vigie setup';
  const machine = describeMachine({ stamp, runtime: runtime.path, setup });
  // Asked for by itself, set-up tries everything again; before a run, what failed lately is left alone for an hour.
  const context = { machine, reporter, stamp, root: ROOT, runtime: runtime.path, retryAll: rest === undefined };
  const tools = await setUpTools(context);
  const testTools = withTestTools ? await (await import('./setup/test-tools.mjs')).setUpTestTools(context) : {};
  stamp.save();
  reporter.finish();
  if (json) {
    const all = { ...tools, ...testTools };
    process.stdout.write(`${JSON.stringify({ schemaVersion: 1, node: runtime, tools: all }, null, 2)}\n`);
  }
  if (rest === undefined) return 0;
  const { handOver } = await import('./setup/hand-over.mjs');
  return handOver({ runtime: runtime.path, argv: rest, root: ROOT });
}

/** @param {import('./setup/types.d.mts').Reporter} reporter */
async function setUpPackages(reporter) {
  if (await packagesAreCurrent(ROOT)) return;
  const [{ withLock }, { installPackages }] = await Promise.all([
    import('./setup/lock.mjs'),
    import('./setup/install-packages.mjs'),
  ]);
  await withLock(join(ROOT, '.cache', 'packages.lock'), reporter, async () => {
    // Another set-up may have done it while we waited.
    if (!(await packagesAreCurrent(ROOT))) await installPackages({ root: ROOT, reporter, env: process.env });
  });
}

/** @param {import('./setup/types.d.mts').Context} context */
async function setUpTools(context) {
  /** @type {Record<string, import('../process/where.mjs').Located>} */
  const found = {};
  for (const [name, step] of Object.entries(STEPS)) {
    const tool = name === 'k6' ? 'k6' : 'chromium';
    found[name] = await setUpTool({ tool, ...step }, context);
  }
  return found;
}

/**
 * @param {{ tool: 'k6' | 'chromium', what: string, load: () => Promise<(context: import('./setup/types.d.mts').Context) => Promise<void>> }} step
 * @param {import('./setup/types.d.mts').Context} context
 */
async function setUpTool({ tool, what, load }, context) {
  const before = await locate(tool, context.machine);
  if (before.found) return before;
  if (!context.retryAll && context.stamp.failedLately(tool)) {
    context.reporter.warn(
      `${what} is missing; set-up tried less than an hour ago. To try again: ${context.machine.setup}`,
    );
    return before;
  }
  context.reporter.say(`${what} is not here (${before.looked.join('; ')})`);
  const setUp = await load();
  await setUp(context);
  const after = await locate(tool, context.machine);
  context.stamp.note(tool, after.found);
  if (after.found) context.reporter.say(`${what}: ${after.version} at ${after.path} (${after.from})`);
  else {
    context.reporter.warn(
      `${what} could not be had. Everything else runs; the checks that need it will be inconclusive.`,
    );
    context.reporter.warn(`  To fix it: ${after.mend}`);
  }
  return after;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`vigie set-up: ${error.message}\n  ${error.hint}\n`);
  process.exitCode = error.exitCode;
}
