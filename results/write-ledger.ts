import type Database from 'better-sqlite3';
import { sql } from 'kysely';
import { standingOf } from '../core/uptime.ts';
import { ownBody } from './body.ts';
import { STATUS_CODES, skipReasonOfCode } from './codes.ts';
import type { Names } from './names.ts';
import type { RunRecord, SkipRecord } from './record.ts';
import { bound, boundRow, build } from './schema/builder.ts';
import type { Shapes } from './shapes.ts';
import { RollUpWriter } from './write-rollup.ts';

type Place = { readonly check: number; readonly location: number };

/** Writes runs and skipped slots, their place in the ledger and their roll-up. Each slot has one record: a second one throws. */
export class LedgerWriter {
  readonly #names: Names;
  readonly #shapes: Shapes;
  readonly #rollUps: RollUpWriter;
  readonly #statements: ReturnType<typeof prepare>;
  /** Status of the last run by place, to see changes of state. */
  readonly #lastStatus = new Map<string, number>();

  constructor(database: Database.Database, names: Names, shapes: Shapes) {
    this.#names = names;
    this.#shapes = shapes;
    this.#rollUps = new RollUpWriter(database);
    this.#statements = prepare(database);
  }

  /** Writes a run; false when this very run is there already, with everything that was committed with it. */
  run(run: RunRecord, changesIncident: boolean): boolean {
    const place = this.#place(run);
    const before = this.#statusBefore(place);
    const isChange = before !== undefined && before !== run.status;
    const kept = run.status !== STATUS_CODES.passed || isChange || changesIncident;
    const seq = this.#insert(run, place, kept);
    if (seq === undefined) return false;
    if (run.hasArtefacts) this.#statements.artefacts.run(seq, run.id, run.startedAt);
    if (run.dueAt !== null) {
      this.#statements.slot.run(place.check, place.location, run.dueAt, run.status, null, null, seq);
      this.#rollUps.run(place, run.dueAt, run.status, run.durationUs);
    }
    this.#lastStatus.set(keyOf(place), run.status);
    return true;
  }

  skip(skip: SkipRecord): void {
    const place = this.#place(skip);
    const { check, location } = place;
    this.#statements.slot.run(check, location, skip.dueAt, STATUS_CODES.skipped, skip.reason, skip.recordedAt, null);
    const standing = standingOf({ status: 'skipped', reason: skipReasonOfCode(skip.reason) });
    this.#rollUps.skip(place, skip.dueAt, standing);
  }

  forget(): void {
    this.#lastStatus.clear();
  }

  #insert(run: RunRecord, { check, location }: Place, kept: boolean): number | undefined {
    const shape = run.shared ? this.#shapes.number(run.skeleton, run.startedAt) : null;
    const { changes, lastInsertRowid } = this.#statements.run.run(
      run.id,
      check,
      location,
      this.#names.number(run.kind),
      run.trigger,
      run.dueAt,
      run.status,
      run.blame,
      run.reason,
      run.startedAt,
      run.durationUs,
      run.attempts,
      run.taints,
      kept ? 1 : 0,
      shape,
      shape === null ? ownBody(run.skeleton, run.values) : Buffer.from(run.values, 'latin1'),
    );
    return changes === 0 ? undefined : Number(lastInsertRowid);
  }

  #place({ check, location }: { readonly check: string; readonly location: string }): Place {
    return { check: this.#names.number(check), location: this.#names.number(location) };
  }

  #statusBefore(place: Place): number | undefined {
    return this.#lastStatus.get(keyOf(place)) ?? this.#statements.last.get(place.check, place.location)?.status;
  }
}

function keyOf({ check, location }: Place): string {
  return `${check}/${location}`;
}

const RUN_COLUMNS = [
  'id',
  'check_no',
  'location_no',
  'kind_no',
  'trigger_code',
  'due_at',
  'status',
  'blame',
  'reason',
  'started_at',
  'duration_us',
  'attempts',
  'taints',
  'kept',
  'shape_no',
  'body',
] as const;
const SLOT_COLUMNS = ['check_no', 'location_no', 'due_at', 'status', 'skip_reason', 'recorded_at', 'run_seq'] as const;

function prepare(database: Database.Database) {
  const run = build
    .insertInto('runs')
    .values(boundRow(RUN_COLUMNS))
    .onConflict((on) => on.column('id').doNothing());
  const slot = build.insertInto('slots').values(boundRow(SLOT_COLUMNS));
  const last = build
    .selectFrom('runs')
    .select('status')
    .where('check_no', '=', bound)
    .where('location_no', '=', bound)
    .orderBy('started_at', 'desc')
    .limit(sql.lit(1));
  const artefacts = build.insertInto('artefact_runs').values(boundRow(['run_seq', 'run_id', 'started_at']));
  return {
    run: database.prepare(run.compile().sql),
    slot: database.prepare(slot.compile().sql),
    last: database.prepare<[number, number], { status: number }>(last.compile().sql),
    artefacts: database.prepare(artefacts.compile().sql),
  };
}
