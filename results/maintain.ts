import { z } from 'zod';
import type { Instant } from '../core/clock.ts';
import { type RunId, trusted } from '../core/identifiers.ts';
import type { Retention } from '../core/plan.ts';
import type { MaintenanceStep } from '../core/store.ts';
import type { Sqlite } from '../process/sqlite.ts';
import { prepareExpiry } from './expiry-statements.ts';
import { readMeta } from './meta.ts';
import { HOUR_MS } from './write-rollup.ts';

/** Rows of each sort deleted in one step, so that a step holds up commits for some ten milliseconds and no more. */
const BATCH = 250;
/** Pages (4 KiB) given back to the file system in one step. */
const PAGES_PER_STEP = 256;
/** Free pages kept for reuse: giving back what is needed again in a minute would be work for nothing. */
const FREE_PAGES_KEPT = 1_024;

const runRow = z.object({
  seq: z.number(),
  id: z.string(),
  check_no: z.number(),
  location_no: z.number(),
  due_at: z.number().nullable(),
  files_of: z.string().nullable(),
});
type RunRow = z.infer<typeof runRow>;

/**
 * Retention in small steps. Passes and skips go first (their counts stay in the roll-ups), failures and changes of state
 * stay `failedRunsMs`, incidents with their notices as long as roll-ups.
 */
export class Janitor {
  readonly #database: Sqlite;
  readonly #onForget: () => void;
  readonly #statements: ReturnType<typeof prepareExpiry>;
  /** Passed runs that started before this are gone: the search need not walk over the failures that stayed. */
  #passedGoneBefore = 0;

  /** `onForget` is called when rows that others may have cached were deleted. */
  constructor(database: Sqlite, onForget: () => void) {
    this.#database = database;
    this.#onForget = onForget;
    this.#statements = prepareExpiry(database);
  }

  step(now: Instant, retention: Retention): MaintenanceStep {
    const clock = this.#trusted(now);
    const before = (ageMs: number): Instant => clock - ageMs;
    return this.#database.transaction('immediate', (): MaintenanceStep => {
      const files = this.#expireArtefacts(before(retention.artefactsMs));
      const passed = this.#deletePassed(before(retention.passedRunsMs));
      const kept = this.#deleteRuns(
        this.#statements.kept.all({ before: before(retention.failedRunsMs), limit: BATCH }),
      );
      const more = [
        files.length === BATCH,
        passed.count === BATCH,
        kept.count === BATCH,
        this.#deleteSkips(before(retention.passedRunsMs)),
        this.#deleteSpans(before(retention.failedRunsMs)),
        this.#deleteOld(before(retention.rollupsMs)),
        this.#deleteShapes(),
        this.#shrink(),
      ];
      const expiredArtefacts = [...files, ...passed.withFiles, ...kept.withFiles];
      return { more: more.includes(true), deletedRuns: passed.count + kept.count, expiredArtefacts };
    });
  }

  /** A clock that jumped ahead must not delete the history: time counts only as far as records confirm it, give or take an hour. */
  #trusted(now: Instant): Instant {
    return Math.min(now, (readMeta(this.#database, 'last_record_at') ?? now) + HOUR_MS);
  }

  #expireArtefacts(before: Instant): readonly RunId[] {
    const rows = z.array(z.object({ run_id: z.string() })).parse(this.#statements.files.all({ before, limit: BATCH }));
    return rows.map((row) => trusted.runId(row.run_id));
  }

  #deletePassed(before: Instant): Deleted {
    const deleted = this.#deleteRuns(
      this.#statements.passed.all({ from: this.#passedGoneBefore, before, limit: BATCH }),
    );
    if (deleted.count < BATCH) this.#passedGoneBefore = Math.max(this.#passedGoneBefore, before);
    if (deleted.count > 0) this.#statements.slotsSince.run({ value: before });
    return deleted;
  }

  #deleteRuns(found: readonly unknown[]): Deleted {
    const rows: readonly RunRow[] = z.array(runRow).parse(found);
    const withFiles: RunId[] = [];
    for (const { seq, id, check_no: check, location_no: location, due_at: dueAt, files_of: filesOf } of rows) {
      if (dueAt !== null) this.#statements.deleteSlot.run({ check, location, dueAt });
      if (filesOf !== null) {
        this.#statements.deleteFiles.run({ seq });
        withFiles.push(trusted.runId(id));
      }
      this.#statements.deleteRun.run({ seq });
    }
    return { count: rows.length, withFiles };
  }

  #deleteSkips(before: Instant): boolean {
    const { changes } = this.#statements.skips.run({ before, limit: BATCH });
    if (changes > 0) this.#statements.slotsSince.run({ value: before });
    return changes === BATCH;
  }

  /** Few: one for each time that the listener was up. */
  #deleteSpans(before: Instant): boolean {
    this.#statements.spans.run({ before });
    return false;
  }

  #deleteOld(before: Instant): boolean {
    const { deliveries, notices, incidents, rollups, gaps } = this.#statements;
    const changes = [deliveries, notices, incidents, rollups, gaps].map(
      (statement) => statement.run({ before, limit: BATCH }).changes,
    );
    return changes.includes(BATCH);
  }

  #deleteShapes(): boolean {
    const { changes } = this.#statements.shapes.run({ limit: BATCH });
    if (changes > 0) this.#onForget();
    return changes === BATCH;
  }

  #shrink(): boolean {
    const free = Number(this.#database.value('pragma freelist_count'));
    if (free <= FREE_PAGES_KEPT) return false;
    this.#database.exec(`pragma incremental_vacuum(${Math.min(PAGES_PER_STEP, free - FREE_PAGES_KEPT)})`);
    return free - PAGES_PER_STEP > FREE_PAGES_KEPT;
  }
}

type Deleted = { readonly count: number; readonly withFiles: readonly RunId[] };
