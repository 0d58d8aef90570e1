import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isAtLeast } from '../../process/version.mjs';
import { cachedTool, K6_VERSION } from '../../process/where.mjs';
import { describeFailure, runCommand, runQuietly } from './command.mjs';
import { withLock } from './lock.mjs';
import { download } from './network.mjs';

const MODULE = join(dirname(dirname(fileURLToPath(import.meta.url))), 'k6');
/** VIGIE_K6_MIRROR names another place with the same files, for networks without GitHub; the checksums stay these. */
const RELEASES = process.env.VIGIE_K6_MIRROR || 'https://github.com/grafana/k6/releases/download';
const UNPACK_LIMIT_MS = 120_000;
const BUILD_LIMIT_MS = 20 * 60 * 1000;
/** The first Go that can build the module, as its go.mod says. */
const GO_NEEDED = [1, 25];

/** SHA-256 of the official archives of v2.2.0, as its release publishes them. */
const ARCHIVES = /** @type {Readonly<Record<string, { name: string, sha256: string }>>} */ ({
  'linux-x64': {
    name: 'linux-amd64.tar.gz',
    sha256: 'b5a8003c86f35f5cd5ceef1490312c48e587696c94d998cefc6d7b3b4cb1597d',
  },
  'linux-arm64': {
    name: 'linux-arm64.tar.gz',
    sha256: '4ecd64cadcc792402d16293836115480419c4447c032858f564852d98f1bf54c',
  },
  'darwin-x64': { name: 'macos-amd64.zip', sha256: '45a08590511c8a6a9c6331645e60c41624924e848e29472e87c60ac956d50372' },
  'darwin-arm64': {
    name: 'macos-arm64.zip',
    sha256: '37a028506bf13578de66c906296803775df28cc2504b1a8c5d786b2803e757c7',
  },
});

/**
 * k6 into the tool cache: the official release if its checksum is right, else built from the committed Go module.
 * @param {import('./types.d.mts').Context} context
 */
export async function setUpK6(context) {
  // A variable that names a k6 is an order; another one in the cache would not be used.
  if (context.machine.env.VIGIE_K6) return;
  const target = cachedTool('k6', context.machine);
  const folder = dirname(target);
  mkdirSync(folder, { recursive: true });
  await withLock(join(folder, '.lock'), context.reporter, async () => {
    // Another set-up may have done it while we waited.
    if (existsSync(target)) return;
    const work = mkdtempSync(join(folder, '.work-'));
    try {
      const made = (await fetchRelease(work, context)) ?? (await build(work, context));
      // Moved into place whole: nobody ever sees half a program there.
      if (made !== undefined) renameSync(made, target);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  });
}

/** @param {string} work @param {import('./types.d.mts').Context} context @returns {Promise<string | undefined>} */
async function fetchRelease(work, { reporter }) {
  const archive = ARCHIVES[`${process.platform}-${process.arch}`];
  if (archive === undefined) return undefined;
  const name = `k6-v${K6_VERSION}-${archive.name}`;
  const file = join(work, name);
  const stop = reporter.start(`fetching the official release ${name}`);
  const got = await download(`${RELEASES}/v${K6_VERSION}/${name}`, file);
  if (!got.ok) {
    stop(got.why);
    return undefined;
  }
  if (got.sha256 !== archive.sha256) {
    stop(`refused: its SHA-256 is ${got.sha256}, the published one is ${archive.sha256}`);
    return undefined;
  }
  stop('its checksum is right');
  return unpack(work, name, reporter);
}

/** @param {string} work @param {string} name @param {import('./types.d.mts').Reporter} reporter */
async function unpack(work, name, reporter) {
  const file = join(work, name);
  const isZip = name.endsWith('.zip');
  const run = isZip
    ? { command: 'unzip', args: ['-q', file, '-d', work] }
    : { command: 'tar', args: ['-xzf', file, '-C', work] };
  const ending = await runQuietly({ ...run, limitMs: UNPACK_LIMIT_MS });
  const program = join(work, name.replace(/\.(zip|tar\.gz)$/, ''), 'k6');
  if (ending.ok && existsSync(program)) return program;
  reporter.say(`${name} cannot be unpacked: ${ending.ok ? 'there is no k6 in it' : ending.why}`);
  reporter.say(describeFailure(run, ending.output));
  return undefined;
}

/** @param {string} work @param {import('./types.d.mts').Context} context @returns {Promise<string | undefined>} */
async function build(work, { reporter, machine }) {
  const why = await whyNoGo(machine.env);
  if (why !== undefined) {
    reporter.say(`k6 cannot be built: ${why}`);
    return undefined;
  }
  const program = join(work, 'k6');
  const what = `building k6 ${K6_VERSION} with Go from tools/k6 (2 to 4 minutes)`;
  const run = { command: 'go', args: ['build', '-o', program, 'go.k6.io/k6/v2'] };
  const ending = await runCommand({ reporter, what, ...run, cwd: MODULE, env: machine.env, limitMs: BUILD_LIMIT_MS });
  if (!ending.ok) {
    reporter.say(describeFailure(run, ending.output));
    return undefined;
  }
  chmodSync(program, 0o755);
  return program;
}

/** @param {Readonly<Record<string, string | undefined>>} env */
async function whyNoGo(env) {
  const run = { command: 'go', args: ['version'] };
  const answer = await runQuietly({ ...run, env, limitMs: 20_000 });
  if (!answer.ok && answer.why.includes('ENOENT')) return 'there is no Go on PATH (https://go.dev/dl)';
  if (!answer.ok) return `the Go on PATH does not work, ${answer.why}\n${describeFailure(run, answer.output)}`;
  const version = /go(\d+\.\d+(?:\.\d+)?)/.exec(answer.output)?.[1] ?? '0';
  return isAtLeast(version, GO_NEEDED)
    ? undefined
    : `Go ${version} is on PATH, ${GO_NEEDED.join('.')} or newer is needed`;
}
