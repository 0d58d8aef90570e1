import type { FirstTarget } from './first-target.ts';
import { quote } from './quote.ts';

/** `load/smoke.ts`: k6's own modules alone, so that it runs wherever k6 does. */
export function loadFile({ origin, path }: FirstTarget): string {
  return `import { check, sleep } from 'k6';
import http from 'k6/http';
import type { Options } from 'k6/options';

/**
 * Ten seconds of light load: does the application answer two people at once? Vigie runs it unchanged and says where by
 * VIGIE_TARGET; by hand it is \`k6 run load/smoke.ts\`. Ready-made parts (checks, data, think time) can be imported by
 * relative path, e.g. from '../node_modules/vigie/dist/load/kit/checks.js'.
 */
const target = (__ENV.VIGIE_TARGET ?? ${quote(origin)}).replace(/\\/+$/, '');
const page = ${quote(path)};

export const options: Options = {
  vus: 2,
  duration: '10s',
  thresholds: {
    http_req_failed: ['rate<0.01'],
    http_req_duration: ['p(95)<5000'],
    checks: ['rate>0.99'],
  },
};

export default function smoke(): void {
  const answer = http.get(\`\${target}\${page}\`, { tags: { name: 'home' } });
  check(answer, { 'status is 200': ({ status }) => status === 200 });
  sleep(1);
}
`;
}
