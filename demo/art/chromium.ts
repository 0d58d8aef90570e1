import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright';

const USUAL = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

/** Chromium from CHROME_PATH, the distribution, or Playwright's own download: for drawing and for the tests. */
export function launchChromium(): Promise<Browser> {
  const executablePath = process.env.CHROME_PATH ?? USUAL.find((path) => existsSync(path));
  return chromium.launch(executablePath === undefined ? {} : { executablePath });
}
