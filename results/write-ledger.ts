import { z } from 'zod';
import type { Instant } from '../core/clock.ts';
import type { VigieError } from '../core/errors.ts';
import { standingOf } from '../core/uptime.ts';
import type { Sqlite } from '../process/sqlite.ts';
import { ownBody } from './body.ts';
import { STATUS_CODES, skipReasonOfCode } from './codes.ts';
import type { Names } from './names.ts';
import type { RunRecord, SkipRecord } from './record.ts';
import type { Shapes } from './shapes.ts';
import { slotTaken } from './slot-taken.ts';
import { RollUpWriter } from './write-rollup.ts';

type Place = { readonly check: number; readonly location: number };

/** Writes runs and skipped slots, their place in the ledger and their roll-up. Each slot has one record: another one throws `slot-taken`. */
export class LedgerWriter {
  readonly #names: Names;
  readonly #shapes: Shapes;
  readonly #rollUps: RollUpWriter;
  readonly #statements: ReturnType<typeof prepare>;
  /** Status of the last run by place, to see changes of state. */
  readonly #lastStatus = new Map<string, number>();

  constructor(database: Sqlite, names: Names, shapes: Shapes) {
    this.#names = names;
    this.#shapes = shapes;
    this.#rollUps = new RollUpWriter(database);
    this.#statements = prepare(database);
  }

  /** Writes a run; false when its id is there already. */
  run(run: RunRecord, changesIncident: boolean): boolean {
    const place = this.#place(run);
    const before = this.#statusBefore(place);
    const isChange = before !== undefined && before !== run.status;
    const kept = run.status !== STATUS_CODES.passed || isChange || changesIncident;
    const seq = this.#insert(run, place, kept);
    if (seq === undefined) return false;
    if (run.hasArtefacts) this.#statements.artefacts.run({ seq, id: run.id, startedAt: run.startedAt });
    if (run.dueAt !== null) {
      const slot = { ...place, dueAt: run.dueAt, status: run.status, ...OF_A_RUN, seq };
      if (this.#statements.slot.run(slot).changes === 0) throw runTaken(run, run.dueAt);
      this.#rollUps.run(place, run.dueAt, run.status, run.durationUs);
    }
    this.#lastStatus.set(keyOf(place), run.status);
    return true;
  }

  /** A run that is there has changed an incident after all: retention keeps it longer. */
  keep({ id }: RunRecord): void {
    this.#statements.keep.run({ id });
  }

  /** One that was skipped for the same reason already stays as it is. */
  skip(skip: SkipRecord): void {
    const place = this.#place(skip);
    const { dueAt, reason, recordedAt } = skip;
    const slot = { ...place, dueAt, status: STATUS_CODES.skipped, reason, recordedAt, seq: null };
    if (this.#statements.slot.run(slot).changes === 0) {
      if (this.#statements.skipped.get({ ...place, dueAt, reason }) !== undefined) return;
      throw slotTaken(`The skipped slot of check '${skip.check}' at '${skip.location}', ${dueOn(dueAt)},`);
    }
    const standing = standingOf({ status: 'skipped', reason: skipReasonOfCode(skip.reason) });
    this.#rollUps.skip(place, skip.dueAt, standing);
  }

  forget(): void {
    this.#lastStatus.clear();
  }

  #insert(run: RunRecord, { check, location }: Place, kept: boolean): number | undefined {
    const shape = run.shared ? this.#shapes.number(run.skeleton, run.startedAt) : null;
    const { changes, lastInsertRowid } = this.#statements.run.run({
      id: run.id,
      check,
      location,
      kind: this.#names.number(run.kind),
      trigger: run.trigger,
      dueAt: run.dueAt,
      status: run.status,
      blame: run.blame,
      reason: run.reason,
      startedAt: run.startedAt,
      durationUs: run.durationUs,
      attempts: run.attempts,
      taints: run.taints,
      kept: kept ? 1 : 0,
      shape,
      body: shape === null ? ownBody(run.skeleton, run.values) : Buffer.from(run.values, 'latin1'),
    });
    return changes === 0 ? undefined : lastInsertRowid;
  }

  #place({ check, location }: { readonly check: string; readonly location: string }): Place {
    return { check: this.#names.number(check), location: this.#names.number(location) };
  }

  #statusBefore(place: Place): number | undefined {
    const known = this.#lastStatus.get(keyOf(place));
    return known ?? statusRow.optional().parse(this.#statements.last.get(place))?.status;
  }
}

function runTaken({ id, check, location }: RunRecord, dueAt: Instant): VigieError {
  return slotTaken(`Run '${id}' of check '${check}' at '${location}', ${dueOn(dueAt)},`);
}

function dueOn(dueAt: Instant): string {
  return `due ${new Date(dueAt).toISOString()}`;
}

function keyOf({ check, location }: Place): string {
  return `${check}/${location}`;
}

const statusRow = z.object({ status: z.number() });
/** What only a skipped slot has. */
const OF_A_RUN = { reason: null, recordedAt: null };

function prepare(database: Sqlite) {
  return {
    run: database.prepare(`
      insert into runs (
        id, check_no, location_no, kind_no, trigger_code, due_at, status, blame, reason, started_at, duration_us, attempts, taints,
        kept, shape_no, body
      ) values (
        :id, :check, :location, :kind, :trigger, :dueAt, :status, :blame, :reason, :startedAt, :durationUs, :attempts, :taints,
        :kept, :shape, :body
      ) on conflict (id) do nothing`),
    slot: database.prepare(`
      insert into slots (check_no, location_no, due_at, status, skip_reason, recorded_at, run_seq)
      values (:check, :location, :dueAt, :status, :reason, :recordedAt, :seq)
      on conflict (check_no, due_at, location_no) do nothing`),
    skipped: database.prepare(`
      select status from slots where check_no = :check and location_no = :location and due_at = :dueAt
        and run_seq is null and skip_reason = :reason`),
    keep: database.prepare('update runs set kept = 1 where id = :id and kept = 0'),
    last: database.prepare(`
      select status from runs where check_no = :check and location_no = :location order by started_at desc limit 1`),
    artefacts: database.prepare(
      'insert into artefact_runs (run_seq, run_id, started_at) values (:seq, :id, :startedAt)',
    ),
  };
}
