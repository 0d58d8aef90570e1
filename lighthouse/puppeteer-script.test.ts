import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, it } from 'node:test';
import { promisify } from 'node:util';
import { z } from 'zod';
import { locateChromium, locateLhci } from '../process/locate-tools.ts';
import { collectConfig } from './arguments.ts';
import { auditOptions } from './options.ts';
import { layOutPuppeteer } from './puppeteer-script.ts';
import { emptyRc, type LighthouseRc } from './rc.ts';

const run = promisify(execFile);
const found = await locateChromium();
const CHROMIUM = found.found ? found.path : undefined;
let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigie-puppeteer-'));
});
after(() => rm(folder, { recursive: true, force: true }));

/** What Lighthouse CI itself does before each audit. */
const CALL = `
const Manager = require(process.argv[1]);
const options = JSON.parse(require('node:fs').readFileSync('lighthouserc.json', 'utf8')).ci.collect;
const manager = new Manager(options);
(async () => { for (const url of ['http://a/1', 'http://a/2']) await manager.invokePuppeteerScriptForUrl(url); process.exit(0); })();`;

it('runs a puppeteer script where it belongs, with the files there', { skip: CHROMIUM === undefined }, async () => {
  const [project, cwd] = [join(folder, 'a project'), join(folder, 'work')];
  const files: Readonly<Record<string, string>> = {
    'user.txt': 'ada',
    'audits/login.cjs': `
      const fs = require('node:fs');
      const user = fs.readFileSync('user.txt', 'utf8');
      module.exports = async (browser, { url }) => fs.appendFileSync('seen.txt', [user, browser.connected, url].join(' ') + '\\n');`,
  };
  await mkdir(cwd);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(project, name)), { recursive: true });
    await writeFile(join(project, name), text);
  }
  const none = emptyRc(project);
  const rc: LighthouseRc = { ...none, collect: { ...none.collect, puppeteerScript: './audits/login.cjs' } };
  const common = { urls: [], runs: 1, chromium: CHROMIUM ?? '', headersFile: undefined, isRoot: true };
  const config = collectConfig({ rc, options: auditOptions.parse({}), formFactor: 'mobile', ...common });
  await writeFile(join(cwd, 'lighthouserc.json'), JSON.stringify(config));
  await layOutPuppeteer(rc, cwd);
  const lhci = locateLhci();
  assert.ok(lhci.found);
  const manager = join(dirname(lhci.path), 'collect/puppeteer-manager.js');
  await run(process.execPath, ['--eval', CALL, manager], { cwd, timeout: 60_000 });
  assert.equal(await readFile(join(project, 'seen.txt'), 'utf8'), 'ada true http://a/1\nada true http://a/2\n');
  const collect = z.object({ ci: z.object({ collect: z.object({ puppeteerScript: z.string() }) }) }).parse(config);
  assert.equal(collect.ci.collect.puppeteerScript, 'puppeteer-script.cjs');
});
