import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { locateLighthouse } from '../process/locate-tools.ts';
import { askedCategories, type CollectRequest, collectCommand, collectConfig, isUnsandboxed } from './arguments.ts';
import { auditOptions } from './options.ts';
import { emptyRc, type LighthouseRc } from './rc.ts';

type Collect = Readonly<Record<string, unknown>> & { readonly settings: Readonly<Record<string, unknown>> };
const written = z.object({ ci: z.object({ collect: z.looseObject({ settings: z.looseObject({}) }) }) });

function rcWith(collect: Partial<LighthouseRc['collect']>): LighthouseRc {
  const rc = emptyRc('/srv/app');
  return { ...rc, collect: { ...rc.collect, ...collect } };
}

function request(more: Partial<CollectRequest> = {}): CollectRequest {
  const common = { urls: ['http://a/'], runs: 3, chromium: '/usr/bin/chromium', headersFile: undefined, isRoot: false };
  return { rc: emptyRc('/srv/app'), options: auditOptions.parse({}), formFactor: 'mobile', ...common, ...more };
}

function collectOf(more: Partial<CollectRequest> = {}): Collect {
  return written.parse(collectConfig(request(more))).ci.collect;
}

/** The lists of all `--disable-features`, of which Chromium heeds the last. */
function featuresOf(flags: readonly string[]): readonly (readonly string[])[] {
  return flags
    .filter((flag) => flag.startsWith('--disable-features='))
    .map((flag) => flag.slice(flag.indexOf('=') + 1).split(','));
}

/** Read from the launcher that the installed Lighthouse itself loads. */
async function featuresOffByLighthouse(): Promise<readonly string[]> {
  const lighthouse = locateLighthouse();
  assert.ok(lighthouse.found);
  const launcher = createRequire(lighthouse.path).resolve('chrome-launcher');
  const module = z.object({ Launcher: z.custom<{ defaultFlags(): readonly string[] }>() });
  const names = featuresOf(module.parse(await import(launcher)).Launcher.defaultFlags()).flat();
  assert.ok(names.length > 0);
  return names;
}

describe('the lighthouserc.json of a collect', () => {
  it('always names the categories and never asks for reports to Google', () => {
    const { settings } = collectOf();
    assert.deepEqual(settings.onlyCategories, ['performance', 'accessibility', 'best-practices', 'seo']);
    assert.equal(settings.enableErrorReporting, false);
  });

  it('has one text of Chromium flags, without the sandbox only for root', () => {
    const rc = rcWith({ settings: { chromeFlags: '--lang=fr' } });
    assert.match(String(collectOf({ rc }).settings.chromeFlags), /^--lang=fr --disable-/);
    assert.doesNotMatch(String(collectOf({ rc }).settings.chromeFlags), /no-sandbox/);
    assert.match(String(collectOf({ rc, isRoot: true }).settings.chromeFlags), /--no-sandbox/);
    const already = rcWith({ settings: { chromeFlags: '--no-sandbox' } });
    assert.equal(String(collectOf({ rc: already, isRoot: true }).settings.chromeFlags).split('--no-sandbox').length, 2);
    assert.deepEqual(
      [isUnsandboxed({ rc, isRoot: false }), isUnsandboxed({ rc: already, isRoot: false })],
      [false, true],
    );
  });

  it('switches off what Lighthouse and the file do, and the pages of the address bar, in the flag that counts', async () => {
    const flags = String(
      collectOf({ rc: rcWith({ settings: { chromeFlags: '--disable-features=Mine,Translate --lang=fr' } }) }).settings
        .chromeFlags,
    );
    const last = featuresOf(flags.split(' ')).at(-1) ?? [];
    assert.deepEqual(
      [...(await featuresOffByLighthouse()), 'Mine', 'WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'].filter(
        (name) => !last.includes(name),
      ),
      [],
    );
    assert.equal(new Set(last).size, last.length);
  });

  it('keeps the settings of the form factor for that one alone', () => {
    const rc = rcWith({ settings: { preset: 'desktop', throttling: { cpuSlowdownMultiplier: 2 }, locale: 'fr' } });
    assert.deepEqual(collectOf({ rc, formFactor: 'desktop' }).settings.throttling, { cpuSlowdownMultiplier: 2 });
    const mobile = collectOf({ rc, formFactor: 'mobile' }).settings;
    assert.deepEqual([mobile.preset, mobile.throttling, mobile.locale], [undefined, undefined, 'fr']);
    assert.equal(collectOf({ formFactor: 'desktop' }).settings.preset, 'desktop');
  });

  it('measures no error page, shows no window and has headers only by file', () => {
    const rc = rcWith({ settings: { ignoreStatusCode: true, view: true, extraHeaders: { Cookie: 'a=b' } } });
    const { settings } = collectOf({ rc, headersFile: '/tmp/x/headers.json' });
    assert.deepEqual([settings.ignoreStatusCode, settings.view], [undefined, undefined]);
    assert.equal(settings.extraHeaders, '/tmp/x/headers.json');
  });

  it('starts no server: the target runs already', () => {
    const collect = collectOf({ rc: rcWith({ startServerCommand: 'rm -rf /', staticDistDir: './dist' }) });
    assert.deepEqual([collect.startServerCommand, collect.staticDistDir], [undefined, undefined]);
  });

  it('names the program that calls a puppeteer script, and gives it the flags in the way it takes them', () => {
    const rc = rcWith({ puppeteerScript: './login.cjs', puppeteerLaunchOptions: { args: ['--a'] } });
    const collect = collectOf({ rc, isRoot: true });
    assert.equal(collect.puppeteerScript, 'puppeteer-script.cjs');
    assert.match(JSON.stringify(collect.puppeteerLaunchOptions), /"--a","--no-sandbox"/);
  });

  it('slows as the check says, else as the file says', () => {
    const rc = rcWith({ settings: { throttlingMethod: 'devtools' } });
    assert.equal(collectOf({ rc }).settings.throttlingMethod, 'devtools');
    assert.equal(
      collectOf({ rc, options: auditOptions.parse({ throttling: 'provided' }) }).settings.throttlingMethod,
      'provided',
    );
  });
});

it('asks for no category when the file asks for single audits', () => {
  const rc = rcWith({ settings: { onlyAudits: ['is-on-https'] } });
  assert.deepEqual(askedCategories(request({ rc })), []);
  assert.equal(collectOf({ rc }).settings.onlyCategories, undefined);
  assert.deepEqual(askedCategories(request({ rc, options: auditOptions.parse({ categories: ['seo'] }) })), ['seo']);
});

it('runs a script by our own Node and a program by itself', () => {
  assert.deepEqual(collectCommand('/x/cli.js'), { command: process.execPath, args: ['/x/cli.js', 'collect'] });
  assert.deepEqual(collectCommand('/x/.bin/lhci'), { command: '/x/.bin/lhci', args: ['collect'] });
});
