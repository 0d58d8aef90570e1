import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright';

const usual = '/usr/bin/chromium';

/** Chromium from CHROME_PATH, the distribution, or Playwright's own download: for drawing and for the tests. */
export function launchChromium(): Promise<Browser> {
  const executablePath = process.env.CHROME_PATH ?? (existsSync(usual) ? usual : undefined);
  return chromium.launch(executablePath === undefined ? {} : { executablePath });
}
