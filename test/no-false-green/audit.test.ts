import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { auditCheck } from '../../app/index.ts';
import { locateChromium } from '../../process/locate-tools.ts';
import { serveHttp, type TestServer } from '../../synthetic/net/testing/servers.ts';
import { type Ended, openTrials, passesByItsEvidence, type Row, type Trials, type TrialsInput } from './trials.ts';

const FIXTURES = join(import.meta.dirname, '../../lighthouse/fixtures');
const RECORDED = readFileSync(join(FIXTURES, 'lhr-13.5.0.json'), 'utf8');
const located = await locateChromium();
const NO_CHROMIUM = located.found ? false : `no Chromium (${located.looked.join('; ')}); to mend it: ${located.mend}`;

const PAGES: Readonly<Record<string, readonly [status: number, body: string]>> = {
  '/missing': [404, '<h1>Not found</h1>'],
  '/blank': [200, '<!doctype html><title>Shop</title>'],
};
const answer: RequestListener = ({ url = '' }, response) => {
  if (url === '/account') return response.writeHead(302, { location: '/login' }).end();
  const [status, body] = PAGES[url] ?? [200, '<!doctype html><html lang="en"><title>Shop</title><h1>Welcome</h1>'];
  return response.writeHead(status, { 'content-type': 'text/html' }).end(body);
};

type Options = Parameters<typeof auditCheck>[1];
const audit = (options: Options = {}): Row['check'] =>
  auditCheck('audit', { pages: ['/'], formFactors: ['mobile'], runs: 1, ...options });

/** What the stand-in for Lighthouse CI does in each audit of the page, and with which result to begin. */
type Faked = {
  readonly acts?: readonly object[];
  readonly recorded?: string;
  readonly rc?: object;
  readonly tools?: TrialsInput['tools'];
};

let site: TestServer;
before(async () => {
  site = await serveHttp(answer);
});
after(() => site[Symbol.asyncDispose]());

/** Over recorded results: what is under test is how we judge them. */
async function endFaked(
  { acts = [{}], recorded = RECORDED, rc, tools = {} }: Faked,
  options?: Options,
): Promise<Ended> {
  return withFake({ acts, recorded, rc: rc ?? {}, tools }, (trials) => trials.end(audit(options)));
}

async function withFake<T>(
  { acts, recorded, rc, tools }: Required<Faked>,
  use: (trials: Trials) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-no-false-green-'));
  const lhr = join(folder, 'recorded.json');
  const path = join(folder, 'lhci.mjs');
  const plan = JSON.stringify({ pages: { '/': acts }, lhr });
  const fake = JSON.stringify(join(FIXTURES, 'fake-lhci.mjs'));
  writeFileSync(lhr, recorded);
  writeFileSync(path, `import { fakeLhci } from ${fake};\nawait fakeLhci(${plan});\n`);
  writeFileSync(join(folder, 'lighthouserc.json'), JSON.stringify({ ci: rc }));
  const found = { found: true, version: '0.15.1', from: 'test' } as const;
  try {
    await using trials = await openTrials({
      url: `http://127.0.0.1:${site.port}`,
      folder,
      tools: { lhci: { ...found, path }, chromium: { ...found, path: '/nowhere', version: '156.0.0.0' }, ...tools },
    });
    return await use(trials);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The recorded result as a later Lighthouse might write it. */
const renamed = (from: string, to: string): string => RECORDED.replaceAll(`"${from}"`, `"${to}"`);
const lacking = { report: { audits: { 'largest-contentful-paint': { scoreDisplayMode: 'error', score: null } } } };
const unscored = { report: { categories: { performance: { score: null } } } };
const asserting = (assertions: object): object => ({ assert: { assertions } });
const missing = (name: string) => ({ found: false, looked: ['PATH'], mend: `install ${name}` }) as const;

const ROWS: readonly (readonly [name: string, faked: Faked, options: Options, ends: Ended['how'], says: RegExp])[] = [
  ['score null', { acts: [unscored] }, {}, 'too-few-valid-runs', /0 valid of 1 \(needs 1\): no score for performance/],
  [
    'fewer valid runs than asked',
    { acts: [lacking, {}, lacking] },
    { runs: 3 },
    'too-few-valid-runs',
    /1 valid of 3 \(needs 2\): no value for largest-contentful-paint/,
  ],
  [
    'NO_FCP',
    { acts: [{ exit: 1, error: 'NO_FCP', message: 'The page did not paint any content.' }] },
    {},
    'too-few-valid-runs',
    /NO_FCP: The page did not paint any content/,
  ],
  [
    'status 500',
    { acts: [{ exit: 1, error: 'ERRORED_DOCUMENT_REQUEST', message: 'no page (Status code: 500)' }] },
    {},
    'failed',
    /page answers 2xx.*500/,
  ],
  [
    'a result of another page',
    { acts: [{ finalUrl: 'http://127.0.0.1:1/' }] },
    {},
    'wrong-page',
    /asked for http:\/\/127\.0\.0\.1:\d+\/, audited http:\/\/127\.0\.0\.1:1\//,
  ],
  [
    'a result of another form factor',
    { acts: [{ formFactor: 'desktop' }] },
    {},
    'too-few-valid-runs',
    /asked for mobile, audited as desktop/,
  ],
  ['no result', { acts: [{ write: 'nothing' }] }, {}, 'tool-output', /lhci collect/],
  ['half a result', { acts: [{ write: 'half' }] }, {}, 'too-few-valid-runs', /0 valid of 1/],
  [
    'an assertion of an audit that does not exist',
    { rc: asserting({ 'first-contentfull-paint': ['error', { maxNumericValue: 1 }] }) },
    {},
    'config-invalid',
    /ran no audit 'first-contentfull-paint' – did you mean 'first-contentful-paint'/,
  ],
  [
    'an assertion of a category that was not audited',
    { rc: asserting({ 'categories:pwa': ['error', { minScore: 0.9 }] }) },
    {},
    'config-invalid',
    /category 'pwa' was not audited/,
  ],
  [
    'assertions in a section that is mistyped',
    { rc: { asert: { assertions: { 'speed-index': ['error', { maxNumericValue: 1 }] } } } },
    {},
    'config-invalid',
    /lighthouserc\.json: ci: 'asert' is not known.*did you mean 'assert'/,
  ],
  [
    'assertions in a section that is in another',
    { rc: { collect: { assert: { assertions: { 'speed-index': ['error', { maxNumericValue: 1 }] } } } } },
    {},
    'config-invalid',
    /ci\.collect: 'assert' is not known here.*'assert' belongs in 'ci'/,
  ],
  [
    'a configuration of Lighthouse that is not there',
    { rc: { collect: { settings: { configPath: './none.json' } } } },
    {},
    'config-invalid',
    /ci\.collect\.settings\.configPath: .*none\.json cannot be read/,
  ],
  ['a section of assertions without any', { rc: { assert: {} } }, {}, 'config-invalid', /ci\.assert: asserts nothing/],
  [
    'a section of assertions that are all off',
    { rc: asserting({ 'speed-index': 'off' }) },
    {},
    'config-invalid',
    /ci\.assert: asserts nothing/,
  ],
  [
    'assertions for pages that are not audited',
    { rc: { assert: { assertMatrix: [{ matchingUrlPattern: '/cart', assertions: { interactive: 'error' } }] } } },
    {},
    'config-invalid',
    /no audited page matches '\/cart'/,
  ],
  [
    'a budget on an audit that does not exist',
    {},
    { budgets: { 'audit.first-contentfull-paint': { fail: '<= 1s' } } },
    'no-samples',
    /0 of 1 samples of 'audit\.first-contentfull-paint'/,
  ],
  [
    'the audit of a budget renamed by an upgrade',
    { recorded: renamed('speed-index', 'visual-progress') },
    { budgets: { si: { fail: '<= 60s' } } },
    'no-samples',
    /0 of 1 samples of 'si'/,
  ],
  [
    'the audit of an assertion renamed by an upgrade',
    {
      recorded: renamed('speed-index', 'visual-progress'),
      rc: asserting({ 'speed-index': ['error', { maxNumericValue: 60_000 }] }),
    },
    {},
    'config-invalid',
    /ran no audit 'speed-index'/,
  ],
  [
    'a category renamed by an upgrade',
    { recorded: renamed('performance', 'speed') },
    {},
    'too-few-valid-runs',
    /no score for performance/,
  ],
  ['no Lighthouse CI', { tools: { lhci: missing('lhci') } }, {}, 'tool-missing', /install lhci/],
  ['no Chromium', { tools: { chromium: missing('chromium') } }, {}, 'tool-missing', /install chromium/],
];

describe('an audit does not pass on results that do not count', { concurrency: 2 }, () => {
  for (const [name, faked, options, ends, says] of ROWS)
    it(`is ${ends}: ${name}`, async () => {
      const ended = await endFaked(faked, options);
      assert.equal(ended.how, ends, ended.says);
      assert.equal(ended.exit, ends === 'failed' ? 1 : 2);
      assert.match(ended.says, says);
    });
  it('passes on one that does, by each item of its evidence, under the same budgets', async () => {
    const plan = {
      acts: [{}],
      recorded: RECORDED,
      rc: asserting({ 'speed-index': ['error', { maxNumericValue: 60_000 }] }),
    };
    await withFake({ ...plan, tools: {} }, async (trials) => {
      await passesByItsEvidence(audit({ budgets: { si: { fail: '<= 60s' } } }), trials);
    });
  });
});

describe('an audit by the real Lighthouse does not pass', { skip: NO_CHROMIUM, concurrency: 2 }, () => {
  const endReal = async (settings: object, pages: readonly string[]): Promise<Ended> => {
    const folder = mkdtempSync(join(tmpdir(), 'vigie-no-false-green-'));
    writeFileSync(join(folder, 'lighthouserc.json'), JSON.stringify({ ci: { collect: { settings } } }));
    try {
      await using trials = await openTrials({ url: `http://127.0.0.1:${site.port}`, folder });
      return await trials.end(audit({ pages: [...pages], categories: ['performance'] }));
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  it('on a page that is missing, and on one that leads to a login', async () => {
    // Pages of one line are done when they are loaded.
    const settings = { pauseAfterFcpMs: 0, pauseAfterLoadMs: 0, networkQuietThresholdMs: 0, cpuQuietThresholdMs: 0 };
    const { how, exit, says } = await endReal(settings, ['/missing', '/account']);
    assert.deepEqual([how, exit], ['wrong-page', 2], says);
    assert.match(says, /saw 2 wrong_pages.*\/missing mobile: ERRORED_DOCUMENT_REQUEST.*404/);
    assert.match(says, /\/account mobile: asked for .*\/account, audited .*\/login/);
  });
  it('on a blank page', async () => {
    // It would wait 30 s for a paint, three times over.
    const { how, exit, says } = await endReal({ maxWaitForFcp: 1_000 }, ['/blank']);
    assert.deepEqual([how, exit], ['too-few-valid-runs', 2], says);
    assert.match(says, /\/blank mobile: 0 valid of 1 \(needs 1\): NO_FCP/);
  });
});
