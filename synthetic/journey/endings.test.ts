import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { describeBreach } from '../../core/judge.ts';
import { type Bench, openBench, type Trial, type TrialOptions } from './fixtures/harness.ts';
import { type Site, startSite } from './fixtures/site.ts';

type Failure = { readonly name: string; readonly expected: RegExp; readonly actual: RegExp; readonly step?: string };
type Blamed = { readonly name: string; readonly code: string; readonly says: RegExp };

function assertFailed({ observation, judgement }: Trial, { expected, actual, step }: Failure): void {
  assert.equal(observation.fault, undefined);
  const broken = observation.assertions.filter(({ ok }) => !ok);
  assert.equal(broken.length, 1);
  assert.match(broken[0]?.expected ?? '', expected);
  assert.match(broken[0]?.actual ?? '', actual);
  assert.equal(broken[0]?.step, step);
  assert.ok(judgement.verdict.status === 'failed');
  const said = describeBreach(judgement.verdict.breaches[0]);
  assert.equal(said, stripVTControlCharacters(said).replaceAll('\n', ' '));
  const kinds = observation.artefacts.map(({ kind }) => kind);
  assert.ok(kinds.includes('console') && kinds.includes('requests'), kinds.join());
}

function assertBlamed({ judgement }: Trial, { code, says }: Blamed): void {
  assert.ok(judgement.verdict.status === 'inconclusive', JSON.stringify(judgement.verdict));
  assert.equal(judgement.verdict.fault.code, code);
  assert.match(judgement.verdict.fault.message, says);
}

/** Real journeys on a real browser, one per way of ending. */
describe('how a journey ends', { concurrency: 2 }, () => {
  let bench: Bench;
  let site: Site;
  let other: Site;
  before(async () => {
    bench = await openBench();
    site = await startSite();
    other = await startSite();
  });
  after(async () => {
    await bench.close();
    await site.close();
    await other.close();
  });

  const run = (name: string, options: TrialOptions = {}, input: object = {}): Promise<Trial> =>
    bench.run(site.url, { file: 'endings.ts', export: name, ...input }, options);

  const failures: readonly Failure[] = [
    {
      name: 'wrongHeading',
      expected: /^getByRole\('heading', \{ level: 1 \}\) toHaveText "Au revoir" \{"timeout":200\}$/,
      actual: /Bonjour/,
      step: 'read the heading',
    },
    { name: 'wrongValue', expected: /^"Essai" toBe "another title"$/, actual: /Essai/ },
    {
      name: 'missingButton',
      expected: /^step 'press it' completes$/,
      actual: /^locator\.click: Timeout 200ms exceeded\. \(waiting for getByRole\('button', \{ name: 'Absent' \}\)\)$/,
      step: 'press it',
    },
    {
      name: 'missingPrice',
      expected: /^the price toHaveText "12 €"/,
      actual: /^[^\n]*element\(s\) not found[^\n]* \(waiting for locator\('#price'\)\)$/,
    },
    {
      name: 'missingAddress',
      expected: /the journey completes/,
      actual: /^page\.waitForURL: Timeout 200ms exceeded\. \(waiting for navigation to "\*\*\/thanks"[^\n]*\)$/,
    },
    {
      name: 'slowNavigation',
      expected: /the journey completes/,
      actual: /^page\.goto: Timeout 200ms exceeded\. \(navigating to "http[^\n]*\/hangs"[^\n]*\)$/,
    },
    {
      name: 'manyButtons',
      expected: /the journey completes/,
      actual: /^locator\.click: [^\n]*strict mode violation[^\n]*$/,
    },
    { name: 'importedFailure', expected: /toHaveText/, actual: /Bonjour/ },
    { name: 'importedFailure', expected: /^[^\n]*getByRole\('heading'\)[^\n]*"Au revoir"[^\n]*$/, actual: /Bonjour/ },
    { name: 'nodeAssertion', expected: /strictly equal/, actual: /./ },
    { name: 'unknownName', expected: /the journey completes/, actual: /ERR_NAME_NOT_RESOLVED/ },
  ];
  for (const failure of failures)
    it(`fails the target: ${failure.name}`, async () => assertFailed(await run(failure.name), failure));

  it('fails the target when it refuses connections', async () => {
    const closed = await startSite();
    await closed.close();
    const { observation } = await run('refused', {}, { params: { closedPort: Number(new URL(closed.url).port) } });
    assert.match(observation.assertions[0]?.actual ?? '', /ERR_CONNECTION_REFUSED/);
    assert.equal(observation.fault, undefined);
  });

  it('passes when a failed assertion was handled, inside toPass or by the journey itself', async () => {
    const { observation, judgement } = await run('handled');
    assert.equal(judgement.verdict.status, 'passed', JSON.stringify(judgement.verdict));
    assert.ok(observation.assertions.every(({ ok }) => ok));
  });

  it('is inconclusive when it ends outside the target, unless that is allowed', async () => {
    const params = { other: other.url };
    const strayed = await run('elsewhere', {}, { params });
    assert.ok(strayed.judgement.verdict.status === 'inconclusive');
    assert.equal(strayed.judgement.verdict.fault.code, 'wrong-page');
    const allowed = await run('elsewhere', {}, { params, staysOn: [other.url] });
    assert.equal(allowed.judgement.verdict.status, 'passed');
  });

  // The last of these end their host: what came after them would begin with a new one.
  const faults: readonly Blamed[] = [
    { name: 'typeError', code: 'script-exception', says: /TypeError: .*endings\.ts:\d+/s },
    { name: 'thrown', code: 'script-exception', says: /I give up/ },
    { name: 'noAssertion', code: 'no-assertion', says: /async \(\{ page, expect \}\)/ },
    { name: 'noPage', code: 'evidence-missing', says: /page\.goto/ },
    { name: 'soft', code: 'script-runner-only', says: /^expect\.soft works only/ },
    { name: 'swallowedSnapshot', code: 'script-runner-only', says: /^toHaveScreenshot works only/ },
    { name: 'testInfo', code: 'script-runner-only', says: /^test\.info\(\) works only/ },
    {
      name: 'unawaited',
      code: 'script-exception',
      says: /write `await` before: getByRole\('heading'\) toHaveText "Au revoir"/,
    },
    { name: 'rejects', code: 'script-exception', says: /nobody catches me/ },
    { name: 'exits', code: 'script-exception', says: /ended its own process with code 3 in step 'leave'/ },
    { name: 'crashesPage', code: 'browser-crashed', says: /process of a page died/ },
    { name: 'absent', code: 'script-invalid', says: /no export 'absent'; it has: \w+, / },
  ];
  for (const blamed of faults)
    it(`blames the script or the tool: ${blamed.name}`, async () => assertBlamed(await run(blamed.name), blamed));
});

const late: readonly (Failure & { readonly timeoutMs: number })[] = [
  {
    name: 'waitsForPage',
    expected: /step 'wait' completes/,
    actual: /deadline: page.waitForFunction/,
    step: 'wait',
    timeoutMs: 6_000,
  },
  {
    name: 'waitsForAnswer',
    expected: /the journey completes/,
    actual: /waiting for an answer at the deadline/,
    timeoutMs: 6_000,
  },
  {
    name: 'lateButton',
    expected: /step 'pay' completes/,
    actual: /^still waiting for the page at the deadline: locator\.click \(waiting for locator\('#buy'\)\)$/,
    step: 'pay',
    timeoutMs: 6_000,
  },
  {
    name: 'lateNavigation',
    expected: /the journey completes/,
    actual: /^still waiting for the page at the deadline: page\.goto \(navigating to "http[^\n]*\/hangs"[^\n]*\)$/,
    timeoutMs: 6_000,
  },
  {
    name: 'hangingPage',
    expected: /step 'look' completes/,
    actual: /deadline: page.evaluate/,
    step: 'look',
    timeoutMs: 6_000,
  },
];
const hung: readonly (Blamed & { readonly timeoutMs: number })[] = [
  { name: 'loopsForever', code: 'script-hung', says: /in step 'compute'/, timeoutMs: 1_500 },
  { name: 'waitsForever', code: 'script-hung', says: /waiting for nothing of the target/, timeoutMs: 6_000 },
];

/** Most of it waiting: each on a browser of its own, which its deadline ends. */
describe('how a journey ends at its deadline', { concurrency: late.length + hung.length }, () => {
  const benches = new Map<string, Bench>();
  let site: Site;
  before(async () => {
    site = await startSite();
    const cold = [...late, ...hung].map(({ name }) => name);
    const warm = async (): Promise<void> => {
      for (let name = cold.shift(); name !== undefined; name = cold.shift()) {
        const bench = await openBench();
        benches.set(name, bench);
        await bench.run(site.url, { file: 'simple.ts' });
      }
    };
    // Two at a time: a browser that starts beside four others is slow.
    await Promise.all([warm(), warm()]);
  });
  after(async () => {
    for (const bench of benches.values()) await bench.close();
    await site.close();
  });

  /** On a warm browser, so that a short deadline is that of the journey and not of a browser's start. */
  const runLate = (name: string, timeoutMs: number): Promise<Trial> =>
    (benches.get(name) ?? assert.fail()).run(site.url, { file: 'endings.ts', export: name }, { timeoutMs });

  for (const failure of late)
    it(`fails the target: ${failure.name}`, async () =>
      assertFailed(await runLate(failure.name, failure.timeoutMs), failure));
  for (const blamed of hung)
    it(`blames the script: ${blamed.name}`, async () =>
      assertBlamed(await runLate(blamed.name, blamed.timeoutMs), blamed));
});
