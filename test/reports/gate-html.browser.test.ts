import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright';
import { lowContrasts } from '../../app/web/testing/page-checks.ts';
import type { GateResult } from '../../core/gate/result.ts';
import { locateChromium } from '../../process/locate-tools.ts';
import { gateHtml } from '../../reporters/gate/html/report.ts';
import { HOSTILE_GATE } from '../../reporters/gate/testing/hostile-gate.ts';
import { GATES } from '../../reporters/gate/testing/sample-gates.ts';

const found = await locateChromium();
const skip = found.found ? false : `chromium is missing: ${found.mend}`;

/** Runs in the page: what of it was not made by us, or lacks what those need who do not see it. */
function structureProblems(): readonly string[] {
  const count = (selector: string): number => document.querySelectorAll(selector).length;
  const problems: readonly (readonly [boolean, string])[] = [
    [count('h1') !== 1 || count('main') !== 1, 'not one first heading and one main part'],
    [document.documentElement.lang !== 'en', 'no language'],
    [count('th') !== count('th[scope]'), 'a heading without scope'],
    [count('svg') !== count('svg[role=img][aria-label]:not([aria-label=""])'), 'a drawing without words'],
    [count('script, iframe, object, embed, form, base, img, link, a[onclick]') > 0, 'an element that can do something'],
    [count('[onerror], [onload], [onclick], [onmouseover], [style]') > 0, 'an attribute that can do something'],
    [[...document.querySelectorAll('a')].some((a) => !a.getAttribute('href')?.startsWith('./')), 'a link elsewhere'],
    [[...document.querySelectorAll('.badge')].some((badge) => badge.textContent?.trim() === ''), 'only a colour'],
    ['pwned' in window, 'text of a target was run'],
    [document.documentElement.scrollWidth > innerWidth, `${document.documentElement.scrollWidth} px wide`],
  ];
  return problems.filter(([isProblem]) => isProblem).map(([, problem]) => problem);
}

describe('the HTML report of a gate in a real browser', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-gate-html-'));
  let browser: Browser;
  before(async () => {
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    browser = await chromium.launch({ executablePath: found.found ? found.path : '', args });
  });
  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A report opened from its file; complaints of the console and requests for anything else are collected. */
  async function open(
    gate: GateResult,
    options: Parameters<Browser['newPage']>[0],
  ): Promise<{ readonly page: Page; readonly complaints: readonly string[] }> {
    const file = join(folder, 'report.html');
    writeFileSync(file, gateHtml(gate, { vigie: '0.1.0' }));
    const page = await browser.newPage(options);
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('request', (request) => {
      if (request.url() !== pathToFileURL(file).href) complaints.push(`asked for ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href);
    return { page, complaints };
  }

  const gates = { regressed: GATES.regressed, broken: GATES.broken, hostile: HOSTILE_GATE };
  for (const [name, gate] of Object.entries(gates))
    it(`is readable, whole and quiet, in light and dark, on a screen and a phone: ${name}`, async () => {
      const { page, complaints } = await open(gate, {});
      await page.locator('details').evaluateAll((all) => {
        for (const details of all) details.setAttribute('open', '');
      });
      for (const [colorScheme, width] of [
        ['light', 400],
        ['dark', 1_280],
      ] as const) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        assert.deepEqual([colorScheme, ...(await page.evaluate(structureProblems))], [colorScheme]);
        assert.deepEqual([colorScheme, ...(await page.evaluate(lowContrasts))], [colorScheme]);
        assert.ok((await page.screenshot()).length > 10_000, 'an empty picture');
      }
      assert.deepEqual(complaints, []);
      await page.close();
    });

  it('shows verdict, counts, the worst rows with drawings and reasons, and leads to the evidence', async () => {
    const { page } = await open(GATES.regressed, {});
    assert.equal(await page.locator('h1').textContent(), '✗ Failed');
    assert.deepEqual(await page.locator('.counts li').allTextContents(), [
      '1 regressed or broken',
      '1 undecided',
      '5 no worse',
    ]);
    const card = page.locator('.card', { hasText: 'lcp p75' });
    assert.equal(await card.locator('svg circle').count(), 12 + 12 + 1);
    assert.match(
      (await card.locator('svg').last().getAttribute('aria-label')) ?? '',
      /\+13\.9 % \(.*\), limit < \+5 %/,
    );
    await card.getByText('hero.webp weighs 812 kB more').waitFor();
    const link = card.getByRole('link', { name: 'trace of the candidate, pair 2' });
    assert.equal(await link.getAttribute('href'), './evidence/checkout/3/trace.zip');
    const broken = (await open(GATES.broken, {})).page.locator('.card', { hasText: 'checkout (journey) is broken' });
    await broken.getByText("button 'Pay'").waitFor();
    assert.equal(await broken.getByRole('link').count(), 3);
  });

  it('prints what is folded, dark on white', async () => {
    const { page } = await open(GATES.regressed, { colorScheme: 'dark' });
    const cell = page.locator('details td').first();
    assert.ok(!(await cell.isVisible()));
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    assert.ok(await cell.isVisible());
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(255, 255, 255)');
  });
});
