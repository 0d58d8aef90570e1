import { z } from 'zod';
import { type Level, levelOf } from './rc-levels.ts';
import { screenEmulation, throttling } from './rc-settings.ts';

/** A table in which only the keys count; Lighthouse itself checks values. */
function keysOnly(names: readonly string[]): z.ZodObject {
  return z.strictObject(
    Object.fromEntries(names.map((name): readonly [string, z.ZodType] => [name, z.unknown().optional()])),
  );
}

const throttlingKeys = keysOnly(Object.keys(throttling.shape));
const screenKeys = keysOnly(Object.keys(screenEmulation.shape));

const settings = keysOnly([
  'additionalTraceCategories',
  'auditMode',
  'blankPage',
  'blockedUrlPatterns',
  'channel',
  'clearStorageTypes',
  'cpuQuietThresholdMs',
  'debugNavigation',
  'disableFullPageScreenshot',
  'disableStorageReset',
  'emulatedUserAgent',
  'extraHeaders',
  'formFactor',
  'gatherMode',
  'ignoreStatusCode',
  'locale',
  'maxWaitForFcp',
  'maxWaitForLoad',
  'networkQuietThresholdMs',
  'onlyAudits',
  'onlyCategories',
  'output',
  'pauseAfterFcpMs',
  'pauseAfterLoadMs',
  'precomputedLanternData',
  'screenEmulation',
  'skipAboutBlank',
  'skipAudits',
  'throttling',
  'throttlingMethod',
  'usePassiveGathering',
]).extend({ throttling: throttlingKeys.nullish(), screenEmulation: screenKeys.nullish() });

/** The configuration that `settings.configPath` names, which is Lighthouse's own. */
export const lighthouseConfig = keysOnly(['extends', 'artifacts', 'audits', 'categories', 'groups', 'plugins']).extend({
  settings: settings.nullish(),
});

export const CONFIG_LEVELS: readonly Level[] = [
  levelOf('', lighthouseConfig),
  levelOf('settings', settings),
  levelOf('settings.throttling', throttlingKeys),
  levelOf('settings.screenEmulation', screenKeys),
];
