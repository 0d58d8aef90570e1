import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { chromium } from 'playwright';
import { locateChromium } from '../../process/locate-tools.ts';
import { openTarget } from './target.fixture.ts';
import { vigieHere } from './vigie-here.ts';
import { makeWorkspace, startVigie } from './vigie-process.ts';

const ENTRY = JSON.stringify(join(import.meta.dirname, '..', '..', 'app', 'index.ts'));
const found = await locateChromium();
const JOURNEY = `import { journey } from ${ENTRY};
export default journey('greeting', async ({ page, expect, step }) => {
  await step('Look at the heading', async () => {
    await page.goto('/');
    await expect(page.getByRole('heading')).toHaveText('hello');
    await expect(page.getByRole('heading')).toHaveText('goodbye', { timeout: 500 });
  });
});
`;

describe('the evidence of a failed journey', () => {
  it('opens in the trace viewer of the page, from the run that confirmed the failure', {
    skip: found.found ? false : `chromium is missing: ${found.mend}`,
  }, async () => {
    await using target = await openTarget();
    using workspace = makeWorkspace();
    workspace.write('journey.ts', JOURNEY);
    workspace.config(`{
      target: { name: 'shop', url: '${target.url}', environment: 'test' },
      settings: { web: { port: 0 } },
      checks: [v.journeyCheck('greeting', { manual: true, file: 'journey.ts', timeout: '60s' })],
    }`);
    const run = await vigieHere(workspace.folder, ['run', 'greeting']);
    assert.equal(run.code, 1, run.stdout + run.stderr);
    assert.match(run.stdout, /greeting failed in .*, 2 attempts/);
    assert.match(run.stdout, /evidence: .*\/1\/\S*screenshot\S*\.png.*\/2\/\S*trace\S*\.zip/);

    await using daemon = await startVigie(workspace.folder);
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    await using browser = await chromium.launch({ executablePath: found.found ? found.path : '', args });
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(`${daemon.url}/checks/greeting`);
    await page.getByRole('link', { name: /ago$/ }).first().click();
    const picture = page.getByRole('img', { name: 'Screenshot of attempt 1' });
    await picture.scrollIntoViewIfNeeded();
    assert.ok(
      (await picture.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth))) > 300,
    );
    await page.getByRole('link', { name: 'open in the trace viewer' }).click();
    await page.waitForURL('**/trace/**');
    await page.getByText('goodbye').first().waitFor({ timeout: 60_000 });
    // The snapshot of the target's page, drawn by the viewer's service worker.
    const snapshot = page.frameLocator('iframe').first();
    await snapshot.getByRole('heading', { name: 'hello' }).waitFor({ timeout: 60_000 });
    assert.deepEqual(complaints, []);
  });
});
