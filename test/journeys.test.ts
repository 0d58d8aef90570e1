import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Demo, startDemo } from '../demo/start.ts';
import { type Bench, openBench, type Trial } from '../synthetic/journey/fixtures/harness.ts';
import { CHROMIUM } from '../synthetic/testing/surroundings.ts';

const ROOT = join(import.meta.dirname, '..');

/** The three journeys against the reference target, in the warm engine and under the plain Playwright runner. */
describe('the journeys', () => {
  let demo: Demo;
  let bench: Bench;
  before(async () => {
    demo = await startDemo();
    bench = await openBench();
  });
  after(async () => {
    await bench.close();
    await demo.close();
  });

  const run = (name: string, params: Readonly<Record<string, number | boolean>> = {}): Promise<Trial> => {
    const input = {
      file: join(ROOT, `synthetic/journeys/${name}.ts`),
      params,
      secrets: { adminToken: { secret: 'ADMIN', from: 'environment' } },
    } as const;
    const options = { timeoutMs: 60_000, secrets: { ADMIN: demo.adminToken }, origins: { api: demo.apiUrl } };
    return bench.run(demo.frontendUrl, input, options);
  };
  const measure = ({ observation }: Trial, name: string): number | undefined =>
    observation.measures.find((candidate) => candidate.name === name)?.value;
  const assertPassed = ({ judgement }: Trial): void =>
    assert.equal(judgement.verdict.status, 'passed', JSON.stringify(judgement.verdict));

  it('parts-search finds the golden parts, and its recall falls when the search goes wrong', async () => {
    const good = await run('parts-search', { queries: 3 });
    assertPassed(good);
    assert.equal(measure(good, 'custom.search.recall'), 1);
    assert.equal(measure(good, 'custom.search.zero_results'), 0);
    demo.faults.set({ wrongSearchResults: true });
    const wrong = await run('parts-search', { queries: 3 });
    demo.faults.reset();
    assert.ok((measure(wrong, 'custom.search.recall') ?? 1) < 0.5, JSON.stringify(wrong.judgement.verdict));
  });

  it('ocr-scan reads the golden photos and measures how well', async () => {
    const trial = await run('ocr-scan', { images: 2 });
    assertPassed(trial);
    assert.equal(measure(trial, 'custom.ocr.images'), 2);
    assert.ok((measure(trial, 'custom.ocr.exact_match') ?? 0) > 0.5);
    assert.ok((measure(trial, 'custom.ocr.character_error_rate') ?? 1) < 0.3);
  });

  it('subscription pays, cancels and leaves no account behind, whether it passes or fails', async () => {
    const good = await run('subscription', { countEarlier: true });
    assertPassed(good);
    assert.equal(measure(good, 'custom.orphans'), 0);

    demo.faults.set({ errorRate: { ratio: 1, routes: ['/api/subscriptions'] } });
    const unpaid = await run('subscription');
    demo.faults.reset();
    assert.ok(unpaid.judgement.verdict.status === 'failed', JSON.stringify(unpaid.judgement.verdict));
    assert.equal(measure(unpaid, 'custom.orphans'), 0);
    assert.equal(measure(unpaid, 'cleanup_failures'), 0);
    const response = await fetch(`${demo.apiUrl}/admin/accounts/synthetic/count`, {
      headers: { authorization: `Bearer ${demo.adminToken}` },
    });
    assert.deepEqual(await response.json(), { total: 0 });
  });

  it('run unchanged under npx playwright test', async () => {
    const cli = join(ROOT, 'node_modules/@playwright/test/cli.js');
    const env = {
      ...process.env,
      VIGIE_TARGET: demo.frontendUrl,
      VIGIE_CHROMIUM: CHROMIUM,
      VIGIE_PARAM_IMAGES: '1',
      VIGIE_PARAM_QUERIES: '2',
    };
    const child = spawn(
      process.execPath,
      [cli, 'test', '--reporter=line', `--output=${join(bench.folder, 'output')}`],
      { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let output = '';
    for (const pipe of [child.stdout, child.stderr])
      pipe.on('data', (chunk) => {
        output += String(chunk);
      });
    const [code] = await once(child, 'close');
    assert.equal(code, 0, output);
    assert.match(output, /3 passed/);
  });
});
