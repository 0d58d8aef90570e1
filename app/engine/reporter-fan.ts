import type { Check } from '../../core/check.ts';
import { messageOf } from '../../core/errors.ts';
import type { IncidentChange } from '../../core/incident.ts';
import type { Log } from '../../core/log.ts';
import type { Delivery } from '../../core/notice.ts';
import type { Plan } from '../../core/plan.ts';
import type { Reporter } from '../../core/reporter.ts';
import type { Run } from '../../core/run.ts';
import type { Gap, SkippedSlot } from '../../core/store.ts';

/** Tells every reporter; one that throws is isolated and remembered, so that a command can fail because of it. */
export type ReporterFan = {
  /** From now on this one is told, too. */
  add(reporter: Reporter): void;
  plan(plan: Plan): void;
  started(check: Check): void;
  run(run: Run, check: Check): void;
  skipped(skipped: readonly SkippedSlot[], gaps: readonly Gap[]): void;
  incident(change: IncidentChange, check: Check | undefined): void;
  delivery(delivery: Delivery): void;
  /** Waits for all that was told, then ends the reporters. */
  end(): Promise<void>;
  failures(): readonly string[];
};

export function fanOut(first: readonly Reporter[], log: Log): ReporterFan {
  const reporters = [...first];
  const failures: string[] = [];
  const pending = new Set<Promise<void>>();

  function tell(action: (reporter: Reporter) => void | Promise<void> | undefined): void {
    for (const reporter of reporters) {
      try {
        const told = action(reporter);
        if (told !== undefined) wait(reporter, told);
      } catch (error) {
        failed(reporter, error);
      }
    }
  }

  function wait(reporter: Reporter, told: Promise<void>): void {
    const settled = told.catch((error: unknown) => failed(reporter, error)).finally(() => pending.delete(settled));
    pending.add(settled);
  }

  function failed({ name }: Reporter, error: unknown): void {
    failures.push(`${name}: ${messageOf(error)}`);
    log.error({ reporter: name, error: messageOf(error) }, 'a reporter failed; the others go on');
  }

  return {
    add: (reporter) => void reporters.push(reporter),
    plan: (plan) => tell((reporter) => reporter.onPlan?.(plan)),
    started: (check) => tell((reporter) => reporter.onRunStarted?.(check)),
    run: (run, check) => tell((reporter) => reporter.onRun?.(run, check)),
    skipped: (skipped, gaps) => tell((reporter) => reporter.onSkipped?.(skipped, gaps)),
    incident: (change, check) => tell((reporter) => reporter.onIncident?.(change, check)),
    delivery: (delivery) => tell((reporter) => reporter.onDelivery?.(delivery)),
    async end() {
      await Promise.all(pending);
      tell((reporter) => reporter.onEnd?.());
      await Promise.all(pending);
    },
    failures: () => failures,
  };
}
