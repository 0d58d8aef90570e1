// What users of the package write.

/** Declarations are looked into as well; under exactOptionalPropertyTypes those of k6 would not hold. */
export const STRICTEST = {
  strict: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  module: 'nodenext',
  target: 'esnext',
  types: ['node'],
  noEmit: true,
};

export const WRONG = `import { auditCheck, httpCheck, journeyCheck, loadCheck } from 'vigie';
// @ts-expect-error a time is no size
httpCheck('a', { url: '/', every: '5s', budgets: { total: { fail: '<= 5kB' } } });
// @ts-expect-error a mistyped measure
httpCheck('b', { url: '/', every: '5s', budgets: { totl: { fail: '<= 5s' } } });
// @ts-expect-error a mistyped option
journeyCheck('c', { file: 'c.ts', evry: '5s' });
// @ts-expect-error a duration in words
auditCheck('d', { every: '5 minutes' });
// @ts-expect-error a file is no number
loadCheck('e', { script: 5, every: '1h' });
`;

export const AS_A_TEST = `import { test } from '@playwright/test';
import { runUnderTest } from 'vigie/playwright';
import home from './home';

test(home.name, async ({ page, context, request, playwright, baseURL }, info) => {
  await runUnderTest(home, { page, context, request, playwright, baseURL, info });
});
`;

export const WITH_KIT = `import http from 'k6/http';
import { checkAnswer } from '../node_modules/vigie/dist/load/kit/checks.js';
import { urlSetting } from '../node_modules/vigie/dist/load/kit/settings.js';
export const options = { iterations: 1, thresholds: { checks: ['rate==1'] } };
export default function () {
  checkAnswer(http.get(urlSetting(['VIGIE_TARGET'], 'http://127.0.0.1:1')), 200);
}
`;

export function watchOnly(url: string): string {
  return `import { defineConfig, httpCheck } from 'vigie';
export default defineConfig({
  target: { name: 'app', url: '${url}' },
  settings: { web: { port: 0 } },
  checks: [httpCheck('home', { every: '1s', url: '/en/' })],
});
`;
}
