import type { Instant } from '../core/clock.ts';
import type { CheckId } from '../core/identifiers.ts';
import type { Delivery, PendingNotice } from '../core/notice.ts';
import type { Retention } from '../core/plan.ts';
import type { MaintenanceStep, Resumed } from '../core/store.ts';
import type { CommitRecord } from './record.ts';

/** What a commit batch is made of. */
export type WriteOperation =
  | { readonly type: 'commit'; readonly record: CommitRecord }
  | { readonly type: 'delivery'; readonly delivery: Delivery; readonly retryAt: Instant | undefined };

/** Questions that only the writer's thread answers, after all writes sent before them. */
export type Questions = {
  readonly resume: { readonly ask: Record<never, never>; readonly answer: Resumed };
  readonly recordedSlots: {
    readonly ask: {
      readonly check: CheckId;
      readonly location: string;
      readonly after: Instant;
      readonly until: Instant;
    };
    readonly answer: readonly Instant[];
  };
  readonly dueNotices: {
    readonly ask: { readonly now: Instant; readonly limit: number };
    readonly answer: readonly PendingNotice[];
  };
  readonly nextNoticeAt: { readonly ask: Record<never, never>; readonly answer: Instant | undefined };
  readonly maintain: {
    readonly ask: { readonly now: Instant; readonly retention: Retention };
    readonly answer: MaintenanceStep;
  };
  readonly health: { readonly ask: Record<never, never>; readonly answer: WriterHealth };
  readonly close: { readonly ask: Record<never, never>; readonly answer: undefined };
};
export type QuestionName = keyof Questions;
export type Question = { [Name in QuestionName]: { readonly name: Name } & Questions[Name]['ask'] }[QuestionName];

export type WriterHealth = {
  readonly databaseBytes: number;
  readonly pendingNotices: number;
  readonly schemaVersion: number;
};

export type ToWriter =
  | { readonly type: 'write'; readonly batch: number; readonly operations: readonly WriteOperation[] }
  | { readonly type: 'ask'; readonly id: number; readonly question: Question };

/** An error as it crosses threads. */
export type Failure = { readonly code: string; readonly message: string; readonly hint: string | undefined };

export type FromWriter =
  | { readonly type: 'opened' }
  | { readonly type: 'recovered'; readonly recovery: Recovery }
  | { readonly type: 'migrated'; readonly from: number; readonly to: number; readonly backup: string | undefined }
  | { readonly type: 'refused'; readonly failure: Failure }
  /** `undefined` for what became durable. */
  | { readonly type: 'written'; readonly batch: number; readonly failures: readonly (Failure | undefined)[] }
  | { readonly type: 'answered'; readonly id: number; readonly answer: unknown }
  | { readonly type: 'unanswered'; readonly id: number; readonly failure: Failure };

/** The database that was found could not be used and a fresh one was started. */
export type Recovery = {
  readonly reason: string;
  /** Where the old files are now. */
  readonly movedTo: readonly string[];
  readonly at: Instant;
};

/** What the writer's thread is started with. */
export type WriterSettings = {
  readonly file: string;
  readonly backupFolder: string;
};
