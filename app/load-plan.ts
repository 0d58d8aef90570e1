import { accessSync, constants } from 'node:fs';
import type { PlanDependencies } from '../config/build-plan.ts';
import { loadConfig } from '../config/load-config.ts';
import { checkId, isId } from '../core/identifiers.ts';
import type { Plan } from '../core/plan.ts';
import { checkCron } from '../scheduler/cron.ts';
import { spreadOffset } from '../scheduler/slots.ts';
import { isAddressRule } from '../synthetic/net/addresses.ts';
import { KINDS } from './kinds.ts';

/** Options that every command which reads the configuration takes. */
export type PlanOptions = {
  readonly config?: string;
  readonly target?: readonly string[];
  readonly environment?: string;
  /** See `loadConfig`; for processes that run for long. */
  readonly inThread?: boolean;
};

/** Loads the configuration with everything the builder asks of other folders. Throws a ConfigError with all problems. */
export function loadPlan(options: PlanOptions, variables: Readonly<Record<string, string | undefined>>): Promise<Plan> {
  const environment = options.environment ?? variables.VIGIE_ENVIRONMENT;
  const targets = options.target ?? (variables.VIGIE_TARGET === undefined ? [] : [variables.VIGIE_TARGET]);
  return loadConfig({
    folder: process.cwd(),
    ...(options.config === undefined ? {} : { file: options.config }),
    ...(options.inThread === undefined ? {} : { inThread: options.inThread }),
    overrides: { targets, ...(environment === undefined ? {} : { environment }) },
    dependencies: PLAN_DEPENDENCIES,
  });
}

/** What the builder of plans asks of other folders. */
export const PLAN_DEPENDENCIES: PlanDependencies = {
  kinds: KINDS,
  fileExists: isReadable,
  isAddressRule,
  cronProblem(expression, zone) {
    const checked = checkCron(expression, zone);
    return 'problem' in checked ? checked.problem : undefined;
  },
  // A bad id is reported by its own rule; it must not stop the others.
  spreadOffset: (id, everyMs) => (isId(id) ? spreadOffset(checkId(id), everyMs) : 0),
};

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
