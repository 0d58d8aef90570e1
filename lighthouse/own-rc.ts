import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Diagnostic } from '../core/errors.ts';
import type { InspectServices } from '../core/kind.ts';
import { type PlanOutcome, planAssertions } from './assert-plan.ts';
import { lighthouseBehind } from './installed.ts';
import { configPathProblems } from './lighthouse-config.ts';
import { type AuditOptions, DEFAULT_CONFIG } from './options.ts';
import { emptyRc, type LighthouseRc, type RcOutcome, readRc } from './rc.ts';

/** What is wrong with lighthouserc.json and the files it names. Nothing is said where Lighthouse CI is missing: its presets cannot be read. */
export async function inspectFiles(
  options: AuditOptions,
  { baseFolder, tools, signal }: InspectServices,
): Promise<readonly Diagnostic[]> {
  const lhci = await tools.find('lhci');
  if (!lhci.found) return [];
  const read = await readOwnRc(options, baseFolder, lhci.path);
  if (!read.ok) return read.problems;
  const planned = await planRc(read.rc, lhci.path, signal);
  return planned.ok ? [] : planned.problems;
}

/** The lighthouserc.json of a check, or an empty one. */
export async function readOwnRc({ config }: AuditOptions, baseFolder: string, lhci: string): Promise<RcOutcome> {
  if (config !== undefined) return readRc(resolve(baseFolder, config), lhci);
  const present = await Promise.all(NATIVE_NAMES.map((name) => isThere(resolve(baseFolder, name))));
  const native = NATIVE_NAMES.find((_, index) => present[index]);
  // Without the option the file is optional: pages and budgets can stand in the check itself.
  if (native === undefined) return { ok: true, rc: emptyRc(baseFolder) };
  return native === DEFAULT_CONFIG ? readRc(resolve(baseFolder, native), lhci) : unnamed(resolve(baseFolder, native));
}

/** Names that Lighthouse CI looks for, in its order (`@lhci/utils/src/lighthouserc.js`, 0.15.1). */
const NATIVE_NAMES = ['cjs', 'js', 'json', 'yml', 'yaml'].flatMap((end) => [
  `.lighthouserc.${end}`,
  `lighthouserc.${end}`,
]);

/** What Lighthouse CI would read and the check does not name must not be left out in silence: its assertions would never be made. */
function unnamed(file: string): RcOutcome {
  const message = 'Lighthouse CI would read this file, and the check does not name it';
  const hint = `set config: '${basename(file)}' in the check, or ${DEFAULT_CONFIG} if that is the one`;
  return { ok: false, problems: [{ file, path: '', message, hint }] };
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    // Whatever the reason: a file that we cannot even look at is not there for us.
    () => false,
  );
}

/** The rules it asserts, when that and the configuration of Lighthouse that it names are right. */
export async function planRc(rc: LighthouseRc, lhci: string, signal: AbortSignal): Promise<PlanOutcome> {
  const planned = await planAssertions(rc, { lhci, lighthouse: await lighthouseBehind(lhci) });
  const ofConfig = await configPathProblems(rc, signal);
  const problems = [...(planned.ok ? [] : planned.problems), ...ofConfig];
  return problems.length === 0 ? planned : { ok: false, problems };
}
