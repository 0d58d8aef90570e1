import { isDeepStrictEqual } from 'node:util';
import type { Log } from '../../core/log.ts';
import type { Settings } from '../../core/plan.ts';

/** Read once, when the process starts: folders, listeners, tokens and where runs are made from. */
const READ_ONCE = [
  'dataFolder',
  'logFolder',
  'location',
  'web',
  'metrics',
  'apiTokens',
] as const satisfies readonly (keyof Settings)[];

/** Settings that the new configuration asks for and that a reload cannot put in force; the log says so. */
export function settingsNeedingRestart(inForce: Settings, asked: Settings, log: Log): readonly string[] {
  const late = READ_ONCE.filter((key) => !isDeepStrictEqual(inForce[key], asked[key])).map((key) => `settings.${key}`);
  if (late.length > 0) log.warn({ settings: late.join(', ') }, 'these settings change with the next start only');
  return late;
}
