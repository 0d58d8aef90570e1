import { suggest } from '../core/suggest.ts';
import { launchOptions } from './rc-launch-options.ts';
import * as other from './rc-other-sections.ts';
import { assertSection, ci, collect, limits, matrixRow, rcFile, serverOnly } from './rc-sections.ts';
import { screenEmulation, settings, throttling } from './rc-settings.ts';

/** One level of a file: where it is and the keys it has. */
export type Level = { readonly at: string; readonly keys: readonly string[] };

/** Where the limits of an assertion stand, whichever the audit. */
export const LIMITS_OF_AN_ASSERTION = 'ci.assert.assertions.*[]';

export function levelOf(at: string, { shape }: { readonly shape: Readonly<Record<string, unknown>> }): Level {
  return { at, keys: Object.keys(shape) };
}

/** Every level of lighthouserc.json; a key that is found at several is suggested for the first of them. */
export const RC_LEVELS: readonly Level[] = [
  levelOf('', rcFile),
  levelOf('ci', ci),
  levelOf('ci.collect', collect),
  levelOf('ci.assert', assertSection),
  levelOf('ci.collect.settings', settings),
  levelOf('ci.collect.settings.throttling', throttling),
  levelOf('ci.collect.settings.screenEmulation', screenEmulation),
  levelOf('ci.collect.puppeteerLaunchOptions', launchOptions),
  levelOf('ci.assert.assertMatrix[]', matrixRow),
  levelOf(LIMITS_OF_AN_ASSERTION, limits),
  levelOf('ci.upload', other.upload),
  levelOf('ci.upload.basicAuth', other.basicAuth),
  levelOf('ci.server', other.server),
  levelOf('ci.server.storage', other.storage),
  levelOf('ci.server.storage.sqlMigrationOptions', other.storage.shape.sqlMigrationOptions.unwrap()),
  levelOf('ci.server.basicAuth', other.basicAuth),
  levelOf('ci.server.viewer', other.server.shape.viewer.unwrap()),
  levelOf('ci.server.psiCollectCron', other.psiCollectCron),
  levelOf('ci.server.psiCollectCron.sites[]', other.site),
  levelOf('ci.server.deleteOldBuildsCron', other.deleteOldBuilds),
  levelOf('ci.server.deleteOldBuildsCron[]', other.deleteOldBuilds),
  levelOf('ci.wizard', other.wizard),
  levelOf('ci.wizard.basicAuth', other.basicAuth),
  levelOf('ci.wizard.storage', other.storage),
  levelOf('ci:server', serverOnly),
];

export type Meant = {
  readonly hint: string | undefined;
  /** The key is right, but not here. */
  readonly isElsewhere: boolean;
};

/** What a key was probably meant to be, or where it belongs. */
export function meantBy(key: string, at: string, levels: readonly Level[]): Meant {
  const here = levels.find((level) => level.at === at)?.keys ?? [];
  const known = [...here, ...levels.flatMap(({ keys }) => keys)];
  const meant = nearHere(key, at, levels) ?? suggest(key, known);
  if (meant === undefined) return { hint: undefined, isElsewhere: false };
  if (here.includes(meant)) return { hint: `did you mean '${meant}'?`, isElsewhere: false };
  // Two places are enough to choose from.
  const places = levels.filter(({ keys }) => keys.includes(meant)).slice(0, 2);
  const where = places.map(nameOf).join(' or ');
  if (meant === key) return { hint: `'${key}' belongs in ${where}`, isElsewhere: true };
  return { hint: `did you mean '${meant}' in ${where}?`, isElsewhere: false };
}

/** A key that only another command has is more likely one of here, mistyped: `urls` for `url`. */
function nearHere(key: string, at: string, levels: readonly Level[]): string | undefined {
  const places = levels.filter(({ keys }) => keys.includes(key));
  const isOfOthers = places.length > 0 && !OTHERS.test(at) && places.every((place) => OTHERS.test(place.at));
  return isOfOthers ? suggest(key, levels.find((level) => level.at === at)?.keys ?? []) : undefined;
}

const OTHERS = /^ci(?::server|\.(?:upload|server|wizard))\b/;

function nameOf({ at }: Level): string {
  if (at === '') return 'the top level';
  return at === LIMITS_OF_AN_ASSERTION ? "the limits of an assertion, ['error', { … }]" : `'${at}'`;
}
