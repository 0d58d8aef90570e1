import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DEBIAN_CHROMIUM, locate } from '../../process/where.mjs';
import { installWithApt } from './apt.mjs';
import { describeFailure, runCommand } from './command.mjs';
import { whyUnreachable } from './network.mjs';

const DOWNLOAD_HOST = 'https://cdn.playwright.dev';
const LIMIT_MS = 10 * 60 * 1000;

/**
 * Chromium: Playwright's own download, then Debian's package when we may install one.
 * @param {import('./types.d.mts').Context} context
 */
export async function setUpChromium(context) {
  // A variable that names a browser is an order; downloading another one would not help.
  if (context.machine.env.VIGIE_CHROMIUM || context.machine.env.CHROME_PATH) return;
  await downloadWithPlaywright(context);
  // A download that cannot run (libraries missing) is no browser: that is why it is looked for and not assumed.
  if ((await locate('chromium', context.machine)).found) return;
  await installWithApt(context, { name: DEBIAN_CHROMIUM, what: 'Chromium' });
}

/** @param {import('./types.d.mts').Context} context */
async function downloadWithPlaywright({ reporter, root, runtime, machine }) {
  const script = findPlaywright(root);
  if (script === undefined) return reporter.say("Playwright's download is not to be had: playwright is not installed");
  const unreachable = await whyUnreachable(DOWNLOAD_HOST);
  if (unreachable !== undefined) return reporter.say(`Playwright's download is not to be had: ${unreachable}`);
  const what = "downloading Chromium's headless shell (Playwright's build, about 110 MB)";
  const run = { command: runtime, args: [script, 'install', '--only-shell', 'chromium'] };
  const ending = await runCommand({ reporter, what, ...run, env: machine.env, limitMs: LIMIT_MS });
  if (!ending.ok) reporter.say(describeFailure(run, ending.output));
}

/** In an installed package it may lie beside us or further up. @param {string} root */
function findPlaywright(root) {
  try {
    return join(dirname(createRequire(join(root, 'package.json')).resolve('playwright/package.json')), 'cli.js');
  } catch {
    // The install left it out; the caller says so.
    return undefined;
  }
}
