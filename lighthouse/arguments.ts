import { extname, resolve } from 'node:path';
import { allowEnvironment } from '../process/environment.ts';
import { disabledFeatures } from './browser-features.ts';
import { type AuditOptions, CATEGORIES, type FormFactor } from './options.ts';
import { PUPPETEER_SCRIPT } from './puppeteer-script.ts';
import { type LighthouseRc, ownFormFactor } from './rc.ts';
import { fileNamedBy } from './rc-path.ts';

/** Everything one `lhci collect` is made from. */
export type CollectRequest = {
  readonly rc: LighthouseRc;
  readonly options: AuditOptions;
  readonly formFactor: FormFactor;
  readonly urls: readonly string[];
  readonly runs: number;
  readonly chromium: string;
  /** File with the extra headers as JSON; Lighthouse reads it itself, so that no value is in any argument. */
  readonly headersFile: string | undefined;
  /** Chromium's sandbox does not work for root. */
  readonly isRoot: boolean;
};

/** Settings that belong to a form factor: they are dropped when the other one is audited. */
const FORM_FACTOR_SETTINGS = ['preset', 'formFactor', 'screenEmulation', 'emulatedUserAgent', 'throttling'];
/** Settings that would show windows, leave files behind or measure an error page as if it were the page. */
const REPLACED_SETTINGS = ['view', 'saveAssets', 'output', 'outputPath', 'extraHeaders', 'ignoreStatusCode'];
/** Chromium's own traffic to its maker would stand beside what is measured; Lighthouse turns off the rest itself. */
const QUIET_FLAGS = ['--disable-component-update', '--disable-domain-reliability'];

/** The lighthouserc.json of one collect: the user's own settings, with what must differ. */
export function collectConfig(request: CollectRequest): Readonly<Record<string, unknown>> {
  const { rc, urls, runs, chromium } = request;
  const { puppeteerScript, puppeteerLaunchOptions } = rc.collect;
  const flags = chromeFlags(request);
  const puppeteer = {
    puppeteerScript: PUPPETEER_SCRIPT,
    // Lighthouse CI ignores chromeFlags beside a puppeteer script.
    puppeteerLaunchOptions: { ...puppeteerLaunchOptions, args: [...(puppeteerLaunchOptions?.args ?? []), ...flags] },
  };
  return {
    ci: {
      collect: {
        url: urls,
        numberOfRuns: runs,
        method: 'node',
        chromePath: chromium,
        settings: settingsFor(request, flags),
        ...(puppeteerScript === undefined ? {} : puppeteer),
      },
    },
  };
}

function settingsFor(request: CollectRequest, flags: readonly string[]): Readonly<Record<string, unknown>> {
  const { rc, options, formFactor, headersFile } = request;
  const isOwn = formFactor === ownFormFactor(rc);
  const dropped = isOwn ? REPLACED_SETTINGS : [...REPLACED_SETTINGS, ...FORM_FACTOR_SETTINGS];
  const kept = Object.entries(rc.collect.settings).filter(([name]) => !dropped.includes(name));
  const { configPath } = rc.collect.settings;
  return {
    ...Object.fromEntries(kept),
    ...(isOwn || formFactor === 'mobile' ? {} : { preset: 'desktop' }),
    ...(configPath === undefined ? {} : { configPath: fileNamedBy(configPath, rc) }),
    ...(options.throttling === undefined ? {} : { throttlingMethod: options.throttling }),
    ...(headersFile === undefined ? {} : { extraHeaders: headersFile }),
    ...onlyCategories(request),
    enableErrorReporting: false,
    // One string: Lighthouse CI joins a list with commas.
    chromeFlags: flags.join(' '),
  };
}

/** Always named, because Lighthouse 13 scores a fifth category by default that fetches further files from the target. */
function onlyCategories(request: CollectRequest): { readonly onlyCategories?: readonly string[] } {
  const categories = askedCategories(request);
  return categories.length === 0 ? {} : { onlyCategories: categories };
}

/** The categories that must have a score; none when lighthouserc.json asks for single audits only. */
export function askedCategories({ rc, options }: Pick<CollectRequest, 'rc' | 'options'>): readonly string[] {
  const { onlyCategories: own, onlyAudits } = rc.collect.settings;
  if (options.categories !== undefined) return options.categories;
  if (own !== undefined) return own;
  return onlyAudits === undefined ? CATEGORIES : [];
}

function chromeFlags({ rc, isRoot }: CollectRequest): readonly string[] {
  const own = (rc.collect.settings.chromeFlags ?? '').trim();
  const needed = [...(isRoot ? ['--no-sandbox'] : []), ...QUIET_FLAGS, disabledFeatures(own)];
  const added = needed.filter((flag) => !own.split(/\s+/).includes(flag));
  return [...(own === '' ? [] : [own]), ...added];
}

/** Whether the browser runs without its sandbox, by our need or the user's wish. */
export function isUnsandboxed(request: Pick<CollectRequest, 'rc' | 'isRoot'>): boolean {
  const own = (request.rc.collect.settings.chromeFlags ?? '').split(/\s+/);
  const puppeteerArgs = request.rc.collect.puppeteerLaunchOptions?.args ?? [];
  return request.isRoot || [...own, ...puppeteerArgs].includes('--no-sandbox');
}

/** What of our environment Lighthouse CI and Chromium may see: no LHCI_ options, no secrets. */
const PASSED_ON = [
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'LC_ALL',
  'TZ',
  'DISPLAY',
  'XDG_RUNTIME_DIR',
  'XDG_CACHE_HOME',
  'XDG_CONFIG_HOME',
  'FONTCONFIG_FILE',
  'FONTCONFIG_PATH',
  'LD_LIBRARY_PATH',
  'NODE_COMPILE_CACHE',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
];

/** What a program of the user sees of it that we load only to look at. */
export function moduleEnvironment(): Readonly<Record<string, string>> {
  return allowEnvironment(PASSED_ON, {});
}

/** PATH begins with our own Node, because Lighthouse CI starts `node` by that name. */
export function collectEnvironment(chromium: string, tempFolder: string): Readonly<Record<string, string>> {
  return allowEnvironment(PASSED_ON, { CHROME_PATH: chromium, TMPDIR: tempFolder });
}

/** A JavaScript file is given to our own Node; anything else is a program. */
export function collectCommand(lhci: string): { readonly command: string; readonly args: readonly string[] } {
  // Absolute, because it is run in a folder of its own.
  const file = resolve(lhci);
  const isScript = ['.js', '.cjs', '.mjs'].includes(extname(file));
  return isScript ? { command: process.execPath, args: [file, 'collect'] } : { command: file, args: ['collect'] };
}
