import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type PlanOutcome, planAssertions } from './assert-plan.ts';
import { lighthouseBehind } from './installed.ts';
import { configPathProblems } from './lighthouse-config.ts';
import { type AuditOptions, DEFAULT_CONFIG } from './options.ts';
import { emptyRc, type LighthouseRc, type RcOutcome, readRc } from './rc.ts';

/** The lighthouserc.json of a check, or an empty one. */
export async function readOwnRc({ config }: AuditOptions, baseFolder: string, lhci: string): Promise<RcOutcome> {
  const file = resolve(baseFolder, config ?? DEFAULT_CONFIG);
  // Without the option the file is optional: pages and budgets can stand in the check itself.
  if (config === undefined && !(await isThere(file))) return { ok: true, rc: emptyRc(baseFolder) };
  return readRc(file, lhci);
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
