import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { locatePromtool } from '../../process/locate-tools.ts';
import { lint, series } from '../testing/read-metrics.ts';
import { START, sampleCheck, sampleRun } from '../testing/sample-runs.ts';
import { MOST_NAMES } from './bounded-names.ts';
import { type MetricsRegistry, openMetricsRegistry } from './metrics-registry.ts';
import { MOST_GAUGES } from './record-measures.ts';

const open = (): MetricsRegistry => openMetricsRegistry({ location: 'local', version: '0.0.0' });
const plan = (checks: Parameters<MetricsRegistry['plan']>[0]['checks']) => ({ checks, channels: [], loadedAt: START });

describe('labels of metrics', () => {
  it('escape hostile label values', async () => {
    const registry = open();
    const check = sampleCheck('journey', 'journey', { owner: 'a"b\\c\nd', runbook: '\u{1f600}\u202e\u0000' });
    await registry.plan(plan([check]));
    const step = (name: string) => ({ name, startMs: 0, durationMs: 1, status: 'passed' }) as const;
    registry.run(
      sampleRun(check, { steps: [step('x"} 1\nvigie_fake 1\n'), step(`${'é'.repeat(10_000)}`), step('\ud83d')] }),
    );
    const text = await registry.render();
    assert.ok(
      text.includes('owner="a\\"b\\\\c\\nd"'),
      text.split('\n').find((line) => line.includes('owner=')),
    );
    assert.deepEqual(series(text, 'vigie_fake'), []);
    assert.ok(
      text.split('\n').every((line) => line.length < 600),
      'long names are cut',
    );
    const promtool = await locatePromtool();
    if (promtool.found) assert.deepEqual(await lint(promtool.path, text), { code: 0, output: '' });
  });

  it('are bounded, however many names and measures a check makes up', async () => {
    const registry = open();
    const check = sampleCheck('journey', 'journey');
    await registry.plan(plan([check]));
    for (let round = 0; round < 5; round += 1) {
      const many = Array.from({ length: 400 }, (_, index) => `${round}-${index}`);
      registry.run(
        sampleRun(check, {
          steps: many.map((name) => ({ name, startMs: 0, durationMs: 1, status: 'passed' })),
          measures: many.flatMap((name) => [
            { name: 'inp', value: 50, unit: 'ms', labels: { interaction: name, page: name } },
            { name: `custom.${name}`, value: 1, unit: 'count' },
          ]),
        }),
      );
    }
    const text = await registry.render();
    assert.equal(series(text, 'vigie_step_duration_seconds_count').length, MOST_NAMES + 1);
    assert.match(text, /vigie_step_total\{.*step="other".*} 1900/);
    assert.equal(series(text, 'vigie_measure').length, MOST_GAUGES, 'only the latest run is shown');
    assert.ok(series(text, 'vigie_web_vital_inp_seconds_count').length <= MOST_NAMES + 1);
    assert.ok(!series(text, 'vigie_series_dropped_total')[0]?.endsWith(' 0'), 'what was left out is counted');
    assert.equal(await registry.render(), text, 'looking once more counts nothing and takes nothing away');
  });

  const instances = [
    ['http', {}, 'https://shop.example'],
    ['http', { url: '/a/b?token=1#x' }, 'https://shop.example/a/b'],
    ['http', { url: 'health', origin: 'api' }, 'https://api.shop.example:8443/v1/health'],
    ['http', { url: 'http://[::1]:8080/' }, 'http://[::1]:8080'],
    ['tcp', { port: 22 }, 'shop.example:22'],
    ['tls', {}, 'shop.example:443'],
    ['tls', { host: 'mail.example', port: 993 }, 'mail.example:993'],
    ['dns', {}, 'shop.example'],
    ['heartbeat', { token: { secret: 'T', from: 'environment' } }, 'the-check'],
  ] as const;
  for (const [kind, options, expected] of instances)
    it(`name the instance of a ${kind} check with ${JSON.stringify(options)} '${expected}'`, async () => {
      const registry = open();
      const check = sampleCheck('the-check', kind, { options });
      await registry.plan(plan([check]));
      registry.run(sampleRun(check, {}));
      assert.deepEqual(series(await registry.render(), 'probe_success'), [
        `probe_success{instance="${expected}",check="the-check",location="local",environment="test"} 1`,
      ]);
    });
});
