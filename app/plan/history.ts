import type { Check } from '../../core/check.ts';
import type { Instant } from '../../core/clock.ts';
import { messageOf, VigieError } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { RunSummary, StoreReader } from '../../core/store.ts';
import { withReader } from '../with-reader.ts';

/** What the store knows of a check's runs. */
export type CheckHistory = {
  readonly runs: number;
  readonly meanMs: number;
  /** Files that a run left behind, on average; absent when none of the latest runs can be read. */
  readonly artefactBytes?: number;
};
export type History = {
  readonly checks: ReadonlyMap<string, CheckHistory>;
  /** Why there is none, when that is worth telling. */
  readonly problem?: string;
};

const BACK_MS = 7 * 86_400_000;
const LATEST_RUNS = 20;

/** The last seven days of every check; empty before the first start. */
export function readHistory(plan: Plan, now: Instant): History {
  try {
    return { checks: withReader(plan, (reader) => new Map(plan.checks.flatMap((check) => entry(reader, check, now)))) };
  } catch (error) {
    if (error instanceof VigieError && error.code === 'store-missing') return { checks: new Map() };
    return { checks: new Map(), problem: messageOf(error) };
  }
}

function entry(reader: StoreReader, check: Check, now: Instant): readonly (readonly [string, CheckHistory])[] {
  const latest = reader.latestRuns(check.id, LATEST_RUNS);
  const times = scheduledRuns(reader, check, now) ?? runsByHand(latest);
  if (times === undefined) return [];
  const artefactBytes = meanArtefactBytes(reader, latest);
  return [[check.id, { ...times, ...(artefactBytes === undefined ? {} : { artefactBytes }) }]];
}

type Times = Pick<CheckHistory, 'runs' | 'meanMs'>;

function scheduledRuns(reader: StoreReader, check: Check, now: Instant): Times | undefined {
  const hours = reader.rollUps(check.id, now - BACK_MS, now);
  const runs = hours.reduce((total, hour) => total + hour.runs, 0);
  const spentMs = hours.reduce((total, { durationMs }) => total + durationMs.sum, 0);
  return runs === 0 ? undefined : { runs, meanMs: spentMs / runs };
}

/** Only slots are rolled up; before the first start there may be runs by `vigie run`. What could not measure says nothing of the time. */
function runsByHand(latest: readonly RunSummary[]): Times | undefined {
  const measured = latest.filter(({ status }) => status !== 'inconclusive' && status !== 'skipped');
  const spentMs = measured.reduce((total, { durationMs }) => total + durationMs, 0);
  return measured.length === 0 ? undefined : { runs: measured.length, meanMs: spentMs / measured.length };
}

function meanArtefactBytes(reader: StoreReader, latest: readonly RunSummary[]): number | undefined {
  const runs = latest.flatMap(({ id }) => reader.run(id) ?? []);
  if (runs.length === 0) return undefined;
  const sizes = runs.flatMap(({ attempts }) =>
    attempts.flatMap(({ observation }) => observation.artefacts.map(({ sizeBytes }) => sizeBytes)),
  );
  return sizes.reduce((total, size) => total + size, 0) / runs.length;
}
