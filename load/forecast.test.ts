import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { NO_K6, REAL_K6, targetAt, testContext, toolsWith } from './fixtures/context.ts';
import { forecastLoad } from './forecast.ts';
import { isFault } from './inspect.ts';
import { type LoadInput, loadSchema } from './options.ts';

async function forecastOf(input: LoadInput, path = REAL_K6 ?? '') {
  const context = testContext({ target: targetAt('http://127.0.0.1:9'), tools: toolsWith(path) });
  return forecastLoad(loadSchema.parse(input), context);
}

describe('the forecast of a load check', { skip: NO_K6 }, () => {
  it('is what k6 itself reckons with', async () => {
    assert.deepEqual(await forecastOf({ script: 'healthy.ts' }), {
      maxVus: 2,
      longestMs: 32_000,
      scenarios: [{ name: 'default', executor: 'constant-vus' }],
      thresholds: 6,
    });
  });

  it('counts scenarios that follow one another', async () => {
    const found = await forecastOf({ script: 'scenarios.ts' });
    assert.ok(!isFault(found));
    assert.equal(found.maxVus, 3);
    assert.equal(found.scenarios.length, 2);
  });

  it('counts the overrides of the check', async () => {
    const found = await forecastOf({ script: 'endless.ts', vus: 7, duration: '90s' });
    assert.ok(!isFault(found));
    assert.deepEqual([found.maxVus, found.longestMs], [7, 120_000]);
    const staged = await forecastOf({ script: 'modes.ts', stages: [{ duration: '1m', target: 9 }] });
    assert.ok(!isFault(staged));
    assert.deepEqual([staged.maxVus, staged.longestMs], [9, 90_000]);
  });

  it('refuses overrides of scenarios', async () => {
    const found = await forecastOf({ script: 'scenarios.ts', vus: 3 });
    assert.ok(isFault(found) && found.code === 'config-invalid');
  });

  it('says what is wrong with a script', async () => {
    const found = await forecastOf({ script: 'modes.ts', env: { MODE: 'init' } });
    assert.ok(isFault(found) && found.code === 'script-invalid');
    assert.match(found.message, /boom in init/);
  });
});

describe('the forecast with a k6 that misbehaves', () => {
  it('is a fault of the tool', async () => {
    const fake = join(import.meta.dirname, 'fixtures/fake-k6.mjs');
    const cases = [
      [fake, {}, 'tool-output'],
      [fake, { FAKE_EXIT: '104', FAKE_SUMMARY: 'none' }, 'config-invalid'],
      ['/nonexistent/k6', {}, 'tool-missing'],
    ] as const;
    for (const [path, env, code] of cases) {
      const found = await forecastOf({ script: 'healthy.ts', env }, path);
      assert.ok(isFault(found) && found.code === code, JSON.stringify(found));
    }
  });
});
