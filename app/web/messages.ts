import type { HashedToken } from '../../core/api-token.ts';
import type { Instant } from '../../core/clock.ts';
import type { Command, CommandAnswer } from '../../core/command.ts';
import type { IncidentChange } from '../../core/incident.ts';
import type { Delivery } from '../../core/notice.ts';
import type { Plan } from '../../core/plan.ts';
import type { Run } from '../../core/run.ts';
import type { Gap, SkippedSlot } from '../../core/store.ts';
import type { EngineState } from '../../reporters/prometheus/metrics-registry.ts';
import type { AuditEntry } from '../../web/parts.ts';

/** What the web thread is started with. It is told only hashes of tokens. */
export type WebThreadData = {
  readonly plan: Plan;
  readonly loadedAt: Instant;
  readonly version: string;
  readonly tokens: readonly HashedToken[];
  /** Ports of before, so that a restarted thread listens where people look. */
  readonly ports?: Listening['ports'];
};

export type Listening = {
  readonly type: 'listening';
  readonly webUrl: string;
  readonly metricsUrl: string;
  readonly ports: { readonly web: number; readonly metrics?: number };
};

export type ToWeb =
  | { readonly type: 'plan'; readonly plan: Plan; readonly loadedAt: Instant }
  /** In the order in which they were recorded. */
  | { readonly type: 'runs'; readonly runs: readonly Run[] }
  | { readonly type: 'reloadRefused' }
  | { readonly type: 'skipped'; readonly skipped: readonly SkippedSlot[]; readonly gaps: readonly Gap[] }
  | { readonly type: 'incident'; readonly change: IncidentChange }
  | { readonly type: 'delivery'; readonly delivery: Delivery }
  | { readonly type: 'engine'; readonly state: EngineState; readonly notReady?: string }
  | { readonly type: 'answer'; readonly id: number; readonly answer: CommandAnswer }
  | { readonly type: 'stop' };

export type FromWeb =
  | Listening
  | { readonly type: 'command'; readonly id: number; readonly command: Command }
  | { readonly type: 'audit'; readonly entry: AuditEntry }
  | { readonly type: 'warn'; readonly message: string };
