import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { formatDiagnostic } from '../core/errors.ts';
import { type AssertRow, planAssertions } from './assert-plan.ts';
import { lighthouseBehind } from './installed.ts';
import { type LighthouseRc, ownFormFactor, readRc } from './rc.ts';

const LHCI = join(dirname(createRequire(import.meta.url).resolve('@lhci/cli/package.json')), 'src', 'cli.js');
const folders: string[] = [];
after(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vigie-rc-test-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

async function read(files: Readonly<Record<string, string>>, name = 'lighthouserc.json'): Promise<LighthouseRc> {
  const outcome = await readRc(join(await folderWith(files), name), LHCI);
  if (!outcome.ok) throw new Error(outcome.problems.map(formatDiagnostic).join('\n'));
  return outcome.rc;
}

function readCi(ci: unknown): Promise<LighthouseRc> {
  return read({ 'lighthouserc.json': JSON.stringify({ ci }) });
}

async function plan(assert: unknown, lighthouse = '13.5.0'): Promise<readonly AssertRow[]> {
  const outcome = await planAssertions(await readCi({ assert }), { lhci: LHCI, lighthouse });
  if (!outcome.ok) throw new Error(outcome.problems.map(formatDiagnostic).join('\n'));
  return outcome.rows;
}

describe('lighthouserc', () => {
  it('is read with one URL or several, flags as text or list', async () => {
    const rc = await readCi({ collect: { url: 'http://a/', settings: { chromeFlags: ['--a', '--b'], locale: 'fr' } } });
    assert.deepEqual(rc.collect.url, ['http://a/']);
    assert.equal(rc.collect.settings.chromeFlags, '--a --b');
    assert.equal(rc.collect.settings.locale, 'fr');
  });

  it('has the form factor of its preset or setting', async () => {
    assert.equal(ownFormFactor(await readCi({})), 'mobile');
    assert.equal(ownFormFactor(await readCi({ collect: { settings: { preset: 'desktop' } } })), 'desktop');
    assert.equal(ownFormFactor(await readCi({ collect: { settings: { formFactor: 'desktop' } } })), 'desktop');
  });

  it('is merged with what it extends', async () => {
    const rc = await read({
      'base.json': JSON.stringify({ ci: { collect: { numberOfRuns: 5, settings: { throttlingMethod: 'devtools' } } } }),
      'lighthouserc.json': JSON.stringify({ ci: { extends: './base.json', collect: { numberOfRuns: 2 } } }),
    });
    assert.equal(rc.collect.numberOfRuns, 2);
    assert.equal(rc.collect.settings.throttlingMethod, 'devtools');
  });

  it('is read as YAML and JavaScript by the loader of Lighthouse CI', async () => {
    const yaml = await read({ 'lighthouserc.yml': 'ci:\n  collect:\n    numberOfRuns: 4\n' }, 'lighthouserc.yml');
    const script = 'module.exports = { ci: { collect: { numberOfRuns: 6 } } };';
    const javascript = await read({ 'lighthouserc.cjs': script }, 'lighthouserc.cjs');
    assert.deepEqual([yaml.collect.numberOfRuns, javascript.collect.numberOfRuns], [4, 6]);
  });

  const broken: readonly (readonly [string, string, RegExp])[] = [
    ['half a JSON', '{"ci":', /lighthouserc\.json: cannot be read: .*JSON/],
    ['no ci key', '{"collect":{}}', /no key 'ci'/],
    ['a mistyped section', '{"ci":{"assert":{"assertion":{}}}}', /'assertion' is not known.*did you mean 'assertions'/],
    ['the PageSpeed method', '{"ci":{"collect":{"method":"psi"}}}', /ci\.collect\.method: only the method node/],
    ['no runs', '{"ci":{"collect":{"numberOfRuns":0}}}', /ci\.collect\.numberOfRuns/],
    ['a circle', '{"ci":{"extends":"./lighthouserc.json"}}', /extend each other/],
  ];
  for (const [name, text, message] of broken) {
    it(`is refused with ${name}`, () => assert.rejects(read({ 'lighthouserc.json': text }), message));
  }
});

describe('assertions', () => {
  it('become rules with the least score that Lighthouse CI would ask for', async () => {
    const [row] = await plan({ assertions: { 'speed-index': 'warn', 'is-on-https': ['error', {}], viewport: 'off' } });
    assert.deepEqual(
      row?.rules.map(({ key, level, minScore }) => [key, level, minScore]),
      [
        ['speed-index', 'warn', 0.9],
        ['is-on-https', 'fail', 0.9],
      ],
    );
  });

  it('take the aggregation of their group unless they name one', async () => {
    const rule = ['error', { minScore: 1, aggregationMethod: 'median' }];
    const [row] = await plan({
      aggregationMethod: 'pessimistic',
      assertions: { 'speed-index': 'error', 'is-on-https': rule },
    });
    assert.deepEqual(
      row?.rules.map(({ aggregation }) => aggregation),
      ['pessimistic', 'median'],
    );
  });

  it('of a matrix keep their patterns', async () => {
    const rows = await plan({
      assertMatrix: [{ matchingUrlPattern: '/parts', assertions: { 'speed-index': 'error' } }],
    });
    assert.equal(rows[0]?.pattern, '/parts');
  });

  const refused: readonly (readonly [string, unknown, RegExp])[] = [
    [
      'a mistyped limit',
      { assertions: { 'speed-index': ['error', { minScor: 1 }] } },
      /speed-index.*'minScor' is not known.*'minScore'/,
    ],
    ['a mistyped level', { assertions: { 'speed-index': 'fail' } }, /ci\.assert\.assertions\.speed-index/],
    ['a score out of range', { assertions: { 'speed-index': ['error', { minScore: 90 }] } }, /minScore/],
    ['a matrix beside assertions', { assertions: {}, assertMatrix: [] }, /'assertMatrix' excludes/],
    ['budgets beside assertions', { assertions: {}, budgetsFile: 'b.json' }, /'budgetsFile' excludes/],
    ['a bad pattern', { assertMatrix: [{ matchingUrlPattern: '(', assertions: {} }] }, /not a regular expression/],
    ['an unknown preset', { preset: 'lighthouse:best' }, /no preset 'lighthouse:best'/],
    ['a missing budgets file', { budgetsFile: 'none.json' }, /none\.json.*cannot be read/],
  ];
  for (const [name, section, message] of refused) {
    it(`are refused with ${name}`, () => assert.rejects(plan(section), message));
  }

  it('of a preset are refused on Lighthouse 13 with the audits it no longer has', async () => {
    const refusal =
      /'lighthouse:recommended' asserts 2\d audits that Lighthouse 13\.5\.0 does not have: .*render-blocking-resources.*explicit/;
    await assert.rejects(plan({ preset: 'lighthouse:recommended' }), refusal);
  });

  it('of a preset are those of the installed Lighthouse CI on Lighthouse 12, with what the file changes', async () => {
    const [row] = await plan({ preset: 'lighthouse:no-pwa', assertions: { viewport: 'off' } }, '12.6.1');
    assert.ok((row?.rules.length ?? 0) > 100);
    assert.ok(!row?.rules.some(({ auditId }) => auditId === 'viewport'));
  });
});

describe('a budgets file', () => {
  async function planBudgets(budgets: unknown): Promise<readonly AssertRow[]> {
    const rc = await read({
      'lighthouserc.json': JSON.stringify({ ci: { assert: { budgetsFile: 'budget.json' } } }),
      'budget.json': JSON.stringify(budgets),
    });
    const outcome = await planAssertions(rc, { lhci: LHCI, lighthouse: '13.5.0' });
    if (!outcome.ok) throw new Error(outcome.problems.map(formatDiagnostic).join('\n'));
    return outcome.rows;
  }

  it('becomes assertions, sizes from KiB to bytes', async () => {
    const [row] = await planBudgets([
      {
        path: '/parts*',
        resourceSizes: [{ resourceType: 'script', budget: 10 }],
        resourceCounts: [{ resourceType: 'total', budget: 9 }],
        timings: [{ metric: 'interactive', budget: 5000 }],
      },
    ]);
    assert.deepEqual(
      row?.rules.map(({ key, maxNumericValue }) => [key, maxNumericValue]),
      [
        ['interactive', 5000],
        ['resource-summary:total:count', 9],
        ['resource-summary:script:size', 10_240],
      ],
    );
    assert.ok(new RegExp(row?.pattern ?? '$^').test('http://a/parts?q=1'));
    assert.ok(!new RegExp(row?.pattern ?? '').test('http://a/other'));
  });

  it('is refused with an unknown resource type', () =>
    assert.rejects(planBudgets([{ resourceSizes: [{ resourceType: 'scripts', budget: 1 }] }]), /resourceType/));
});

it('tells which Lighthouse a Lighthouse CI will start', async () => {
  assert.match((await lighthouseBehind(LHCI)) ?? '', /^1[23]\.\d+\.\d+$/);
  assert.equal(await lighthouseBehind('/nonexistent/lhci'), undefined);
});
