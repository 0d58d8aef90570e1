import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runProcess } from '../../process/run-process.ts';
import { openSmallSite, type SmallSite } from '../package/small-site.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** A space, a letter that is not ASCII, and what has a meaning in URLs, regular expressions, globs and shells. */
const CLONE = 'a b é #%41';
const PROJECT = `shop ?&+;! (x) [y] {z} $HOME 'q' "d"`;
const ENGINE = ['app', 'alerts', 'config', 'core', 'lighthouse', 'load', 'outbound', 'process', 'reporters', 'results'];
const LIMIT_MS = 5 * 60 * 1_000;

/** A project as a user has one: every file has a neighbour that it reads, so that paths are made from paths. */
const FILES: Readonly<Record<string, string>> = {
  'page.ts': `export const page: string = '/en/';`,
  'journeys/word.cjs': `exports.word = 'Welcome';`,
  'journeys/home.ts': `import { journey } from 'vigie';
    import { page as path } from '../page.ts';
    import { word } from './word.cjs';
    export default journey('home', async ({ page, step, expect }) => {
      await step('open', async () => {
        await page.goto(path);
        await expect(page.getByRole('heading')).toHaveText(word);
      });
    });`,
  'load/word.txt': 'Welcome',
  'load/smoke.ts': `import http from 'k6/http';
    import { check } from 'k6';
    import { page } from '../page.ts';
    const word = open('./word.txt');
    export const options = { vus: 1, iterations: 1 };
    export default function () {
      check(http.get(__ENV.VIGIE_TARGET + page), { greets: ({ body }) => body.includes(word) });
    }`,
  'playwright.config.ts': `import { defineConfig } from '@playwright/test';
    export default defineConfig({
      testDir: './specs',
      use: { launchOptions: { executablePath: process.env.VIGIE_CHROMIUM, chromiumSandbox: false } },
    });`,
  'specs/home.spec.ts': `import { expect, test } from '@playwright/test';
    import { page as path } from '../page';
    test('greets', async ({ page }) => {
      await page.goto(process.env.VIGIE_TARGET + path);
      await expect(page.getByRole('heading')).toHaveText('Welcome');
    });`,
};

function configFor(url: string): string {
  return `import { auditCheck, defineConfig, httpCheck, journeyCheck, loadCheck, specCheck } from 'vigie';
    import { page } from './page.ts';
    export default defineConfig({
      target: { name: 'shop', url: '${url}', environment: 'test' },
      checks: [
        httpCheck('probe', { every: '1m', url: page }),
        journeyCheck('journey', { every: '5m', file: 'journeys/home.ts' }),
        specCheck('spec', { every: '5m', folder: '.', files: ['specs/home.spec.ts'] }),
        loadCheck('load', { every: '1h', script: 'load/smoke.ts' }),
        auditCheck('audit', { every: '1h', runs: 1, pages: [page], formFactors: ['mobile'] }),
      ],
    });`;
}

describe('engine and project in folders with odd letters', () => {
  let root: string;
  let site: SmallSite;
  let project: string;
  before(async () => {
    site = await openSmallSite();
    root = mkdtempSync(join(tmpdir(), 'vigie-odd-folders-'));
    const clone = join(root, CLONE);
    project = join(clone, PROJECT);
    layClone(clone);
    for (const [file, text] of Object.entries({ ...FILES, 'vigie.config.ts': configFor(site.url) })) {
      mkdirSync(dirname(join(project, file)), { recursive: true });
      writeFileSync(join(project, file), text);
    }
  });
  after(async () => {
    rmSync(root, { recursive: true, force: true });
    await site.close();
  });

  it('measure with every tool: probe, journey, spec check, load and audit', async () => {
    const ran = await vigie('run', '--json');
    const { runs }: { runs: readonly { check: string; verdict: { status: string } }[] } = JSON.parse(ran.stdout);
    // A busy machine may cross a limit that only warns.
    assert.deepEqual(
      runs.map(({ check, verdict }) => [check, verdict.status.replace('degraded', 'passed')]),
      ['probe', 'journey', 'spec', 'load', 'audit'].map((check) => [check, 'passed']),
      ran.stdout + ran.stderr,
    );
    assert.equal(ran.code, 0);
  });

  async function vigie(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const ending = await runProcess({
      command: process.execPath,
      args: [join(root, CLONE, 'app', 'main.ts'), ...args],
      cwd: project,
      env: { ...process.env, NO_COLOR: '1' },
      deadlineMs: LIMIT_MS,
    });
    assert.ok(ending.how === 'exited', JSON.stringify(ending));
    return ending;
  }
});

/** What runs of a clone, its packages included: what they make of their own place is part of what is tested. */
function layClone(clone: string): void {
  mkdirSync(clone);
  for (const folder of [...ENGINE, 'scheduler', 'synthetic', 'web'])
    cpSync(join(ROOT, folder), join(clone, folder), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(clone, 'package.json'));
  const [from, to] = [join(ROOT, 'node_modules'), join(clone, 'node_modules')];
  // Links cost a second, a copy half a minute; they cannot lead to another file system.
  if (spawnSync('cp', ['-al', from, to]).status !== 0) cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  symlinkSync('..', join(to, 'vigie'));
}
