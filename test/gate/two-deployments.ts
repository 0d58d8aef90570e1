import { join } from 'node:path';
import type { FaultInput } from '../../demo/faults/definitions.ts';
import { startDemo } from '../../demo/start.ts';
import type { GateDocument } from '../../reporters/gate/document.ts';
import { type Ended, makeWorkspace, vigie } from '../e2e/vigie-process.ts';

const ENTRY = JSON.stringify(join(import.meta.dirname, '..', '..', 'app', 'index.ts'));

/** Short ways through the demo, so that a pair takes seconds. */
const SEARCH = `import { journey } from ${ENTRY};
export default journey('search', async ({ page, expect, step }) => {
  await step('open', () => page.goto('/'));
  // A page that is left before it was painted has no largest paint.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50)))));
  await step('search', async () => {
    await page.goto('/recherche');
    const box = page.getByRole('searchbox');
    await box.click();
    await box.fill('plaquettes');
    await box.press('Enter');
    await expect(page.getByRole('list', { name: 'Résultats' }).getByRole('link').first()).toContainText(/plaquette/i, { timeout: 3_000 });
  });
});`;
const PLANS = `import { journey } from ${ENTRY};
export default journey('plans', async ({ page, expect }) => {
  await page.goto('/abonnement');
  await expect(page.getByRole('button', { name: /^S’abonner/ }).first()).toBeVisible({ timeout: 3_000 });
});`;
const CONFIG = `{
  target: { name: 'demo', url: 'http://127.0.0.1:1', environment: 'test', origins: { api: 'http://127.0.0.1:1' } },
  settings: { web: { port: 0 }, gate: { sliceDuration: '5s' } },
  checks: [
    v.httpCheck('api', { every: '1m', origin: 'api', url: '/api/parts?q=plaquettes',
      expect: { status: 200, body: { json: [{ path: '$.total', atLeast: 1 }] } }, budgets: { total: { fail: '<= 2s' } } }),
    v.journeyCheck('search', { every: '1m', file: 'search.ts' }),
    v.journeyCheck('plans', { every: '1m', file: 'plans.ts' }),
    v.auditCheck('front', { manual: true, pages: ['/'], runs: 1, formFactors: ['mobile'] }),
    v.loadCheck('load', { manual: true, script: 'load.js' }),
  ],
}`;
const LOAD = `import http from 'k6/http';
export const options = { vus: 2, duration: '1m', thresholds: { http_req_failed: ['rate<0.01'] } };
export default function () { http.get(__ENV.VIGIE_API + '/api/parts?q=plaquettes'); }`;

/** A gate of audits takes minutes. */
const GATE_WITHIN_MS = 400_000;

export type Faults = { readonly both?: FaultInput; readonly candidate?: FaultInput };
export type Gated = Ended & { readonly document: GateDocument };

/** Two copies of the demo and a folder with checks of them; `gate` types the command that users type. */
export type TwoDeployments = AsyncDisposable & {
  readonly folder: string;
  /** Turns switches on, on both or on the candidate alone, then gates. */
  gate(faults: Faults, ...more: readonly string[]): Promise<Gated>;
};

export async function openTwoDeployments(): Promise<TwoDeployments> {
  await using stack = new AsyncDisposableStack();
  const base = stack.use(await startDemo());
  const candidate = stack.use(await startDemo());
  const workspace = stack.use(makeWorkspace());
  workspace.config(CONFIG);
  workspace.write('search.ts', SEARCH);
  workspace.write('plans.ts', PLANS);
  workspace.write('load.js', LOAD);
  const of = (demo: typeof base): readonly string[] => [demo.frontendUrl, `api=${demo.apiUrl}`];
  const opened = stack.move();
  return {
    folder: workspace.folder,
    async gate(faults, ...more) {
      for (const [demo, own] of [
        [base, {}],
        [candidate, faults.candidate],
      ] as const) {
        demo.faults.reset();
        demo.faults.set({ ...faults.both, ...own });
      }
      const args = ['gate', '--json', '--target', ...of(candidate), '--baseline', ...of(base), ...more];
      const ended = await vigie(workspace.folder, args, {}, GATE_WITHIN_MS);
      if (ended.stdout === '') throw new Error(`the gate said nothing: ${ended.stderr}`);
      const document: GateDocument = JSON.parse(ended.stdout);
      return { ...ended, document };
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
