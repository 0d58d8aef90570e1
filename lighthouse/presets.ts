import type { Diagnostic } from '../core/errors.ts';
import { suggest } from '../core/suggest.ts';
import type { Assertions } from './rc-sections.ts';
import { majorOf, REMOVED_AUDITS, REMOVED_SINCE_MAJOR } from './removed-audits.ts';

/** What the assertions are to be run with. */
export type Installed = {
  /** Path of the Lighthouse CI executable, for its presets. */
  readonly lhci: string;
  /** The Lighthouse that it will run, where that is known. */
  readonly lighthouse: string | undefined;
};

/** For suggestions; which presets there are is told by the files of the installed Lighthouse CI. */
const PRESETS = ['lighthouse:all', 'lighthouse:recommended', 'lighthouse:no-pwa'];

export function unknownPreset(preset: string, place: Pick<Diagnostic, 'file' | 'path'>): Diagnostic {
  const meant = suggest(preset, PRESETS);
  const hint = meant === undefined ? 'write explicit assertions' : `did you mean '${meant}'?`;
  return { ...place, message: `there is no preset '${preset}'`, hint };
}

/** What is wrong with a preset that asserts audits which the installed Lighthouse no longer has. */
export function outdatedPreset(
  preset: string,
  chosen: Assertions,
  { lighthouse }: Installed,
): Pick<Diagnostic, 'message' | 'hint'> | undefined {
  if ((majorOf(lighthouse) ?? 0) < REMOVED_SINCE_MAJOR) return undefined;
  const gone = Object.keys(chosen).filter((id) => Object.hasOwn(REMOVED_AUDITS, id) && chosen[id]?.level !== 'off');
  if (gone.length === 0) return undefined;
  const message = `'${preset}' asserts ${gone.length} audits that Lighthouse ${lighthouse ?? ''} does not have: ${gone.join(', ')}`;
  return { message, hint: "write explicit assertions instead of the preset, or switch each of these 'off'" };
}
