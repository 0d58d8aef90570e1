import { join } from 'node:path';
import type { Process } from '../e2e/processes.ts';
import type { SmallTarget } from '../e2e/target.fixture.ts';
import type { Series } from './leftovers.ts';

const INDEX = JSON.stringify(join(import.meta.dirname, '..', '..', 'app', 'index.ts'));
const MINUTE_MS = 60_000;

const JOURNEY = `import { journey } from ${INDEX};
export default journey('visit', { params: { path: '/' } }, async ({ page, expect, params }) => {
  await page.goto('/');
  await expect(page.getByRole('heading')).toHaveText('hello');
  if (params.path !== '/') await page.goto(params.path);
});
`;
const K6_SCRIPT = `import http from 'k6/http';
import { check } from 'k6';
export const options = { vus: 2, iterations: 4 };
export default function () { check(http.get(__ENV.VIGIE_TARGET + '/load'), { ok: (r) => r.status === 200 }); }
`;
const HUNG_K6 = join(import.meta.dirname, 'fixtures', 'hung-k6.mjs');

export const PROBES: Series = {
  what: 'probes',
  checks: ({ url }) => [
    ...Array.from({ length: 16 }, (_, index) => `v.httpCheck('page-${index}', { every: '1s' })`),
    ...Array.from(
      { length: 4 },
      (_, index) => `v.tcpCheck('port-${index}', { every: '1s', port: ${new URL(url).port} })`,
    ),
  ],
  ending: 'passed',
  withinMs: 10 * MINUTE_MS,
};

export const JOURNEYS: Series = {
  what: 'journeys',
  checks: () => [
    `v.journeyCheck('visit', { every: '1s', file: 'journey.ts' })`,
    `v.journeyCheck('again', { every: '1s', file: 'journey.ts' })`,
  ],
  files: { 'journey.ts': JOURNEY },
  browsers: 2,
  ending: 'passed',
  withinMs: 60 * MINUTE_MS,
};

/** Every visit waits for a page that never comes; meanwhile the browser dies. */
export const CRASHES: Series = {
  what: 'journeys whose browser is killed',
  checks: () => [
    `v.journeyCheck('crash', { every: '1s', timeout: '30s', confirm: false, file: 'journey.ts', params: { path: '/hang' } })`,
  ],
  files: { 'journey.ts': JOURNEY },
  ending: 'inconclusive',
  withinMs: 30 * MINUTE_MS,
  disturb: killBrowsersOnce(),
};

export const LOADS: Series = {
  what: 'k6 runs',
  checks: () => [`v.loadCheck('load', { every: '1s', timeout: '60s', script: 'load.ts' })`],
  files: { 'load.ts': K6_SCRIPT },
  ending: 'passed',
  withinMs: 60 * MINUTE_MS,
};

export const HUNG_LOADS: Series = {
  what: 'k6 runs that hang and ignore SIGTERM',
  checks: () => [`v.loadCheck('hung', { every: '1s', timeout: '2s', script: 'load.ts' })`],
  files: { 'load.ts': K6_SCRIPT },
  env: { VIGIE_K6: HUNG_K6 },
  ending: 'inconclusive',
  withinMs: 30 * MINUTE_MS,
};

export const AUDITS: Series = {
  what: 'audits',
  checks: () => [`v.auditCheck('audit', { every: '1s', pages: ['/'], runs: 1, formFactors: ['desktop'] })`],
  ending: 'passed',
  withinMs: 60 * MINUTE_MS,
};

/** Kills all browsers when a visit hangs; each hanging visit once. */
function killBrowsersOnce(): (target: SmallTarget, family: readonly Process[]) => void {
  let seen = 0;
  return ({ asked }, family) => {
    const hanging = asked.filter((path) => path === '/hang').length;
    if (hanging === seen) return;
    seen = hanging;
    for (const { pid, command } of family)
      if (/chrom/.test(command) && !/--type=/.test(command)) process.kill(pid, 'SIGKILL');
  };
}
