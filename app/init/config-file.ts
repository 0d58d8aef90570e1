import type { FirstTarget } from './first-target.ts';
import { quote } from './quote.ts';

/** `vigie.config.ts`: one check of each of the four kinds people begin with. */
export function configFile(target: FirstTarget): string {
  const { name, origin, path, isLocal } = target;
  return `import { auditCheck, defineConfig, httpCheck, journeyCheck, loadCheck } from 'vigie';

/**
 * What Vigie watches. The editor explains every option; \`npx vigie validate\` checks the file, \`npx vigie plan\` says
 * what it will do to this machine, \`npx vigie run\` runs everything once and \`npx vigie start\` keeps watching.
 */
export default defineConfig({
  target: { name: ${quote(name)}, url: ${quote(origin)}, environment: ${quote(isLocal ? 'development' : 'production')} },
  checks: [
    httpCheck('home', {
      name: 'Front page answers',
      every: '30s',
      severity: 'P1',
      url: ${quote(path)},
      expect: { status: 200 },
      budgets: { total: { warn: '<= 1s', fail: '<= 5s' } },
    }),
    journeyCheck('home-journey', {
      name: 'Front page in a browser',
      every: '5m',
      severity: 'P2',
      file: 'journeys/home.ts',
      budgets: { lcp: { warn: '<= 2.5s', fail: '<= 10s' }, cls: { warn: '<= 0.1' } },
    }),
    // Pages and assertions stand in lighthouserc.json, so that \`npx lhci autorun\` does the same.
    auditCheck('home-audit', {
      name: 'Front page audited',
      every: '6h',
      formFactors: ['mobile'],
      budgets: { 'score.performance': { warn: '>= 0.8' }, 'score.accessibility': { warn: '>= 0.9' } },
    }),
    loadCheck('smoke-load', {
      name: 'A little load',
${isLocal ? LOCAL_LOAD : remoteLoad(target)}
      timeout: '2m',
      script: 'load/smoke.ts',
      budgets: { 'http_req_duration.p95': { warn: '<= 1s', fail: '<= 5s' }, http_req_failed: { fail: '<= 1%' } },
    }),
  ],
});
`;
}

const LOCAL_LOAD = `      every: '6h',`;

function remoteLoad({ origin }: FirstTarget): string {
  return `      // Never by itself: load goes only to hosts that are listed here, and to a production target only when told so with
      //   npx vigie load smoke-load --arm
      manual: true,
      // allow: [${quote(new URL(origin).hostname)}],`;
}
