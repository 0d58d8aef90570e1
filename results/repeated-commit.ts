import { z } from 'zod';
import type { Instant } from '../core/clock.ts';
import { VigieError } from '../core/errors.ts';
import type { Incident } from '../core/incident.ts';
import type { Cursor, ListenerSpan, Pause, Ping } from '../core/store.ts';
import type { Sqlite } from '../process/sqlite.ts';
import type { Names } from './names.ts';
import type { CommitRecord, RunRecord, TrackRecord } from './record.ts';

/** Its run is there already. */
export type RepeatedCommit = CommitRecord & { readonly run: RunRecord };

/**
 * What is still to be written of a commit whose run is there already. The caller never got the answer to it: the same commit comes
 * again and changes nothing, or the run comes with more than before. It may also come late, after newer commits, and must undo nothing:
 *
 * - The run stays as it is. Slots, gaps and notices that are missing are added; a slot that has another record is refused, as ever.
 * - An incident that is missing is added, one that is open can be closed or have a later cause. One that is closed stays so, which holds for every commit.
 * - Of cursors, pings and listener spans the later one stands.
 * - A track is written when no later run can have moved it: of the same check and location, or any run for a cause that checks share.
 *   After later runs it is written when it, or a change of its incident, tells of something later than all of them. A track whose
 *   open incident is closed by now never is.
 * - A pause replaces an earlier one; where there is none it is written unless a later run is there, because it may have been ended
 *   since. The end of a pause counts for one from before the run.
 */
export class RepeatedCommits {
  readonly #names: Names;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: Sqlite, names: Names) {
    this.#names = names;
    this.#statements = prepare(database);
  }

  missingOf(record: RepeatedCommit): CommitRecord {
    const { run } = record;
    const { cursors = [], pings = [], incidents = [], listener, pause, resume, ...rows } = record.rows;
    const seq = this.#seqOf(run);
    const changed = incidents.filter((incident) => this.#isChange(incident));
    return {
      ...record,
      rows: {
        ...rows,
        incidents: changed,
        cursors: cursors.filter((cursor) => this.#isLaterCursor(cursor)),
        pings: pings.filter((ping) => this.#isLaterPing(ping)),
        ...(listener !== undefined && this.#isLonger(listener) ? { listener } : {}),
        ...(pause !== undefined && this.#isNewPause(pause, seq) ? { pause } : {}),
        ...(resume !== undefined && this.#pausedSince(resume) < run.startedAt ? { resume } : {}),
      },
      tracks: record.tracks.filter((track) => this.#isNewTrack(track, run, seq, changed)),
    };
  }

  #seqOf(run: RunRecord): number {
    const { seq, ...known } = runRow.parse(this.#statements.run.get({ id: run.id }));
    if (
      known.check_no === this.#no(run.check) &&
      known.location_no === this.#no(run.location) &&
      known.due_at === run.dueAt
    )
      return seq;
    throw new VigieError(
      'commit-invalid',
      `Run '${run.id}' of check '${run.check}' at '${run.location}' has the id of another run; nothing of its commit was written`,
      { hint: 'This is a defect of Vigie; please report it with this message.' },
    );
  }

  #isChange({ id, closed, causes = [] }: Incident): boolean {
    const known = incidentRow.parse(this.#statements.incident.get({ id }));
    if (known === undefined) return true;
    if (known.closed_at !== null) return false;
    const knownCauses = causesText.parse(JSON.parse(known.causes ?? '[]'));
    return closed !== undefined || (causes.at(-1)?.at ?? NEVER) > (knownCauses.at(-1)?.at ?? NEVER);
  }

  #isLaterCursor({ check, location, lowWater }: Cursor): boolean {
    return lowWater > instantOf(this.#statements.cursor.get(this.#place({ check, location })));
  }

  #isLaterPing({ check, at }: Ping): boolean {
    return at > instantOf(this.#statements.ping.get({ check: this.#no(check) }));
  }

  #isLonger({ since, until }: ListenerSpan): boolean {
    return until > instantOf(this.#statements.listener.get({ since }));
  }

  #isNewPause({ check, since }: Pause, seq: number): boolean {
    const known = this.#pausedSince(check);
    return known === Number.POSITIVE_INFINITY ? this.#laterRun(undefined, seq) === NEVER : since > known;
  }

  /** Infinity when it is not paused. */
  #pausedSince(check: string): Instant {
    return instantOf(this.#statements.pause.get({ check: this.#no(check) }), Number.POSITIVE_INFINITY);
  }

  #isNewTrack(track: TrackRecord, run: RunRecord, seq: number, changed: readonly Incident[]): boolean {
    const open = stateText.parse(JSON.parse(track.state)).open?.id;
    if (open !== undefined && this.#isClosed(open)) return false;
    const key = { ...this.#place(track), track: track.track };
    const stored = trackRow.parse(this.#statements.track.get(key));
    const later = this.#laterRun(isSamePlace(track, run) ? run : undefined, seq);
    if (stored === undefined || later === NEVER) return true;
    const changes = changed.filter((incident) => incident.track === track.track && isSamePlace(incident, track));
    const told = Math.max(latestIn(track.state), ...changes.map(({ openedAt, closed }) => closed?.at ?? openedAt));
    return told > Math.max(later, latestIn(stored.state));
  }

  #isClosed(id: string): boolean {
    return (incidentRow.parse(this.#statements.incident.get({ id }))?.closed_at ?? undefined) !== undefined;
  }

  /** Start of the latest run that was written after this one: of its check and location, or of any. */
  #laterRun(place: Place | undefined, seq: number): Instant {
    const { later, laterAt } = this.#statements;
    return instantOf(place === undefined ? later.get({ seq }) : laterAt.get({ ...this.#place(place), seq }));
  }

  #place({ check, location }: Place) {
    return { check: this.#no(check), location: this.#no(location) };
  }

  #no(name: string): number {
    return this.#names.number(name);
  }
}

type Place = { readonly check: string; readonly location: string };

function isSamePlace(one: Place, other: Place): boolean {
  return one.check === other.check && one.location === other.location;
}

/** The latest instant in the state of a track: counts are far smaller numbers. */
function latestIn(state: string): Instant {
  let latest = NEVER;
  JSON.parse(state, (_, value: unknown) => {
    if (typeof value === 'number') latest = Math.max(latest, value);
    return value;
  });
  return latest;
}

const NEVER = Number.NEGATIVE_INFINITY;
const runRow = z.object({
  seq: z.number(),
  check_no: z.number(),
  location_no: z.number(),
  due_at: z.number().nullable(),
});
const incidentRow = z.object({ closed_at: z.number().nullable(), causes: z.string().nullable() }).optional();
const causesText = z.array(z.looseObject({ at: z.number() }));
const trackRow = z.object({ state: z.string() }).optional();
const stateText = z.looseObject({ open: z.looseObject({ id: z.string() }).exactOptional() });
const instantRow = z.object({ instant: z.number().nullable() }).optional();

function instantOf(row: unknown, otherwise = NEVER): Instant {
  return instantRow.parse(row)?.instant ?? otherwise;
}

function prepare(database: Sqlite) {
  return {
    run: database.prepare('select seq, check_no, location_no, due_at from runs where id = :id'),
    // Numbers of rows grow whatever the clock says. A plus keeps SQLite from indexes that have all runs, also those from before.
    laterAt: database.prepare(`
      select max(+started_at) as instant from runs
      where seq > :seq and +check_no = :check and +location_no = :location and due_at is not null`),
    later: database.prepare('select max(+started_at) as instant from runs where seq > :seq and due_at is not null'),
    incident: database.prepare('select closed_at, causes from incidents where id = :id'),
    cursor: database.prepare(
      'select low_water as instant from cursors where check_no = :check and location_no = :location',
    ),
    track: database.prepare(
      'select state from tracks where check_no = :check and location_no = :location and track = :track',
    ),
    ping: database.prepare('select pinged_at as instant from pings where check_no = :check'),
    listener: database.prepare('select until_at as instant from listener_spans where since_at = :since'),
    pause: database.prepare('select since_at as instant from pauses where check_no = :check'),
  };
}
