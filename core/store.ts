import type { Instant } from './clock.ts';
import type { CheckId, IncidentId, NoticeId, RunId } from './identifiers.ts';
import type { Incident, Track, TrackState } from './incident.ts';
import type { Delivery, Notice, PendingNotice } from './notice.ts';
import type { Retention } from './plan.ts';
import type { Run, SkipReason, Slot, Trigger, VerdictStatus } from './run.ts';
import type { Standing, StandingCounts } from './uptime.ts';

/** A slot that ended without a run. */
export type SkippedSlot = { readonly slot: Slot; readonly reason: SkipReason; readonly recordedAt: Instant };

/** Many missed slots of one check folded in one record, after a long stop: `count` slots due in `[from, to]`. */
export type Gap = {
  readonly check: CheckId;
  readonly location: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly count: number;
  readonly recordedAt: Instant;
};

/**
 * How far a check's slots are accounted for: every slot due at or before `lowWater` has its record.
 * At start, slots after it that have no record were missed.
 */
export type Cursor = {
  readonly check: CheckId;
  readonly location: string;
  readonly watchedSince: Instant;
  readonly lowWater: Instant;
};

export type Pause = {
  readonly check: CheckId;
  readonly since: Instant /** Absent: until resumed. */;
  readonly until?: Instant;
  readonly by: string;
};

/** Whether a pause holds at an instant. */
export function isPausedAt({ since, until }: Pause, instant: Instant): boolean {
  return since <= instant && instant < (until ?? Number.POSITIVE_INFINITY);
}

export type Ping = { readonly check: CheckId; readonly at: Instant };
/** A span in which our listener for pings was up. Extended while it is. */
export type ListenerSpan = { readonly since: Instant; readonly until: Instant };

/** What is written together or not at all. */
export type Commit = {
  readonly run?: Run;
  readonly skipped?: readonly SkippedSlot[];
  readonly gaps?: readonly Gap[];
  readonly cursors?: readonly Cursor[];
  readonly tracks?: readonly TrackState[];
  readonly incidents?: readonly Incident[];
  readonly notices?: readonly Notice[];
  readonly pings?: readonly Ping[];
  readonly listener?: ListenerSpan;
  readonly pause?: Pause;
  readonly resume?: CheckId;
};

/** What a start needs to know of the past. */
export type Resumed = {
  readonly cursors: readonly Cursor[];
  readonly tracks: readonly TrackState[];
  readonly pauses: readonly Pause[];
  readonly lastPings: readonly Ping[];
  readonly listenerSpans: readonly ListenerSpan[];
  /** Latest instant in any record; the clock's sanity is judged against it. */
  readonly lastRecordAt?: Instant;
};

/** The one writer. Commits are grouped; a promise resolves when its commit is durable and rejects when it is not. */
export interface Store {
  resume(): Promise<Resumed>;
  /** A run that is there already may be committed again, alone or with more: what is missing is written, and nothing newer is undone. */
  commit(commit: Commit): Promise<void>;
  /** Instants of slots that have a record, in `(after, until]`, for the accounting of missed slots at start. */
  recordedSlots(check: CheckId, location: string, after: Instant, until: Instant): Promise<readonly Instant[]>;
  /** Undelivered notices due by `now`, oldest first per channel; only the first undelivered one of each incident and channel. */
  dueNotices(now: Instant, limit: number): Promise<readonly PendingNotice[]>;
  /** When the next notice falls due; `undefined` when none is waiting. */
  nextNoticeAt(): Promise<Instant | undefined>;
  /** Writes the ledger line and either ends the notice or puts it back with `retryAt`. */
  recordDelivery(delivery: Delivery, retryAt: Instant | undefined): Promise<void>;
  /** One bounded step of retention; `true` when there is more to do. Artefact folders to delete are returned after their rows are gone. */
  maintain(now: Instant, retention: Retention): Promise<MaintenanceStep>;
  /** Instants and sizes for `/metrics` and the self-check. */
  health(): Promise<StoreHealth>;
  close(): Promise<void>;
}

export type MaintenanceStep = {
  readonly more: boolean;
  readonly deletedRuns: number;
  readonly expiredArtefacts: readonly RunId[];
};
export type StoreHealth = {
  readonly databaseBytes: number;
  readonly pendingNotices: number;
  readonly queuedCommits: number;
  readonly lastCommitAt?: Instant;
  readonly schemaVersion: number;
};

/** One line of a list of runs; the whole `Run` comes by id. */
export type RunSummary = {
  readonly id: RunId;
  readonly check: CheckId;
  readonly kind: string;
  readonly location: string;
  readonly trigger: Trigger;
  readonly dueAt?: Instant;
  readonly status: VerdictStatus;
  readonly standing: Standing;
  /** Blame of an inconclusive run. */
  readonly blame?: string;
  /** The fault, or the first breach, in one sentence. */
  readonly reason?: string;
  readonly startedAt: Instant;
  readonly durationMs: number;
  readonly attempts: number;
  readonly taints: readonly string[];
};

/** One slot as the history strip shows it: a run, or why there was none. */
export type SlotView = {
  readonly dueAt: Instant;
  readonly standing: Standing;
  readonly status: VerdictStatus;
  readonly reason?: string;
  readonly run?: RunId;
};

export type RunFilter = {
  readonly check?: CheckId;
  readonly status?: readonly VerdictStatus[];
  readonly trigger?: Trigger;
  /** Started at or after / before. */
  readonly from?: Instant;
  readonly to?: Instant;
  /** Page on: runs that started before this one. */
  readonly before?: RunId;
  /** 1 to 1,000. */
  readonly limit: number;
};

export type IncidentFilter = {
  readonly check?: CheckId;
  readonly open?: boolean;
  readonly track?: Track;
  readonly from?: Instant;
  readonly limit: number;
};
export type RollUp = {
  readonly from: Instant;
  readonly counts: StandingCounts;
  readonly runs: number;
  readonly durationMs: { readonly sum: number; readonly min: number; readonly max: number };
};

/** Read-only views over the same data from a connection of its own; never blocks the writer. Synchronous: use it off the main thread. */
export interface StoreReader {
  latestRuns(check: CheckId, limit: number): readonly RunSummary[];
  runs(filter: RunFilter): readonly RunSummary[];
  run(id: RunId): Run | undefined;
  slots(check: CheckId, from: Instant, to: Instant, limit: number): readonly SlotView[];
  /** Counts over expected slots with trigger `slot` in `[from, to)`, from roll-ups where they cover it. */
  standings(check: CheckId, from: Instant, to: Instant): StandingCounts;
  rollUps(check: CheckId, from: Instant, to: Instant): readonly RollUp[];
  incidents(filter: IncidentFilter): readonly Incident[];
  incident(id: IncidentId): Incident | undefined;
  notices(incident: IncidentId): readonly Notice[];
  deliveries(notice: NoticeId): readonly Delivery[];
  pauses(): readonly Pause[];
  cursors(): readonly Cursor[];
  health(): Pick<StoreHealth, 'databaseBytes' | 'pendingNotices' | 'schemaVersion'>;
  close(): void;
}
