import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { formatDiagnostic } from '../core/errors.ts';
import { planAssertions } from './assert-plan.ts';
import { readRc } from './rc.ts';

/* What stands in files of other people's projects. */

const LHCI = join(dirname(createRequire(import.meta.url).resolve('@lhci/cli/package.json')), 'src', 'cli.js');
let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigie-rc-strangers-'));
});
after(() => rm(folder, { recursive: true, force: true }));

async function problemsOf(name: string, text: string): Promise<readonly string[]> {
  const file = join(folder, name);
  await writeFile(file, text);
  const read = await readRc(file, LHCI);
  const outcome = read.ok ? await planAssertions(read.rc, { lhci: LHCI, lighthouse: '13.5.0' }) : read;
  return outcome.ok ? [] : outcome.problems.map((problem) => formatDiagnostic(problem).replaceAll(`${folder}/`, ''));
}

function problemsIn(rc: unknown): Promise<readonly string[]> {
  return problemsOf('lighthouserc.json', JSON.stringify(rc));
}

const assertions = { 'speed-index': 'error' };
const asserted = (more: unknown) => ({ ci: { assert: { assertions: more } } });
const settings = (value: unknown) => ({ ci: { collect: { settings: value } } });

describe('what Lighthouse CI understands is taken', () => {
  const files: readonly (readonly [name: string, text: string])[] = [
    [
      'empty.yml',
      'ci:\n  collect:\n  assert:\n    assertions:\n      speed-index: error\n  upload:\n  server:\n  wizard:\n',
    ],
    [
      'notes.json',
      '{"_why":"a","ci":{"_why":{"x":1},"// b":"","// b":"","assert":{"assertions":{"_why":"c","speed-index":["error",{"#":1}]}}}}',
    ],
    ['false.yml', 'ci:\n  assert:\n    assertions:\n      speed-index: error\n      uses-http2: false\n'],
    [
      'env.json',
      '{"ci":{"collect":{"puppeteerLaunchOptions":{"env":{"_A":"b"}},"settings":{"extraHeaders":{"_a":"b"}}}}}',
    ],
  ];
  for (const [name, text] of files) it(name, async () => assert.deepEqual(await problemsOf(name, text), []));

  it('and files that are named from the root of the project, where Lighthouse CI is started', async () => {
    const place = join(folder, '.github/lighthouse');
    await mkdir(place, { recursive: true });
    await writeFile(join(place, 'budget.json'), '[{"resourceSizes":[{"resourceType":"total","budget":300}]}]');
    for (const budgetsFile of ['.github/lighthouse/budget.json', './budget.json']) {
      const text = JSON.stringify({ ci: { assert: { budgetsFile } } });
      assert.deepEqual(await problemsOf('.github/lighthouse/lighthouserc.json', text), []);
    }
    const missing = JSON.stringify({ ci: { assert: { budgetsFile: 'none.json' } } });
    const said = await problemsOf('.github/lighthouse/lighthouserc.json', missing);
    assert.match(said.join(), /^\.github\/lighthouse\/none\.json: budgetsFile: cannot be read/);
  });

  it('and headers with names like comments stay', async () => {
    const read = await readRc(join(folder, 'env.json'), LHCI);
    assert.deepEqual(read.ok && read.rc.collect.settings.extraHeaders, { _a: 'b' });
  });

  it('and so do assertions', async () => {
    const written = { '_speed-index': 'error', '// b': ['warn', { maxLength: 1 }] };
    await problemsIn(asserted(written));
    const read = await readRc(join(folder, 'lighthouserc.json'), LHCI);
    assert.deepEqual(read.ok && read.rc.assert.assertions, written);
  });

  it('and what a changed program says now', async () => {
    const [shared, name] = [join(folder, 'shared.cjs'), 'program.cjs'];
    const program = "module.exports = { ci: { assert: { assertions: require('./shared.cjs') } } };";
    await writeFile(shared, 'module.exports = { "speed-index": "error" };');
    assert.deepEqual(await problemsOf(name, program), []);
    await writeFile(shared, 'module.exports = { "speed-index": "eror" };');
    assert.match((await problemsOf(name, program)).join(), /'eror' is no level/);
    assert.match((await problemsOf(name, 'module.exports = { ci: { asert: {} } };')).join(), /'asert' is not known/);
  });
});

describe('what is mistaken is refused with what to write', () => {
  const refused: readonly (readonly [rc: unknown, says: RegExp])[] = [
    [{ ci: { _assert: { assertions } } }, /'_assert' is not known here.* did you mean 'assert'\?/],
    [asserted({ a: 'warning' }), /assertions\.a: 'warning' is no level: write 'off', 'warn' or 'error'$/],
    [asserted({ a: ['on', {}] }), /assertions\.a\.0: 'on' is no level/],
    [
      asserted({ a: ['warn', { maxLength: 1 }, { minScore: 0 }] }),
      /a: has 3 entries, and Lighthouse CI reads only the first two/,
    ],
    [asserted({ a: { severity: 'off' } }), /a: is no assertion: write 'error' or \['error', \{ "minScore": 0\.9 \}\]$/],
    [asserted({ a: null }), /a: there is nothing here, which Lighthouse CI takes for 'off': write 'off', or 'error'/],
    [asserted({ a: true }), /a: is no assertion/],
    [asserted({ a: ['error', { minScore: 90 }] }), /minScore: a score is 0 to 1: write 0\.9 for 90$/],
    [
      settings({ preset: 'mobile' }),
      /there is no preset 'mobile': Lighthouse audits as a phone when no preset is named/,
    ],
    [settings({ preset: 'lighthouse:all' }), /expected one of "perf"\|"experimental"\|"desktop"/],
    [settings({ emulatedFormFactor: 'none' }), /'formFactor' since Lighthouse 7; 'none' is 'screenEmulation'/],
    [settings({ disableNetworkThrottling: true }), /– write 'throttlingMethod': 'provided'/],
    [settings({ disableCpuThrottling: true }), /– write 'throttling': \{ 'cpuSlowdownMultiplier': 1 \}/],
    [{ ci: { collect: { urls: [] } } }, /'urls' is not known here; .* – did you mean 'url'\?$/],
  ];
  for (const [rc, says] of refused)
    it(JSON.stringify(rc), async () => assert.match((await problemsIn(rc)).join('\n'), says));

  it('a default export', async () => {
    const said = await problemsOf('exported.js', 'export default { ci: {} };');
    assert.match(said.join('\n'), /exported\.js: has a default export, .* – write module\.exports/);
  });
});
