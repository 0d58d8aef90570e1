import type { PlanOptions } from '../load-plan.ts';

/** What `vigie gate` takes. */
export type GateOptions = PlanOptions & {
  /** URLs like those of `--target`, or one of the words `history` and `none`. */
  readonly baseline?: readonly string[];
  readonly only?: readonly string[];
  readonly tag?: readonly string[];
  readonly failFast?: boolean;
  readonly maxDuration?: string;
  readonly undecided?: 'inconclusive' | 'pass' | 'fail';
  readonly start?: string;
  readonly waitOn?: string;
  readonly baselineStart?: string;
  readonly baselineWaitOn?: string;
  /** Gates the baseline against itself so many times. */
  readonly calibrate?: number;
  /** Only says how long it would take. */
  readonly plan?: boolean;
  /** Where reports and evidence go. */
  readonly out?: string;
  readonly wait: boolean;
  readonly arm?: boolean;
  /** Judges although this machine was in no state to measure. */
  readonly evenUnfit?: boolean;
  readonly verbose?: boolean;
};
