// Where the programs are that Vigie runs but does not bring along: one list of places and one way to look.
// Plain JavaScript without dependencies on purpose: set-up needs it on Node 20, before anything is installed, and the
// app needs the same answers. `where.d.mts` beside it holds the types.
import { constants } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { isAtLeast } from './version.mjs';

export const K6_VERSION = '2.2.0';
const VERSION_LIMIT_MS = 20_000;
const MAC_APPS = ['Google Chrome', 'Chromium', 'Google Chrome Canary'];

/**
 * Chromium without what only a window needs: what Playwright itself runs headless. It is looked for before the whole one,
 * because a journey in it takes 0.4 of the CPU (measured with Debian's 156).
 */
const HEADLESS_SHELLS = ['chromium-headless-shell', 'chrome-headless-shell'];

/** @param {import('./where.d.mts').Machine} machine */
export function toolCache({ env }) {
  const cache = env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache');
  return join(cache, 'vigie');
}

/** @param {string} tool @param {import('./where.d.mts').Machine} machine */
export function cachedTool(tool, machine) {
  return tool === 'k6'
    ? join(toolCache(machine), `k6-${K6_VERSION}`, 'k6')
    : join(toolCache(machine), 'prometheus-tools', 'usr', 'bin', tool);
}

/** @type {Readonly<Record<import('./where.d.mts').ToolName, import('./where.d.mts').ToolRule>>} */
const RULES = {
  chromium: {
    variables: ['VIGIE_CHROMIUM', 'CHROME_PATH'],
    names: [...HEADLESS_SHELLS, 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    versionArguments: ['--version'],
    versionPattern: /(\d+\.\d+\.\d+\.\d+)/,
    further: (machine) => findDownloadedBrowsers(machine),
    mend: mendChromium,
  },
  // For the tests alone: whether it is here where a whole Chromium is, too.
  'headless-shell': {
    variables: [],
    names: HEADLESS_SHELLS,
    versionArguments: ['--version'],
    versionPattern: /(\d+\.\d+\.\d+\.\d+)/,
    further: async () => [],
    mend: mendChromium,
  },
  k6: {
    variables: ['VIGIE_K6'],
    names: ['k6'],
    versionArguments: ['version'],
    versionPattern: /k6(?:\.exe)? v?(\d+\.\d+\.\d+)/,
    atLeast: [1, 5],
    further: async (machine) => [{ path: cachedTool('k6', machine), from: 'tool cache' }],
    mend: ({ platform, setup }) =>
      platform === 'darwin' ? `brew install k6 (or: ${setup})` : `${setup} (with Go >= 1.25, or network to GitHub)`,
  },
  prometheus: testTool('prometheus', ['prometheus']),
  promtool: testTool('promtool', ['promtool']),
  strace: {
    variables: [],
    names: ['strace'],
    versionArguments: ['-V'],
    versionPattern: /version (\d+\.\d+)/,
    further: async () => [],
    mend: mendStrace,
  },
  pushgateway: testTool('pushgateway', ['pushgateway', 'prometheus-pushgateway'], 'prometheus-pushgateway'),
};

/**
 * Looks for a program: the variables that name it, then PATH, then the other places it is known to live in.
 * A variable that is set is an order: if it is wrong, no other place is tried.
 * @param {import('./where.d.mts').ToolName} tool
 * @param {import('./where.d.mts').Machine} machine
 * @returns {Promise<import('./where.d.mts').Located>}
 */
export async function locate(tool, machine) {
  const rule = RULES[tool];
  const ordered = rule.variables.find((name) => machine.env[name]);
  /** @type {string[]} */
  const looked = [];
  if (ordered) {
    const problem = await tryPlace({ path: machine.env[ordered] ?? '', from: ordered }, rule, machine);
    if (problem.found) return problem;
    const mend = `set ${ordered} to a working ${tool}, or unset it`;
    return { found: false, looked: [`${ordered}: ${problem.reason}`], mend };
  }
  const places = [...onPath(rule.names, machine), ...(await rule.further(machine))];
  for (const place of places) {
    const tried = await tryPlace(place, rule, machine);
    if (tried.found) return tried;
    // That a name is not in this or that folder of PATH is no news; that something there does not work is.
    if (tried.reason !== 'no such file') looked.push(`${place.from}: ${tried.reason}`);
  }
  const summary = [`PATH: no ${rule.names.join(', ')}`, ...rule.variables.map((name) => `${name}: not set`)];
  return { found: false, looked: [...looked, ...summary], mend: rule.mend(machine) };
}

/** @param {readonly string[]} names @param {import('./where.d.mts').Machine} machine */
function onPath(names, { env }) {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => ({ path: join(folder, name), from: 'PATH' })));
}

/** @param {import('./where.d.mts').Place} place @param {import('./where.d.mts').ToolRule} rule
 *  @param {import('./where.d.mts').Machine} machine @returns {Promise<import('./where.d.mts').Tried>} */
async function tryPlace({ path, from }, rule, machine) {
  if (!(await isProgram(path))) return { found: false, reason: 'no such file' };
  const known = await machine.versions?.get(path);
  const answer = known ?? (await askVersion(path, rule, machine.env));
  if (answer.version === undefined) return { found: false, reason: `${path} ${answer.problem}` };
  await machine.versions?.set(path, answer);
  if (rule.atLeast && !isAtLeast(answer.version, rule.atLeast)) {
    return { found: false, reason: `${path} is ${answer.version}, at least ${rule.atLeast.join('.')} is needed` };
  }
  return { found: true, path, version: answer.version, from };
}

/** @param {string} path */
async function isProgram(path) {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

const NEEDED_TO_START = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TMPDIR',
  'LD_LIBRARY_PATH',
  'XDG_CACHE_HOME',
  'XDG_CONFIG_HOME',
];

/** Asked for its version, no tool needs the secrets that stand in our environment.
 *  @param {NodeJS.ProcessEnv} env @returns {NodeJS.ProcessEnv} */
function withoutSecrets(env) {
  return Object.fromEntries(NEEDED_TO_START.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

/** @param {string} path @param {import('./where.d.mts').ToolRule} rule @param {NodeJS.ProcessEnv} env
 *  @returns {Promise<{ version?: string, problem?: string }>} */
async function askVersion(path, { versionArguments, versionPattern }, env) {
  // Loaded where it is used: a set-up that finds every version remembered starts no program, and is quick.
  const { execFile } = await import('node:child_process');
  return new Promise((resolve) => {
    execFile(
      path,
      [...versionArguments],
      { timeout: VERSION_LIMIT_MS, env: withoutSecrets(env) },
      (error, stdout, stderr) => {
        // Prometheus 2.42 answers on stderr.
        const version = versionPattern.exec(`${stdout}\n${stderr}`)?.[1];
        if (version !== undefined && !error) return resolve({ version });
        const said = stderr.trim().split('\n').at(-1) || error?.message || 'an answer without a version';
        return resolve({ problem: `does not work: ${said.length > 300 ? `${said.slice(0, 299)}…` : said}` });
      },
    );
  });
}

const SHELL = 'chrome-headless-shell';
const MAC_CHROME = 'Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing';
/** Playwright's folders of browsers and the programs in them, for all systems: those of another one are not there. */
const DOWNLOADS = [
  {
    build: /^chromium_headless_shell-\d+$/,
    programs: [
      ...['linux64', 'linux-arm64', 'mac-arm64', 'mac-x64'].map((system) => join(`${SHELL}-${system}`, SHELL)),
      join('chrome-linux', 'headless_shell'),
    ],
  },
  {
    build: /^chromium-\d+$/,
    programs: [
      ...['chrome-linux64', 'chrome-linux-arm64', 'chrome-linux'].map((name) => join(name, 'chrome')),
      ...['chrome-mac-arm64', 'chrome-mac-x64'].map((name) => join(name, MAC_CHROME)),
    ],
  },
];

/** @param {import('./where.d.mts').Machine} machine @returns {Promise<import('./where.d.mts').Place[]>} */
async function findDownloadedBrowsers({ env, platform }) {
  const home = env.HOME || homedir();
  const apps = MAC_APPS.map((app) => `/Applications/${app}.app/Contents/MacOS/${app}`);
  const places = platform === 'darwin' ? apps.map((path) => ({ path, from: 'Applications' })) : [];
  const standard = platform === 'darwin' ? join(home, 'Library/Caches') : env.XDG_CACHE_HOME || join(home, '.cache');
  const folder = env.PLAYWRIGHT_BROWSERS_PATH || join(standard, 'ms-playwright');
  /** @type {string[]} */
  const builds = await readdir(folder).catch(() => []);
  const downloads = DOWNLOADS.flatMap(({ build, programs }) => {
    const newestFirst = builds.filter((name) => build.test(name)).sort((a, b) => revision(b) - revision(a));
    return newestFirst.flatMap((name) => programs.map((program) => join(folder, name, program)));
  });
  return [...places, ...downloads.map((path) => ({ path, from: "Playwright's download" }))];
}

/** @param {string} build */
function revision(build) {
  return Number(build.split('-').at(-1));
}

/** In Debian since 12. It brings no desktop libraries. */
export const DEBIAN_CHROMIUM = 'chromium-headless-shell';

/** @param {import('./where.d.mts').Machine} machine */
function mendChromium({ platform, isRoot, isDebian }) {
  if (platform === 'darwin') return 'brew install --cask google-chrome';
  if (isDebian) return aptCommand(DEBIAN_CHROMIUM, isRoot);
  return 'npx playwright install --with-deps --only-shell chromium';
}

/** @param {import('./where.d.mts').Machine} machine */
function mendStrace({ isRoot, isDebian }) {
  if (isDebian) return aptCommand('strace', isRoot);
  return "install this system's package of strace";
}

/** A container has no lists of packages until they are fetched. @param {string} name @param {boolean} isRoot */
function aptCommand(name, isRoot) {
  const apt = isRoot ? 'apt-get' : 'sudo apt-get';
  return `${apt} update && ${apt} install -y --no-install-recommends ${name}`;
}

/** @param {string} tool @param {readonly string[]} names @returns {import('./where.d.mts').ToolRule} */
function testTool(tool, names, cachedName = tool) {
  return {
    variables: [`VIGIE_${tool.toUpperCase()}`],
    names,
    versionArguments: ['--version'],
    versionPattern: /version (\d+\.\d+\.\d+)/,
    further: async (machine) => [{ path: cachedTool(cachedName, machine), from: 'tool cache' }],
    mend: ({ setup, isDebian, platform }) => {
      if (platform === 'darwin') return `brew install ${tool === 'promtool' ? 'prometheus' : tool}`;
      return isDebian ? `${setup} --with-test-tools` : `install ${tool} from prometheus.io and put it on PATH`;
    },
  };
}
