import type { Check } from './check.ts';
import type { IncidentChange } from './incident.ts';
import type { Delivery } from './notice.ts';
import type { Plan } from './plan.ts';
import type { Run } from './run.ts';
import type { Gap, SkippedSlot } from './store.ts';

/**
 * Told what has happened, after it is durable. Every hook is optional and receives frozen values.
 * A hook that throws is isolated: the others still run, and the failure is reported to them and by the exit code of a command.
 */
export type Reporter = {
  readonly name: string;
  onPlan?(plan: Plan): void | Promise<void>;
  onRunStarted?(check: Check): void | Promise<void>;
  onRun?(run: Run, check: Check): void | Promise<void>;
  /** `gaps` are many missed slots folded in one record each; none of them is among `skipped`. */
  onSkipped?(skipped: readonly SkippedSlot[], gaps: readonly Gap[]): void | Promise<void>;
  /** `check` is absent when the incident is of the monitor itself. */
  onIncident?(change: IncidentChange, check: Check | undefined): void | Promise<void>;
  onDelivery?(delivery: Delivery): void | Promise<void>;
  onEnd?(): void | Promise<void>;
};
