import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { locateChromium } from '../../../process/locate-tools.ts';
import { launchBrowser } from './browser.ts';

const chromium = await locateChromium();
const skip = process.platform === 'linux' ? false : 'command lines are read from /proc';

it('switches off what Playwright does, and the pages of the address bar', { skip }, async () => {
  assert.ok(chromium.found, JSON.stringify(chromium));
  const { browser, pid } = await launchBrowser(chromium.path, process.getuid?.() !== 0);
  try {
    const lists = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      .split('\0')
      .filter((argument) => argument.startsWith('--disable-features='))
      .map((argument) => argument.slice(argument.indexOf('=') + 1).split(','));
    const last = lists.at(-1) ?? [];
    assert.equal(lists.length, 2, 'one of Playwright and one of ours');
    assert.deepEqual(
      lists.flat().filter((name) => !last.includes(name)),
      [],
    );
    const context = await browser.newContext();
    await context.newPage();
    const session = await browser.newBrowserCDPSession();
    const { targetInfos } = await session.send('Target.getTargets', { filter: [{}] });
    assert.deepEqual(
      targetInfos.filter(({ url }) => url.startsWith('chrome://')),
      [],
    );
  } finally {
    await browser.close();
  }
});
