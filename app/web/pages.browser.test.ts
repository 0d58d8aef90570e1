import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright';
import { locateChromium } from '../../process/locate-tools.ts';
import { lowContrasts, structureProblems } from './testing/page-checks.ts';
import { type Served, serveHistory } from './testing/served-history.ts';

const found = await locateChromium();
const skip = found.found ? false : `chromium is missing: ${found.mend}`;

describe('the pages in a real browser', { skip }, () => {
  let served: Served;
  let browser: Browser;
  before(async () => {
    const executablePath = found.found ? found.path : '';
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    [served, browser] = await Promise.all([serveHistory(), chromium.launch({ executablePath, args })]);
  });
  after(async () => {
    await browser?.close();
    await served?.[Symbol.asyncDispose]();
  });

  /** A page whose complaints (errors of script, of the console, of the content policy) are collected. */
  async function open(options: Parameters<Browser['newContext']>[0] = {}): Promise<{
    readonly context: BrowserContext;
    readonly page: Page;
    readonly complaints: readonly string[];
  }> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    return { context, page, complaints };
  }
  const paths = () => [
    '/',
    '/checks/api-search',
    '/checks/checkout',
    '/checks/nightly',
    '/checks/fresh',
    `/runs/${served.failed}`,
    '/incidents',
    `/incidents/${served.incident.id}`,
  ];

  const looks = [
    { name: 'light', viewport: { width: 1_280, height: 900 }, colorScheme: 'light' },
    { name: 'dark', viewport: { width: 1_280, height: 900 }, colorScheme: 'dark' },
    { name: 'phone', viewport: { width: 390, height: 844 }, colorScheme: 'light' },
  ] as const;
  for (const { name, ...options } of looks)
    it(`show hostile text as text, readable and whole: ${name}`, async () => {
      const { context, page, complaints } = await open(options);
      for (const path of paths()) {
        const response = await page.goto(served.url + path);
        assert.equal(response?.status(), 200, path);
        await page.locator('details').evaluateAll((all) => {
          for (const details of all) details.setAttribute('open', '');
        });
        assert.deepEqual([path, ...(await page.evaluate(structureProblems))], [path]);
        assert.deepEqual([path, ...(await page.evaluate(lowContrasts))], [path]);
      }
      assert.deepEqual(complaints, []);
      await context.close();
    });

  it('say what each check is like, the worst first', async () => {
    const { context, page } = await open();
    await page.goto(served.url);
    const states = await page.locator('table.checks tbody .badge').allTextContents();
    assert.deepEqual(states, [
      'failed',
      'failed',
      'inconclusive',
      'degraded',
      'waiting',
      'waiting',
      'paused',
      'passed',
    ]);
    const strip = page.locator('tr', { hasText: 'API search' }).locator('.strip');
    assert.match((await strip.getAttribute('aria-label')) ?? '', /25 good, 5 bad, 0 not measured/);
    await page.getByRole('link', { name: 'API search' }).click();
    await page.getByRole('heading', { name: 'Budgets in the latest run' }).waitFor();
    await page.getByRole('link', { name: /ago$/ }).first().click();
    await page.getByRole('heading', { name: /Attempt 1/ }).waitFor();
    await context.close();
  });

  it('can be walked through by keyboard, with a way past the menu and few stops', async () => {
    const { context, page } = await open();
    await page.goto(served.url);
    await page.keyboard.press('Tab');
    const skipLink = page.getByRole('link', { name: 'Skip to the content' });
    assert.ok(
      await skipLink.evaluate((link) => link === document.activeElement && link.getBoundingClientRect().left >= 0),
    );
    await page.keyboard.press('Enter');
    assert.equal(new URL(page.url()).hash, '#main');
    const stops = await page
      .locator('a[href]')
      .evaluateAll((links) => links.filter((link) => (link as HTMLElement).tabIndex >= 0).length);
    assert.ok(stops < 40, `${stops} stops for 8 checks`);
    await page.keyboard.press('Tab');
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle);
    assert.equal(outline, 'solid', 'the focus is seen');
    await context.close();
  });

  it('show pictures, download archives and drawings, and let no report run script', async () => {
    const { context, page } = await open();
    await page.goto(`${served.url}/runs/${served.failed}`);
    const picture = page.getByRole('img', { name: 'Screenshot of attempt 1' });
    await picture.scrollIntoViewIfNeeded();
    assert.equal(
      await picture.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth)),
      320,
    );
    for (const name of ['trace: trace.zip', 'raw: drawing.svg', 'raw: odd name #1 %2e.bin']) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name, exact: true }).click(),
      ]);
      assert.equal(await download.failure(), null, name);
    }
    await page.getByRole('link', { name: 'report: report.html' }).click();
    assert.equal(await page.locator('h1').textContent(), 'Report', 'its script did not run');
    assert.equal(await page.evaluate(() => window.origin), 'null', 'it is in an origin of its own');
    await context.close();
  });

  it('lead on from an address that leads nowhere', async () => {
    const { context, page } = await open();
    assert.equal((await page.goto(`${served.url}/runs/gone`))?.status(), 404);
    await page.getByRole('link', { name: 'All checks' }).click();
    await page.getByRole('heading', { name: 'Checks' }).waitFor();
    await context.close();
  });
});
