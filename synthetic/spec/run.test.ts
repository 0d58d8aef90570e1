import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { checkId, runId } from '../../core/identifiers.ts';
import { type Judgement, judge } from '../../core/judge.ts';
import { SILENT_LOG } from '../../core/log.ts';
import type { Observation } from '../../core/observation.ts';
import { CHROMIUM, realClock, secretsOf, toolsWith } from '../testing/surroundings.ts';
import { specKind } from './kind.ts';
import type { SpecInput } from './options.ts';

/** Written to a folder of their own: they are a user's project, which knows nothing of us. */
const FILES: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "user-project", "type": "commonjs" }',
  'playwright.config.ts': `
    import { defineConfig } from '@playwright/test';
    export default defineConfig({ reporter: [['html', { open: 'always' }], ['line']], use: { launchOptions: { executablePath: process.env.WHICH ?? process.env.VIGIE_CHROMIUM } } });`,
  'timeout.config.ts': `import { defineConfig } from '@playwright/test'; export default defineConfig({ globalTimeout: 1500 });`,
  'broken.config.ts': 'export default { workers: "many" ',
  'good.spec.ts': `
    import { expect, test } from '@playwright/test';
    enum Step { add = 'add' }
    test('adds', async () => { await test.step(Step.add, () => expect(1 + 1).toBe(2)); });
    test('is left out @later', () => { test.skip(); });
    test('is known to fail', () => { test.fail(); expect(1).toBe(2); });
    test('tells the target', () => { expect(process.env.VIGIE_TARGET).toBe('http://127.0.0.1:9'); expect(process.env.PASSWORD).toBe('hunter2hunter2'); expect(process.env.VIGIE_TEST_HIDDEN).toBe(undefined); });`,
  'bad.spec.ts': `
    import { expect, test } from '@playwright/test';
    test('says the secret', async ({}, info) => { await info.attach('note', { body: process.env.PASSWORD ?? 'none', contentType: 'text/plain' }); expect(process.env.PASSWORD ?? 'none').toBe('another'); });
    test('is slow', async () => { test.setTimeout(100); await new Promise(() => {}); });
    test('passes unexpectedly', () => { test.fail(); });`,
  'many.spec.ts': `
    import { expect, test } from '@playwright/test';
    for (let number = 1; number <= 300; number += 1) test(\`passes \${number}\`, () => { expect(1).toBe(1); });
    test('fails', () => { expect(1).toBe(2); });`,
  'parts.config.ts': `
    import { defineConfig } from '@playwright/test';
    const match = (name: string) => ({ name, testMatch: new RegExp(\`\${name}[.]spec\`) });
    export default defineConfig({ repeatEach: 2, projects: [
      { ...match('parts-before'), teardown: 'parts-after' }, match('parts-after'), { ...match('parts-main'), dependencies: ['parts-before'] },
    ] });`,
  'parts-before.spec.ts': `import { expect, test } from '@playwright/test'; test('before', () => { expect(1).toBe(1); });`,
  'parts-after.spec.ts': `import { expect, test } from '@playwright/test'; test('after', () => { expect(1).toBe(1); });`,
  'parts-main.spec.ts': `
    import { expect, test } from '@playwright/test';
    test.describe.serial('in order', () => { test('one', () => { expect(1).toBe(1); }); test('two', () => { test.skip(); }); test('three', () => { expect(1).toBe(1); }); });
    test.describe('left out as a whole', () => { test.beforeAll(() => { test.skip(); }); test('four', () => {}); test('five', () => {}); });
    test.describe.skip('left out', () => { test('six', () => {}); });
    test.fixme('later', () => {});`,
  'flaky.spec.ts': `
    import { expect, test } from '@playwright/test';
    test('wobbles', ({}, info) => { expect(info.retry).toBe(1); });`,
  'writers.config.ts': `
    import { defineConfig } from '@playwright/test';
    export default defineConfig({ outputDir: './own-output', reporter: [['json', { outputFile: 'own/r.json' }], ['junit', { outputFile: 'own/j.xml' }], ['blob'], ['html', { outputFolder: 'own/pages' }]] });`,
  'writes.spec.ts': `
    import { writeFileSync } from 'node:fs';
    import { expect, test } from '@playwright/test';
    test('leaves files', ({}, info) => {
      for (const name of ['report.ndjson', 'output.json', 'pages.html']) writeFileSync(info.project.outputDir + '/../' + name, '{"type":"test"}\\n');
      writeFileSync(info.outputPath('own.txt'), 'x');
      expect(info.project.outputDir).not.toContain('own-output');
    });`,
  'skipped.spec.ts': `import { test } from '@playwright/test'; test.skip('later', () => {});`,
  'only.spec.ts': `import { test } from '@playwright/test'; test.only('focused', () => {}); test('forgotten', () => {});`,
  'program.spec.ts': `import { test } from '@playwright/test'; test('is wrong', () => { (undefined as any).x(); });`,
  'invalid.spec.ts': `import { test } from '@playwright/test'; import './missing'; test('never', () => {});`,
  'browser.spec.ts': `
    import { expect, test } from '@playwright/test';
    test('opens a page', async ({ page }) => { await page.setContent('<h1>hi</h1>'); await expect(page.getByRole('heading')).toHaveText('hi'); });`,
  'waits.spec.ts': `
    import { expect, test } from '@playwright/test';
    test.use({ actionTimeout: 200 });
    test('presses', async ({ page }) => { await page.locator('#buy').click(); });
    test('reads', async ({ page }) => { await page.setContent('<h1>hi</h1>'); await expect(page.getByRole('heading')).toHaveText('ho', { timeout: 200 }); });
    test('is late', async ({ page }) => { test.setTimeout(1_500); await page.locator('#sell').click({ timeout: 0 }); });
    test('goes', async ({ page }) => { await page.setContent('<h1>hi</h1>'); await page.waitForURL('**/thanks', { timeout: 200 }); });`,
  'stuck.spec.ts': `
    import { expect, test } from '@playwright/test';
    test('waits for a button', async ({ page }) => { test.setTimeout(0); await page.setContent('<h1>hi</h1>'); await expect(page.getByRole('heading')).toHaveText('hi'); await page.locator('#buy').click(); });`,
  'hangs.spec.ts': `import { test } from '@playwright/test'; test('waits', async () => { test.setTimeout(0); await new Promise((done) => setTimeout(done, 60_000)); });`,
};

type Trial = { readonly observation: Observation; readonly judgement: Judgement; readonly folder: string };

describe('a spec check', { concurrency: 2 }, () => {
  let folder: string;
  let count = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vigie-spec-test-'));
    await Promise.all(Object.entries(FILES).map(([name, text]) => writeFile(join(folder, name), text)));
    await symlink(join(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'));
  });
  after(() => rm(folder, { recursive: true }));

  const run = async (input: SpecInput, timeoutMs = 60_000): Promise<Trial> => {
    count += 1;
    const artefacts = join(folder, `artefacts-${count}`);
    await mkdir(artefacts);
    const options = specKind.schema.parse(input);
    const observation = await specKind.run(
      options,
      {
        check: { id: checkId('trial'), name: 'trial', timeoutMs },
        run: runId(0, '00000000'),
        target: { name: 'site', baseUrl: 'http://127.0.0.1:9', environment: 'test', origins: {}, production: false },
        attempt: { number: 1, purpose: 'first' },
        recording: 'standard',
        signal: AbortSignal.timeout(timeoutMs),
        clock: realClock,
        secrets: secretsOf({ PASS: 'hunter2hunter2' }),
        tools: toolsWith(CHROMIUM),
        artefactFolder: () => Promise.resolve(artefacts),
        baseFolder: folder,
        heartbeats: { lastPingAt: () => undefined, watchedSince: () => 0, listenerWasDown: () => false },
        armed: false,
        progress: () => undefined,
        log: SILENT_LOG,
      },
      undefined,
    );
    const judgement = judge(observation, { budgets: [], evidence: specKind.evidence(options) });
    return { observation, judgement, folder: artefacts };
  };
  const env = { PASSWORD: { secret: 'PASS', from: 'environment' } } as const;
  const measure = ({ observation }: Trial, name: string): number | undefined =>
    observation.measures.find((candidate) => candidate.name === name)?.value;

  it('runs the project unchanged: steps, expected failures, skips, secrets, nothing of our environment', async () => {
    const trial = await run({ files: ['good.spec.ts'], env });
    assert.equal(trial.judgement.verdict.status, 'passed', JSON.stringify(trial.judgement.verdict));
    assert.deepEqual(
      ['total', 'passed', 'failed', 'skipped'].map((name) => measure(trial, `tests.${name}`)),
      [4, 3, 0, 1],
    );
    assert.ok(trial.observation.steps.some(({ name }) => name === 'adds > add'));
    assert.match(trial.observation.tools.playwright ?? '', /^1\.65/);
  });

  it('reads none of the files that tests and reporters of the project write, two runs of it at once', async () => {
    const trials = [1, 2].map(() => run({ files: ['writes.spec.ts'], config: 'writers.config.ts' }));
    for (const { judgement } of await Promise.all(trials))
      assert.equal(judgement.verdict.status, 'passed', JSON.stringify(judgement.verdict));
  });

  it('fails on each test that failed, and keeps report, log and attachments without secrets', async () => {
    const trial = await run({ files: ['bad.spec.ts'], env });
    assert.ok(trial.judgement.verdict.status === 'failed', JSON.stringify(trial.judgement.verdict));
    const broken = trial.observation.assertions.filter(({ ok }) => !ok);
    assert.deepEqual(broken.map(({ step }) => step).sort(), ['is slow', 'passes unexpectedly', 'says the secret']);
    assert.ok(broken.some(({ expected }) => /test fails, as it says \(bad\.spec\.ts:\d+\)/.test(expected)));
    const kinds = trial.observation.artefacts.map(({ kind }) => kind);
    assert.ok(kinds.includes('report') && kinds.includes('log'), kinds.join());
    const texts = await Promise.all(
      trial.observation.artefacts.map(({ file }) => readFile(join(trial.folder, file), 'utf8')),
    );
    assert.ok(texts.some((text) => text.includes('[secret PASS]')));
    for (const text of [...texts, JSON.stringify(trial.observation)]) assert.ok(!text.includes('hunter2hunter2'));
  });

  it('says on one line what a test waited for', async () => {
    const { observation, judgement } = await run({ files: ['waits.spec.ts'] });
    assert.equal(judgement.verdict.status, 'failed', JSON.stringify(judgement.verdict));
    const said = new Map(observation.assertions.map(({ step, actual }) => [step, actual]));
    assert.equal(
      said.get('presses'),
      "failed: TimeoutError: locator.click: Timeout 200ms exceeded. (waiting for locator('#buy'))",
    );
    const read = said.get('reads') ?? '';
    for (const part of ["getByRole('heading')", '"ho"', '"hi"']) assert.equal(read.split(part).length, 2, read);
    assert.match(
      said.get('is late') ?? '',
      /^timedOut: Test timeout of 1500ms exceeded\..*waiting for locator\('#sell'\)\)$/,
    );
    assert.match(
      said.get('goes') ?? '',
      /waitForURL: Timeout 200ms exceeded\. \(waiting for navigation to "\*\*\/thanks"/,
    );
    for (const text of said.values()) assert.equal(text, stripVTControlCharacters(text).replaceAll('\n', ' '));
  });

  it('fails on the last of many tests: no list is cut before the verdict', async () => {
    const trial = await run({ files: ['many.spec.ts'] });
    assert.equal(trial.judgement.verdict.status, 'failed');
    assert.equal(measure(trial, 'tests.failed'), 1);
    assert.equal(trial.observation.assertions.length, 301);
  });

  it('is told the end of every test of projects that depend on each other, in groups, left out or repeated', async () => {
    const trial = await run({ files: [], config: 'parts.config.ts' });
    assert.equal(trial.judgement.verdict.status, 'passed', JSON.stringify(trial.judgement.verdict));
    assert.deepEqual([measure(trial, 'tests.total'), measure(trial, 'tests.skipped')], [18, 10]);
  });

  it('passes with a flaky test, and says so', async () => {
    const trial = await run({ files: ['flaky.spec.ts'], retries: 1 });
    assert.equal(trial.judgement.verdict.status, 'passed', JSON.stringify(trial.judgement.verdict));
    assert.equal(measure(trial, 'tests.flaky'), 1);
    assert.deepEqual(trial.observation.taints, ['recovered-on-retry']);
  });

  it('drives a browser that the project takes from VIGIE_CHROMIUM, and leaves no report of the project behind', async () => {
    const trial = await run({ files: ['browser.spec.ts'] });
    assert.equal(trial.judgement.verdict.status, 'passed', JSON.stringify(trial.judgement.verdict));
    const left = await readdir(folder);
    assert.deepEqual(
      left.filter((name) => /report|results/.test(name)),
      [],
    );
  });

  const faults: readonly { name: string; input: SpecInput; code: string; says: RegExp; timeoutMs?: number }[] = [
    {
      name: 'nothing matches',
      input: { files: ['good.spec.ts'], grep: 'no such title' },
      code: 'nothing-selected',
      says: /No tests found/,
    },
    { name: 'all skipped', input: { files: ['skipped.spec.ts'] }, code: 'nothing-selected', says: /All 1 tests/ },
    { name: 'test.only left over', input: { files: ['only.spec.ts'] }, code: 'script-invalid', says: /\.only/ },
    { name: 'a programming error', input: { files: ['program.spec.ts'] }, code: 'script-exception', says: /TypeError/ },
    {
      name: 'a file that cannot be loaded',
      input: { files: ['invalid.spec.ts'] },
      code: 'script-invalid',
      says: /missing/,
    },
    {
      name: 'a configuration that cannot be read',
      input: { config: 'broken.config.ts' },
      code: 'config-invalid',
      says: /broken\.config\.ts/,
    },
    { name: 'a project that is not there', input: { projects: ['opera'] }, code: 'config-invalid', says: /opera/ },
    {
      name: 'a browser that does not start',
      input: { files: ['browser.spec.ts'], env: { WHICH: '/nowhere/chromium' } },
      code: 'browser-launch',
      says: /VIGIE_CHROMIUM/,
    },
    {
      name: 'the deadline',
      input: { files: ['hangs.spec.ts'] },
      code: 'script-hung',
      says: /after 0 of 1 tests/,
      timeoutMs: 9_000,
    },
    {
      name: 'the deadline, with what was waited for',
      input: { files: ['stuck.spec.ts'] },
      code: 'script-hung',
      says: /after 0 of 1 tests; 'waits for a button' was waiting for: [^\n]*locator\('#buy'\)$/,
      timeoutMs: 12_000,
    },
    {
      name: 'the global timeout',
      input: { files: ['hangs.spec.ts'], config: 'timeout.config.ts' },
      code: 'script-hung',
      says: /global timeout/,
    },
  ];
  for (const { name, input, code, says, timeoutMs } of faults) {
    it(`is inconclusive: ${name}`, async () => {
      const { judgement } = await run(input, timeoutMs);
      assert.ok(judgement.verdict.status === 'inconclusive', JSON.stringify(judgement.verdict));
      assert.equal(judgement.verdict.fault.code, code, judgement.verdict.fault.message);
      assert.match(judgement.verdict.fault.message, says);
    });
  }
});
