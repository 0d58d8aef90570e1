import type { CheckKind } from '../../core/check.ts';
import type { PlanOptions } from '../load-plan.ts';

/** What `vigie run`, `load` and `audit` take. */
export type RunOptions = PlanOptions & {
  readonly ids: readonly string[];
  readonly tag?: readonly string[];
  /** Only checks of this kind; then manual ones need not be named. */
  readonly only?: CheckKind;
  readonly record: boolean;
  readonly wait: boolean;
  readonly arm?: boolean;
  readonly push?: boolean;
  /** Only what fell due since the last record, as slots: for an outer clock. */
  readonly due?: boolean;
};
