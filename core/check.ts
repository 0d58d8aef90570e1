import type { Budget, RelativeBudget } from './budget.ts';
import type { CheckId } from './identifiers.ts';
import type { Labels } from './measure.ts';

export const CHECK_KINDS = ['http', 'tcp', 'dns', 'tls', 'heartbeat', 'journey', 'spec', 'audit', 'load'] as const;
export type CheckKind = (typeof CHECK_KINDS)[number];

/** Classes of resources: `light` runs wide, `browser` a few at a time, `exclusive` one at a time and no browser beside it. */
export const LANES = ['light', 'browser', 'exclusive'] as const;
export type Lane = (typeof LANES)[number];

export const SEVERITIES = ['P1', 'P2', 'P3', 'P4'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** The system watched. */
export type Target = {
  readonly name: string;
  /** Base URL; paths of checks are resolved against it. */
  readonly baseUrl: string;
  readonly environment: string;
  /** Further base URLs by name, e.g. `{ api: 'http://…:5000' }`. */
  readonly origins: Readonly<Record<string, string>>;
  /** A production target is loaded only when a run is explicitly armed. */
  readonly production: boolean;
};

export type Schedule =
  | {
      readonly type: 'interval';
      readonly everyMs: number /** Anchors the spread: slots are at `k * everyMs + offsetMs` since 1970. */;
      readonly offsetMs: number;
    }
  | { readonly type: 'cron'; readonly expression: string; readonly zone: string }
  /** Only on demand: `vigie run`, `vigie load`. */
  | { readonly type: 'manual' };

export const OVERLAPS = ['skip', 'queue-one', 'cancel-previous', 'allow'] as const;
export type Overlap = (typeof OVERLAPS)[number];
export const CATCH_UPS = ['none', 'once'] as const;
export type CatchUp = (typeof CATCH_UPS)[number];

/** Time in which a check is not run and its slots are excluded from uptime. */
export type MaintenanceWindow =
  | { readonly type: 'once'; readonly from: number; readonly to: number; readonly reason: string }
  | {
      readonly type: 'recurring';
      readonly cron: string;
      readonly zone: string;
      readonly durationMs: number;
      readonly reason: string;
    };

export type RetryPolicy = {
  /** Further attempts inside the slot after a failed or inconclusive first one. */
  readonly count: number;
  readonly backoffMs: number;
  readonly backoffFactor: number;
};

/** When an incident opens and closes. `failures` of the last `of` decided runs; consecutive when both are equal. */
export type IncidentRule = {
  readonly failures: number;
  readonly of: number;
  readonly recoveries: number;
  /** Whether degraded runs count as failures. */
  readonly onDegraded: boolean;
};

/** A check as the engine runs it: defaults applied, units parsed, frozen. */
export type Check = {
  readonly id: CheckId;
  readonly kind: CheckKind;
  readonly name: string;
  readonly target: Target;
  readonly schedule: Schedule;
  readonly timeoutMs: number;
  readonly lane: Lane;
  readonly severity: Severity;
  readonly tags: readonly string[];
  readonly budgets: readonly Budget[];
  /** Limits relative to a baseline; only a gate has one. */
  readonly relativeBudgets: readonly RelativeBudget[];
  readonly retry: RetryPolicy;
  /** Whether a failure is asked again at once, with full recording, before it counts. */
  readonly confirm: boolean;
  readonly overlap: Overlap;
  readonly catchUp: CatchUp;
  readonly maintenance: readonly MaintenanceWindow[];
  readonly incident: IncidentRule;
  /** Channel ids for the target's failures; a monitor's own faults go to the plan's `faultChannels`. */
  readonly channels: readonly string[];
  readonly owner?: string;
  readonly runbook?: string;
  readonly labels: Labels;
  /** What the kind's own schema made of the rest. */
  readonly options: unknown;
  /** Hash of everything above; changes when the check's meaning does. */
  readonly hash: string;
};
