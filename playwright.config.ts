import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { defineConfig } from '@playwright/test';

/**
 * Runs the journeys under the plain Playwright runner: `npx playwright test`.
 * VIGIE_TARGET is the address of the system under test, VIGIE_CHROMIUM a browser to use.
 */
const executablePath = process.env.VIGIE_CHROMIUM ?? findChromium();

export default defineConfig({
  testDir: './synthetic/journeys',
  timeout: 60_000,
  workers: 1,
  forbidOnly: process.env.CI !== undefined,
  reporter: 'list',
  use: {
    baseURL: process.env.VIGIE_TARGET ?? 'http://127.0.0.1:3000',
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: executablePath === undefined ? {} : { executablePath },
  },
});

/** A Chromium of the system; without one Playwright uses its own download. */
function findChromium(): string | undefined {
  const names = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
