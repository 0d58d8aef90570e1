import { type Browser, chromium, expect } from '@playwright/test';
import { openBench } from '../../synthetic/journey/fixtures/harness.ts';
import { startSite } from '../../synthetic/journey/fixtures/site.ts';
import { CHROMIUM } from '../../synthetic/testing/surroundings.ts';
import { interleave, ratiosOf } from '../measure/interleave.ts';
import { spreadOf } from '../measure/spread.ts';
import type { Row } from '../row.ts';

const ROUNDS = { full: 60, quick: 15, smoke: 2 } as const;
const WARM_UPS = 3;

/** Both from "go" to "context closed", each in a warm browser of its own. */
export const journeyWarm: Row = {
  name: 'journey-warm',
  what: 'a warm journey (default recording) over the same steps with the bare Playwright library in a warm browser: wall',
  limitMs: { full: 300_000, quick: 90_000, smoke: 120_000 },
  async run({ size, signal, say }) {
    const site = await startSite();
    const bench = await openBench();
    const browser = await chromium.launch({ executablePath: CHROMIUM });
    const ours = (): Promise<number> => timed(() => runOurs(() => bench.run(site.url, { file: 'simple.ts' })));
    const bare = (): Promise<number> => timed(() => runBare(browser, site.url));
    try {
      if (size !== 'smoke') await interleave({ rounds: WARM_UPS, signal, ours, bare });
      else await ours();
      const pairs = await interleave({ rounds: ROUNDS[size], signal, ours, bare });
      say(`${pairs.ours.length} rounds`);
      return [
        {
          name: 'warm journey over bare Playwright, wall',
          unit: 'ratio',
          spread: spreadOf(ratiosOf(pairs)),
          ceiling: { comparison: '<=', value: 1.1 },
        },
        { name: 'warm journey', unit: 'ms', spread: spreadOf(pairs.ours) },
        { name: 'bare Playwright', unit: 'ms', spread: spreadOf(pairs.bare) },
      ];
    } finally {
      await Promise.all([browser.close(), bench.close(), site.close()]);
    }
  },
};

async function runOurs(run: () => ReturnType<Awaited<ReturnType<typeof openBench>>['run']>): Promise<void> {
  const { judgement } = await run();
  // A journey that failed early would be a cheap one.
  if (judgement.verdict.status !== 'passed') throw new Error(`the journey did not pass: ${JSON.stringify(judgement)}`);
}

async function runBare(browser: Browser, baseURL: string): Promise<void> {
  const context = await browser.newContext({ baseURL });
  const page = await context.newPage();
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Bonjour');
  await page.getByRole('button', { name: 'Compter' }).click();
  await expect(page.getByRole('status')).toHaveText('1');
  await context.close();
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}
