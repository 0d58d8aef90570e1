import type { Budget, Level, Limit } from './budget.ts';
import type { Instant } from './clock.ts';
import type { Fault } from './fault.ts';
import type { CheckId, RunId } from './identifiers.ts';
import type { Measure } from './measure.ts';
import type { Ground, Observation, Provenance, Taint } from './observation.ts';

export type NonEmpty<T> = readonly [T, ...T[]];

/** One budget or assertion that was not met. */
export type Breach =
  | {
      readonly kind: 'budget';
      readonly budget: string;
      readonly value: Measure;
      readonly limit: Limit;
      readonly level: Level;
    }
  | {
      readonly kind: 'assertion';
      readonly expected: string;
      readonly actual: string;
      readonly step?: string;
      /** Default `fail`. */
      readonly level?: Level;
      /** Default `answer`. */
      readonly ground?: Ground;
    };

export const SKIP_REASONS = [
  'overlap',
  'maintenance',
  'paused',
  'missed',
  'capacity',
  'cancelled',
  'shutdown',
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** Made only by `core/judge`. */
export type Verdict =
  | { readonly status: 'passed' }
  | {
      readonly status: 'degraded' | 'failed';
      readonly breaches: NonEmpty<Breach>;
      /** What this machine went through that could explain every one of the breaches that decide; see `core/blame.ts`. */
      readonly doubt?: Fault;
    }
  | { readonly status: 'inconclusive'; readonly fault: Fault; readonly seen: readonly Breach[] }
  | { readonly status: 'skipped'; readonly reason: SkipReason };
export const VERDICT_STATUSES = ['passed', 'degraded', 'failed', 'inconclusive', 'skipped'] as const;
export type VerdictStatus = (typeof VERDICT_STATUSES)[number];

/** One due instant of a check at a location; ends with exactly one record. */
export type Slot = { readonly check: CheckId; readonly location: string; readonly dueAt: Instant };

/** How a budget stood in a run: the evidence behind `vigie_budget_*`. */
export type BudgetResult = {
  readonly budget: Budget;
  /** Absent when no sample arrived. */
  readonly value?: number;
  readonly samples: number;
  readonly status: 'kept' | 'warned' | 'failed' | 'no-samples';
};

export type Attempt = {
  /** 1 for the first. */
  readonly number: number;
  readonly purpose: AttemptPurpose;
  readonly startedAt: Instant;
  readonly durationMs: number;
  readonly verdict: Verdict;
  readonly observation: Observation;
};
/** `confirmation` runs ask whether a failure is real, with full recording; `retry` gives the target another chance inside the slot. */
export type AttemptPurpose = 'first' | 'retry' | 'confirmation';

/** `confirmation`: between two slots, to see whether a recovery lasts (docs/decisions/027). */
export const TRIGGERS = ['slot', 'manual', 'gate', 'confirmation'] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** Whether runs of this trigger move incidents: those that the monitor makes by itself. */
export function movesIncidents(trigger: Trigger): boolean {
  return trigger === 'slot' || trigger === 'confirmation';
}

/** The execution of a slot, of a demand or of a confirmation. Only runs with trigger `slot` count for uptime. */
export type Run = {
  readonly id: RunId;
  readonly check: CheckId;
  readonly kind: string;
  readonly location: string;
  readonly environment: string;
  readonly trigger: Trigger;
  /** Present when the trigger is `slot`. */
  readonly slot?: Slot;
  readonly verdict: Verdict;
  readonly attempts: readonly Attempt[];
  readonly budgets: readonly BudgetResult[];
  readonly taints: readonly Taint[];
  readonly producedBy: Provenance;
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
};

/** The observation that the verdict stands on: that of the last attempt. */
export function decisive(run: Run): Observation | undefined {
  return run.attempts.at(-1)?.observation;
}
