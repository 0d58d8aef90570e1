import type { Commit } from '../core/store.ts';
import type { Latin1 } from './pack-numbers.ts';

/**
 * What crosses to the storage thread for one commit: columns as they are stored, made once on the caller's side, so that the storage
 * thread neither parses nor judges. Names stand as text and become numbers there.
 */
export type CommitRecord = {
  readonly run: RunRecord | undefined;
  readonly slots: readonly SkipRecord[];
  readonly rows: Omit<Commit, 'run' | 'skipped' | 'tracks' | 'notices'>;
  readonly tracks: readonly TrackRecord[];
  readonly notices: readonly NoticeRecord[];
  /** Latest instant in it. */
  readonly latestAt: number;
};

export type RunRecord = {
  readonly id: string;
  readonly check: string;
  readonly location: string;
  readonly kind: string;
  readonly trigger: number;
  readonly dueAt: number | null;
  readonly status: number;
  readonly blame: string | null;
  readonly reason: string | null;
  readonly startedAt: number;
  readonly durationUs: number;
  readonly attempts: number;
  readonly taints: string | null;
  readonly skeleton: string;
  readonly values: Latin1;
  /** Whether the skeleton is stored once for many runs, or inside this run. */
  readonly shared: boolean;
  readonly hasArtefacts: boolean;
};

export type SkipRecord = {
  readonly check: string;
  readonly location: string;
  readonly dueAt: number;
  readonly reason: number;
  readonly recordedAt: number;
};
export type TrackRecord = {
  readonly check: string;
  readonly location: string;
  readonly track: string;
  readonly state: string;
};
export type NoticeRecord = {
  readonly id: string;
  readonly incident: string;
  readonly channel: string;
  readonly createdAt: number;
  readonly content: string;
};
