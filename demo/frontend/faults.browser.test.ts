import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright';
import { launchChromium } from '../art/chromium.ts';
import { type Demo, startDemo } from '../start.ts';

let demo: Demo;
let browser: Browser;
let context: BrowserContext;
let page: Page;
before(async () => {
  [demo, browser] = await Promise.all([startDemo(), launchChromium()]);
});
after(async () => {
  await browser.close();
  await demo.close();
});
beforeEach(async () => {
  demo.faults.reset();
  context = await browser.newContext();
  page = await context.newPage();
});
afterEach(() => context.close());

const button = () => page.getByRole('button', { name: 'S’abonner à Confort' });

/** Sums shifts without input for `forMs` after they can first be seen. */
const layoutShift = () =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0;
        const observer = new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) sum += 'value' in entry ? Number(entry.value) : 0;
          if (sum > 0.1) resolve(sum);
        });
        observer.observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => resolve(sum), 1500);
      }),
  );

type LargestPaint = { readonly at: number; readonly url: string };
/** The largest paint once the page's hero or part image has been painted. */
const largestPaint = () =>
  page.evaluate(
    () =>
      new Promise<LargestPaint>((resolve) => {
        const observer = new PerformanceObserver((list) => {
          const last = list.getEntries().at(-1);
          const url = last && 'url' in last ? String(last.url) : '';
          if (last && url !== '') resolve({ at: last.startTime, url });
        });
        observer.observe({ type: 'largest-contentful-paint', buffered: true });
      }),
  );

test('the button to subscribe is there, and missing under its fault', async () => {
  await page.goto(`${demo.frontendUrl}/abonnement`);
  assert.equal(await button().count(), 1);
  demo.faults.set({ missingButton: true });
  await page.reload();
  assert.equal(await page.getByRole('heading', { name: 'Confort' }).count(), 1);
  assert.equal(await button().count(), 0);
});

test('pages stand still, and shift under their fault', async () => {
  for (const path of ['/', '/recherche?q=clio', '/piece/aa-0001']) {
    await page.goto(`${demo.frontendUrl}${path}`);
    const shift = await layoutShift();
    assert.ok(shift < 0.02, `${path} shifted by ${shift}`);
  }
  demo.faults.set({ layoutShift: true });
  await page.goto(demo.frontendUrl);
  const shift = await layoutShift();
  assert.ok(shift > 0.1, `shifted by ${shift}`);
});

test('the largest paint is the image, on the home page and on a part page', async () => {
  for (const [path, image] of [
    ['/', 'hero'],
    ['/piece/aa-0001', 'freinage-plaquettes'],
  ] as const) {
    await page.goto(`${demo.frontendUrl}${path}`);
    assert.match((await largestPaint()).url, new RegExp(image));
  }
});

test('a slow image makes a late largest paint', async () => {
  demo.faults.set({ slowLcpImage: 1200 });
  await page.goto(`${demo.frontendUrl}/`, { waitUntil: 'commit' });
  const { at, url } = await largestPaint();
  assert.match(url, /hero/);
  assert.ok(at >= 1200, `painted at ${at} ms`);
});

test('a click is answered late under its fault', async () => {
  const clickDuration = async () => {
    await page.goto(`${demo.frontendUrl}/obd`);
    const longest = page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const observer = new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) if (entry.name === 'click') resolve(entry.duration);
          });
          observer.observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
          setTimeout(() => resolve(0), 2000);
        }),
    );
    await page.getByRole('heading', { level: 1 }).click();
    return longest;
  };
  demo.faults.set({ longTaskOnClick: 600 });
  const slow = await clickDuration();
  assert.ok(slow >= 590, `click took ${slow} ms`);
  demo.faults.reset();
  const quick = await clickDuration();
  assert.ok(quick < 400, `click took ${quick} ms`);
});

test('a header of the monitor on every request breaks the search, unless the API allows it', async () => {
  await context.setExtraHTTPHeaders({ traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' });
  await page.goto(`${demo.frontendUrl}/recherche?q=clio`);
  await page.getByText('La recherche a échoué. Le service est injoignable').waitFor();
  demo.faults.set({ corsTraceHeaders: true });
  await page.reload();
  await page.getByText('pièces trouvées pour « clio »').waitFor();
});

test('API faults are told to the person in words', async () => {
  demo.faults.set({ errorRate: 1 });
  await page.goto(`${demo.frontendUrl}/recherche?q=clio`);
  await page.getByText('La recherche a échoué. Erreur interne').waitFor();
  demo.faults.set({ errorRate: null, emptyBody: { on: 'api' } });
  await page.reload();
  await page.getByText('La recherche a échoué. Réponse inattendue du service (200)').waitFor();
});
