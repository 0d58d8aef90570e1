import { type Browser, chromium, expect } from '@playwright/test';
import { messageOf } from '../../../core/errors.ts';
import { BROWSER_SWITCHES } from './browser-switches.ts';

export type WarmBrowser = {
  readonly browser: Browser;
  readonly pid: number | undefined;
  readonly userAgent: string;
  readonly sandboxed: boolean;
};

const LAUNCH_MS = 30_000;

/** Starts Chromium; without its sandbox only when asked, or when this machine does not let it have one. */
export async function launchBrowser(executablePath: string, sandbox: boolean): Promise<WarmBrowser> {
  try {
    return await launch(executablePath, sandbox);
  } catch (error) {
    if (!sandbox || !/sandbox/i.test(messageOf(error))) throw error;
    return launch(executablePath, false);
  }
}

async function launch(executablePath: string, sandboxed: boolean): Promise<WarmBrowser> {
  const args = [...BROWSER_SWITCHES];
  const browser = await chromium.launch({ executablePath, args, chromiumSandbox: sandboxed, timeout: LAUNCH_MS });
  const session = await browser.newBrowserCDPSession();
  const { userAgent } = await session.send('Browser.getVersion');
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  await warmUp(browser);
  return { browser, sandboxed, userAgent, pid: processInfo.find(({ type }) => type === 'browser')?.id };
}

/** What a first run would pay: page process, matchers, selectors. Without it the first measurement is not like the others. */
async function warmUp(browser: Browser): Promise<void> {
  const page = await browser.newPage();
  await page.setContent('<h1>warm</h1>');
  await expect(page.getByRole('heading')).toHaveText('warm');
  await page.close();
}
