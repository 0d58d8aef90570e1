import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { locateLhci, locateLighthouse } from '../process/locate-tools.ts';
import { CONFIG_LEVELS } from './config-sections.ts';
import { RC_LEVELS } from './rc-levels.ts';

const require = createRequire(import.meta.url);

/** Our keys of a level. */
function ours(at: string, levels = RC_LEVELS): readonly string[] {
  const found = levels.find((level) => level.at === at) ?? assert.fail(`no level ${at}`);
  return found.keys;
}

/** Those of the one list that are not in the other. */
function without(keys: readonly string[], others: readonly string[]): readonly string[] {
  return [...new Set(keys)].filter((key) => !others.includes(key)).sort();
}

function camelCase(text: string): string {
  return text.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

const command = z.object({
  buildCommand: z.custom<(yargs: object) => unknown>((value) => typeof value === 'function'),
});

/** The options that a command of the installed Lighthouse CI declares. */
function declared(name: string): readonly string[] {
  const lhci = locateLhci();
  assert.ok(lhci.found);
  const keys: string[] = [];
  const options = (all: object) => keys.push(...Object.keys(all));
  command.parse(require(join(dirname(lhci.path), name, `${name}.js`))).buildCommand({ options });
  return keys;
}

/** Which of them are ours or groups of ours, e.g. `storage.sqlDialect`. */
function oursDeeply(at: string): readonly string[] {
  const below = RC_LEVELS.filter((level) => level.at.startsWith(`${at}.`));
  return [...ours(at), ...below.flatMap((level) => level.keys.map((key) => `${level.at.slice(at.length + 1)}.${key}`))];
}

/** Read by Lighthouse CI though its commands do not declare them. */
const UNDECLARED: Readonly<Record<string, readonly string[]>> = {
  collect: ['psiApiEndpoint', 'psiCategories'],
  assert: ['aggregationMethod', 'assertMatrix'],
  upload: ['basicAuth'],
  server: ['basicAuth', 'deleteOldBuildsCron', 'psiCollectCron', 'storage', 'useBodyParser', 'viewer'],
};

describe('the keys of lighthouserc.json are those of the installed Lighthouse CI', () => {
  for (const [name, undeclared] of Object.entries(UNDECLARED))
    it(`in ${name}`, () => {
      assert.deepEqual(without(declared(name), oursDeeply(`ci.${name}`)), []);
      assert.deepEqual(without(ours(`ci.${name}`), declared(name)), undeclared);
    });
});

async function lighthouseModule(path: string): Promise<unknown> {
  const lighthouse = locateLighthouse();
  assert.ok(lighthouse.found);
  return import(pathToFileURL(join(dirname(lighthouse.path), '..', path)).href);
}

const constants = z.object({ defaultSettings: z.record(z.string(), z.unknown()) });
const yargsOptions = z.custom<{ getOptions(): { readonly key: Readonly<Record<string, unknown>> } }>();
const flags = z.object({ getYargsParser: z.custom<(argv: string) => z.output<typeof yargsOptions>>() });

/** Options of the command line that no file can set. */
const NOT_SETTINGS = ['_', '$0', 'A', 'G', 'cliFlagsPath', 'help', 'version'];
/** Lighthouse CI removes the first two itself; the others are flags of Lighthouse without an option. */
const NOT_OPTIONS = ['listAllCategories', 'logLevel', 'printConfig'];

describe('the settings of lighthouserc.json are those of the installed Lighthouse', () => {
  it('by its options and settings', async () => {
    const { defaultSettings } = constants.parse(await lighthouseModule('core/config/constants.js'));
    const { getYargsParser } = flags.parse(await lighthouseModule('cli/cli-flags.js'));
    const options = Object.keys(getYargsParser('http://a/').getOptions().key).map(camelCase);
    const theirs = [...Object.keys(defaultSettings), ...options.filter((key) => !key.includes('.'))];
    assert.deepEqual(without(theirs, [...ours('ci.collect.settings'), ...NOT_SETTINGS]), []);
    assert.deepEqual(without(ours('ci.collect.settings'), theirs), NOT_OPTIONS);
    const deeper = options.filter((key) => key.includes('.'));
    assert.ok(deeper.length > 0);
    assert.deepEqual(without(deeper, oursDeeply('ci.collect.settings')), []);
  });

  it('in its own configuration', async () => {
    const { defaultSettings } = constants.parse(await lighthouseModule('core/config/constants.js'));
    assert.deepEqual(ours('settings', CONFIG_LEVELS).toSorted(), Object.keys(defaultSettings).sort());
  });

  it('in throttling and screenEmulation', async () => {
    const { defaultSettings } = constants.parse(await lighthouseModule('core/config/constants.js'));
    for (const name of ['throttling', 'screenEmulation']) {
      const theirs = Object.keys(z.record(z.string(), z.unknown()).parse(defaultSettings[name]));
      assert.deepEqual(without(theirs, ours(`ci.collect.settings.${name}`)), []);
      assert.deepEqual(without(ours(`ci.collect.settings.${name}`), theirs), []);
    }
  });
});

it('takes every option by which Puppeteer is launched', async () => {
  const lighthouse = locateLighthouse();
  assert.ok(lighthouse.found);
  const puppeteer = createRequire(lighthouse.path).resolve('puppeteer-core/package.json');
  const types = await readFile(join(dirname(puppeteer), 'lib', 'types.d.ts'), 'utf8');
  const theirs = ['ConnectOptions', 'LaunchOptions'].flatMap((name) => membersOf(name, types));
  assert.ok(theirs.includes('args') && theirs.includes('slowMo'));
  assert.deepEqual(without(theirs, ours('ci.collect.puppeteerLaunchOptions')), []);
  // Names of older versions.
  assert.deepEqual(without(ours('ci.collect.puppeteerLaunchOptions'), theirs), ['ignoreHTTPSErrors', 'product']);
});

function membersOf(name: string, types: string): readonly string[] {
  const body =
    new RegExp(`^export declare interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)^\\}`, 'm').exec(types)?.[1] ?? '';
  return [...body.matchAll(/^ {2}(\w+)\??:/gm)].map(([, member = '']) => member);
}
