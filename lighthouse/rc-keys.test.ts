import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { formatDiagnostic } from '../core/errors.ts';
import { planAssertions } from './assert-plan.ts';
import { readRc } from './rc.ts';
import { RC_LEVELS } from './rc-levels.ts';

const LHCI = join(dirname(createRequire(import.meta.url).resolve('@lhci/cli/package.json')), 'src', 'cli.js');
const folders: string[] = [];
after(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

type Files = Readonly<Record<string, string>>;

/** What is said of the first of these files, with the names of the files alone; nothing when it is right. */
async function problemsOf(files: Files): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'vigie-rc-keys-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const read = await readRc(join(folder, Object.keys(files)[0] ?? ''), LHCI);
  const outcome = read.ok ? await planAssertions(read.rc, { lhci: LHCI, lighthouse: '13.5.0' }) : read;
  return outcome.ok ? [] : outcome.problems.map((problem) => formatDiagnostic(problem).replaceAll(`${folder}/`, ''));
}

function problemsIn(rc: unknown): Promise<readonly string[]> {
  return problemsOf({ 'lighthouserc.json': JSON.stringify(rc) });
}

const assertions = { 'speed-index': 'error' };
const section = { assertions };
const unknown = (path: string, key: string) => `lighthouserc.json: ${path}'${key}' is not known here`;
const ignored = (path: string, key: string) => `${unknown(path, key)}; Lighthouse CI would ignore it in silence`;
const settings = (value: unknown) => ({ ci: { collect: { settings: value } } });

const REFUSED: readonly (readonly [rc: unknown, says: string])[] = [
  [{ ci: { asert: section } }, `${ignored('ci: ', 'asert')} – did you mean 'assert'?`],
  [{ ci: { Assert: section } }, `${ignored('ci: ', 'Assert')} – did you mean 'assert'?`],
  [{ lhci: { asert: section } }, `${ignored('lhci: ', 'asert')} – did you mean 'assert'?`],
  [{ ci: {}, assert: section }, `${unknown('', 'assert')} – 'assert' belongs in 'ci'`],
  [{ ci: { collect: { assert: section } } }, `${unknown('ci.collect: ', 'assert')} – 'assert' belongs in 'ci'`],
  [{ ci: { assert: { assert: section } } }, `${unknown('ci.assert: ', 'assert')} – 'assert' belongs in 'ci'`],
  [
    { ci: section },
    `${unknown('ci: ', 'assertions')} – 'assertions' belongs in 'ci.assert' or 'ci.assert.assertMatrix[]'`,
  ],
  [
    settings(section),
    `${unknown('ci.collect.settings: ', 'assertions')} – 'assertions' belongs in 'ci.assert' or 'ci.assert.assertMatrix[]'`,
  ],
  [
    { ci: { assert: { asertions: assertions } } },
    `${ignored('ci.assert: ', 'asertions')} – did you mean 'assertions'?`,
  ],
  [
    { ci: { assert: { assertMatrix: [section, { assertion: assertions }] } } },
    `${ignored('ci.assert.assertMatrix.1: ', 'assertion')} – did you mean 'assertions'?`,
  ],
  [
    { ci: { assert: { minScore: 1 } } },
    `${unknown('ci.assert: ', 'minScore')} – 'minScore' belongs in the limits of an assertion, ['error', { … }]`,
  ],
  [
    { ci: { assert: { assertions: { a: ['error', { minscore: 1 }] } } } },
    `${ignored('ci.assert.assertions.a.1: ', 'minscore')} – did you mean 'minScore'?`,
  ],
  [
    { ci: { assert: { assertions: { a: ['eror', {}] } } } },
    "lighthouserc.json: ci.assert.assertions.a.0: 'eror' is no level: write 'off', 'warn' or 'error'",
  ],
  [{ ci: { collect: { setings: {} } } }, `${ignored('ci.collect: ', 'setings')} – did you mean 'settings'?`],
  [{ ci: { collect: { numberOfRun: 1 } } }, `${ignored('ci.collect: ', 'numberOfRun')} – did you mean 'numberOfRuns'?`],
  [
    { ci: { collect: { chromeFlags: '' } } },
    `${unknown('ci.collect: ', 'chromeFlags')} – 'chromeFlags' belongs in 'ci.collect.settings'`,
  ],
  [
    settings({ onlyCategory: [] }),
    `${ignored('ci.collect.settings: ', 'onlyCategory')} – did you mean 'onlyCategories'?`,
  ],
  [settings({ 'only-audits': [] }), `${ignored('ci.collect.settings: ', 'only-audits')} – did you mean 'onlyAudits'?`],
  [
    settings({ throttling: { rttMS: 1 } }),
    `${ignored('ci.collect.settings.throttling: ', 'rttMS')} – did you mean 'rttMs'?`,
  ],
  [
    settings({ screenEmulation: { wdith: 1 } }),
    `${ignored('ci.collect.settings.screenEmulation: ', 'wdith')} – did you mean 'width'?`,
  ],
  [
    settings({ budgetPath: 'b' }),
    `${ignored('ci.collect.settings: ', 'budgetPath')} – Lighthouse has no budgets since 12: write 'budgetsFile' in 'ci.assert'`,
  ],
  [
    settings({ maxWaitForLoad: '45s' }),
    'lighthouserc.json: ci.collect.settings.maxWaitForLoad: Invalid input: expected number, received string',
  ],
  [
    { ci: { collect: { puppeteerLaunchOptions: { arg: [] } } } },
    `${ignored('ci.collect.puppeteerLaunchOptions: ', 'arg')} – did you mean 'args'?`,
  ],
  [{ ci: { upload: { taget: '' } } }, `${ignored('ci.upload: ', 'taget')} – did you mean 'target'?`],
  [
    { ci: { upload: { assertions } } },
    `${unknown('ci.upload: ', 'assertions')} – 'assertions' belongs in 'ci.assert' or 'ci.assert.assertMatrix[]'`,
  ],
  [{ ci: { collect: { extends: 'a' } } }, `${unknown('ci.collect: ', 'extends')} – 'extends' belongs in 'ci'`],
  [{ ci: {}, extends: 'a' }, `${unknown('', 'extends')} – 'extends' belongs in 'ci'`],
  [{ 'ci:server': { assert: section } }, `${unknown('ci:server: ', 'assert')} – 'assert' belongs in 'ci'`],
  [
    { ci: { assert: section }, lhci: { assert: section } },
    "lighthouserc.json: lhci.assert: 'assert' stands in 'ci' too, where Lighthouse CI would ignore it in silence – keep one of them",
  ],
  [{ ci: [] }, 'lighthouserc.json: ci: Invalid input: expected object, received array'],
  [{ ci: null }, 'lighthouserc.json: ci: Invalid input: expected object, received null'],
  [{ ci: { assert: null } }, 'lighthouserc.json: ci.assert: Invalid input: expected object, received null'],
  [
    { ci: { assert: { preset: 'lighthouse:recomended' } } },
    "lighthouserc.json: ci.assert.preset: there is no preset 'lighthouse:recomended' – did you mean 'lighthouse:recommended'?",
  ],
];

/** At a level such as `ci.assert.assertMatrix[]`; what stands first in a list is right for the limits of an assertion. */
function fileWithKey(at: string, key: string): unknown {
  const path = at.split(/\.|(?=\[\])/).filter((part) => part !== '');
  const wrap = (inner: unknown, part: string) => (part === '[]' ? ['error', inner] : { [part]: inner });
  return path.reduceRight(wrap, { [key]: '' });
}

describe('a key that Lighthouse CI would ignore', () => {
  for (const [rc, says] of REFUSED)
    it(`is refused: ${JSON.stringify(rc)}`, async () => assert.deepEqual(await problemsIn(rc), [says]));

  it('is refused at every level, whichever it is', async () => {
    for (const { at, keys } of RC_LEVELS)
      for (const key of keys) {
        const problems = await problemsIn(fileWithKey(at, `${key}x`));
        const found = problems.find((one) => one.includes(`'${key}x' is not known here`)) ?? problems.join('; ');
        assert.match(found, /did you mean/, `${at} ${key}`);
      }
  });

  it('is told with all others of the file', async () => {
    const said = await problemsIn({
      asert: {},
      ci: { colect: {}, collect: { foo: 1, url: 3 }, assert: { assertions: { a: 1 } } },
    });
    assert.equal(said.length, 5, said.join('\n'));
  });
});

describe('a section that asserts nothing', () => {
  const off = { 'speed-index': 'off' };
  const empty: readonly unknown[] = [
    {},
    { assertions: {} },
    { assertions: off },
    { assertMatrix: [] },
    { assertMatrix: [{ matchingUrlPattern: '.*', assertions: off }] },
    { assertMatrix: [section, { matchingUrlPattern: '.*' }] },
    { aggregationMethod: 'median', includePassedAssertions: true },
  ];
  for (const value of empty)
    it(`is refused: ${JSON.stringify(value)}`, async () => {
      assert.match((await problemsIn({ ci: { assert: value } })).join(), /ci\.assert.*: asserts nothing: .* – write/);
    });
});

describe('a file of another format', () => {
  const mistyped = /lighthouserc\.\w+: ci: 'asert' is not known here.*did you mean 'assert'/;
  const files: Files = {
    'lighthouserc.yml': 'ci:\n  asert:\n    assertions:\n      speed-index: error\n',
    'lighthouserc.cjs': 'module.exports = { ci: { asert: { assertions: {} } } };',
  };
  for (const [name, text] of Object.entries(files))
    it(`is as strict: ${name}`, async () => assert.match((await problemsOf({ [name]: text })).join(), mistyped));

  it('may leave a section undefined, which hides none of what it extends', async () => {
    const base = JSON.stringify({ ci: { assert: { preset: 'lighthouse:al' } } });
    const script = "module.exports = { ci: { extends: './base.json', assert: undefined } };";
    assert.match(
      (await problemsOf({ 'lighthouserc.cjs': script, 'base.json': base })).join(),
      /^base\.json: .*no preset/,
    );
  });
});

describe('files that are extended', () => {
  it('are named by what is wrong with them', async () => {
    const said = await problemsOf({
      'lighthouserc.json': '{"ci":{"extends":"./base.yml","colect":{}}}',
      'base.yml': 'ci:\n  asert: {}\n  extends: ./third.json\n',
      'third.json': '{"ci":{"extends":"./none.json","assert":{"assertions":{"a":"eror"}}}}',
    });
    assert.deepEqual(
      said.map((one) => one.slice(0, one.indexOf(': ', one.indexOf(': ') + 2))),
      ['lighthouserc.json: ci', 'base.yml: ci', 'third.json: ci.assert.assertions.a', 'none.json: cannot be read'],
    );
  });
});

describe('a key that stands twice', () => {
  it('is refused in JSON, which keeps only the last', async () => {
    const text = String.raw`{"ci":{"assert":{"assertions":{"a,{\"":["error",{"minScore":1,"minScore":0}],"b":["off"],"b":"warn"}},"assert":{"assertions":{"c":"warn"}}}}`;
    assert.deepEqual(
      (await problemsOf({ 'lighthouserc.json': text })).map((one) => one.split(': ').slice(1, 3).join(': ')),
      [
        'ci.assert.assertions.a,{".1.minScore: stands twice; of two the first would be ignored in silence – keep one of them',
        'ci.assert.assertions.b: stands twice; of two the first would be ignored in silence – keep one of them',
        'ci.assert: stands twice; of two the first would be ignored in silence – keep one of them',
      ],
    );
  });

  it('is refused in YAML, by its reader', async () => {
    const yaml = 'ci:\n  assert:\n    assertions:\n      a: error\n  assert:\n    assertions:\n      b: off\n';
    assert.match((await problemsOf({ 'lighthouserc.yml': yaml })).join(), /duplicated mapping key/);
  });
});

describe('a budgets file', () => {
  const budgets = (text: string) =>
    problemsOf({ 'lighthouserc.json': '{"ci":{"assert":{"budgetsFile":"b.json"}}}', 'b.json': text });
  const refused: readonly (readonly [string, RegExp])[] = [
    ['[{"timing":[]}]', /^b\.json: 0: 'timing' is not known here – did you mean 'timings'\?$/],
    ['[{"resourceCount":[]}]', /0: 'resourceCount' is not known here – did you mean 'resourceCounts'/],
    [
      '[{"resourceSizes":[{"resourceType":"script","budgets":1}]}]',
      /0\.resourceSizes\.0: 'budgets' is not known here – did you mean 'budget'/,
    ],
    ['[{"timings":[],"timings":[{"metric":"interactive","budget":1}]}]', /0\.timings: stands twice/],
    ['[]', /^b\.json: asserts nothing/],
    ['[{"path":"/"}]', /^b\.json: asserts nothing/],
  ];
  for (const [text, says] of refused)
    it(`is refused: ${text}`, async () => assert.match((await budgets(text)).join('\n'), says));
});

describe('what Lighthouse CI understands', () => {
  const accepted: readonly unknown[] = [
    {
      $schema: './rc.schema.json',
      '//': 'ours',
      ci: { '//': ['a', 'b'], collect: { '//': 'a', settings: { '//': 'a' } } },
    },
    { lhci: { assert: section } },
    { ci: { collect: { numberOfRuns: 1 } }, lhci: { assert: section } },
    { 'ci:client': { assert: section }, 'ci:server': { server: { port: 1 } } },
    {
      ci: {
        collect: {
          staticDistDir: './dist',
          maxAutodiscoverUrls: 1,
          startServerCommand: 'a',
          startServerReadyPattern: 'b',
          psiApiKey: 'c',
        },
      },
    },
    { ci: { upload: { target: 'lhci', basicAuth: { username: 'a', password: 'b' }, extraHeaders: { a: 'b' } } } },
    {
      ci: {
        server: {
          storage: { sqlDialect: 'sqlite', sequelizeOptions: { any: 1 } },
          deleteOldBuildsCron: [{ schedule: '* * * * *', maxAgeInDays: 1 }],
        },
      },
    },
    { ci: { wizard: { serverBaseUrl: 'http://a/', storage: {} } } },
    {
      ci: {
        assert: {
          assertions: { 'resource-summary.script.size': ['error', { maxNumericValue: 1 }], a: ['warn'], b: 'off' },
        },
      },
    },
  ];
  for (const rc of accepted)
    it(`is accepted: ${JSON.stringify(rc)}`, async () => assert.deepEqual(await problemsIn(rc), []));
});
