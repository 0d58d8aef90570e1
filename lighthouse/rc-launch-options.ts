import { z } from 'zod';

/** Options of `puppeteer.launch` that are passed on as they are, those of older versions too: Puppeteer is installed by the user. */
const PASSED_ON = [
  'acceptInsecureCerts',
  'allowlist',
  'blocklist',
  'browser',
  'browserURL',
  'browserWSEndpoint',
  'capabilities',
  'channel',
  'debuggingPort',
  'defaultViewport',
  'devtools',
  'downloadBehavior',
  'dumpio',
  'enableExtensions',
  'env',
  'executablePath',
  'extensionsEnabledInIncognito',
  'extraPrefsFirefox',
  'handleDevToolsAsPage',
  'handleSIGHUP',
  'handleSIGINT',
  'handleSIGTERM',
  'headers',
  'headless',
  'ignoreDefaultArgs',
  'ignoreHTTPSErrors',
  'issuesEnabled',
  'logger',
  'networkEnabled',
  'pipe',
  'product',
  'protocol',
  'protocolTimeout',
  'signal',
  'slowMo',
  'targetFilter',
  'timeout',
  'transport',
  'userDataDir',
  'waitForInitialPage',
  'wsOptions',
] as const;

const passedOn = z.strictObject(
  Object.fromEntries(PASSED_ON.map((name): readonly [string, z.ZodType] => [name, z.unknown().optional()])),
);

export const launchOptions = z.strictObject({
  ...passedOn.shape,
  args: z.array(z.string()).default([]),
});
