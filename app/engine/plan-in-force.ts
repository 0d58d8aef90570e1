import type { Check } from '../../core/check.ts';
import type { CheckId } from '../../core/identifiers.ts';
import type { Log } from '../../core/log.ts';
import type { Plan, Settings } from '../../core/plan.ts';
import { settingsNeedingRestart } from './restart-settings.ts';

/** The plan that the engine works by. Swapped as a whole. */
export type PlanInForce = {
  now(): Plan;
  /** Also a check that was removed since the start: a run of it may still be under way. */
  find(id: CheckId): Check | undefined;
  /** Whether slots of this check can come: it is in the plan and not only on demand. */
  isWatched(id: CheckId): boolean;
  /** Puts another plan in force but for the settings that only a start can change; says which of those differ, and which checks are watched no more. */
  swap(next: Plan): { readonly unwatched: readonly Check[]; readonly needRestart: readonly string[] };
};

export function keepPlan(first: Plan, log: Log): PlanInForce {
  let plan = first;
  const known = new Map(first.checks.map((check) => [check.id, check]));
  let watched = watchedOf(first);
  return {
    now: () => plan,
    find: (id) => known.get(id),
    isWatched: (id) => watched.has(id),
    swap(next) {
      const needRestart = settingsNeedingRestart(plan.settings, next.settings, log);
      const before = plan.checks.filter(({ id }) => watched.has(id));
      plan = { ...next, settings: withFixed(next.settings, plan.settings) };
      watched = watchedOf(next);
      for (const check of next.checks) known.set(check.id, check);
      return { unwatched: before.filter(({ id }) => !watched.has(id)), needRestart };
    },
  };
}

function watchedOf({ checks }: Plan): ReadonlySet<CheckId> {
  return new Set(checks.filter(({ schedule }) => schedule.type !== 'manual').map(({ id }) => id));
}

/** What is read once stays as it was, so that no part of the process works by another value than the rest. */
function withFixed(next: Settings, { dataFolder, logFolder, location, web, metrics, apiTokens }: Settings): Settings {
  return { ...next, dataFolder, logFolder, location, web, metrics, apiTokens };
}
