import type { Incident } from '../core/incident.ts';
import type { Cursor, Gap, Pause } from '../core/store.ts';
import type { Sqlite } from '../process/sqlite.ts';
import type { Names } from './names.ts';
import type { CommitRecord, TrackRecord } from './record.ts';
import { slotTaken } from './slot-taken.ts';

/** Writes what is remembered of each check between runs: the newest state replaces the one before. */
export class StateWriter {
  readonly #names: Names;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: Sqlite, names: Names) {
    this.#names = names;
    this.#statements = prepare(database);
  }

  write({ rows, tracks }: Pick<CommitRecord, 'rows' | 'tracks'>): void {
    for (const cursor of rows.cursors ?? []) this.#cursor(cursor);
    for (const track of tracks) this.#track(track);
    for (const gap of rows.gaps ?? []) this.#gap(gap);
    for (const incident of rows.incidents ?? []) this.#incident(incident);
    for (const { check, at } of rows.pings ?? []) this.#statements.ping.run({ check: this.#names.number(check), at });
    if (rows.listener !== undefined) this.#statements.listener.run(rows.listener);
    if (rows.pause !== undefined) this.#pause(rows.pause);
    if (rows.resume !== undefined) this.#statements.resume.run({ check: this.#names.number(rows.resume) });
  }

  #cursor({ watchedSince, lowWater, ...place }: Cursor): void {
    this.#statements.cursor.run({ ...this.#place(place), watchedSince, lowWater });
  }

  #track({ track, state, ...place }: TrackRecord): void {
    this.#statements.track.run({ ...this.#place(place), track, state });
  }

  #gap({ from, to, count, recordedAt, ...place }: Gap): void {
    const gap = { ...this.#place(place), from, to, count };
    if (this.#statements.gap.run({ ...gap, recordedAt }).changes > 0) return;
    if (this.#statements.sameGap.get(gap) !== undefined) return;
    throw slotTaken(`The gap of check '${place.check}' at '${place.location}' from ${new Date(from).toISOString()}`);
  }

  #incident(incident: Incident): void {
    const { id, track, severity, since, openedAt, openedBy = NO_RUN, closed } = incident;
    const ending = { closedAt: closed?.at ?? null, closedBy: closed?.by ?? null, closedHow: closed?.how ?? null };
    const opening = { id, track, severity, since, openedAt, openedBy, flapping: incident.flapping ? 1 : 0 };
    const causes = incident.causes === undefined ? null : JSON.stringify(incident.causes);
    this.#statements.incident.run({ ...this.#place(incident), ...opening, ...ending, causes });
  }

  #pause({ check, since, until, by }: Pause): void {
    this.#statements.pause.run({ check: this.#names.number(check), since, until: until ?? null, by });
  }

  #place({ check, location }: { readonly check: string; readonly location: string }) {
    return { check: this.#names.number(check), location: this.#names.number(location) };
  }
}

/** The column takes no null. */
const NO_RUN = '';

/** Each replaces the row with the same key, if there is one; but for gaps, and for an incident that is closed, which never opens again. */
function prepare(database: Sqlite) {
  return {
    cursor: database.prepare(`
      insert into cursors (check_no, location_no, watched_since, low_water)
      values (:check, :location, :watchedSince, :lowWater)
      on conflict (check_no, location_no) do update set
        watched_since = excluded.watched_since, low_water = excluded.low_water`),
    track: database.prepare(`
      insert into tracks (check_no, location_no, track, state) values (:check, :location, :track, :state)
      on conflict (check_no, location_no, track) do update set state = excluded.state`),
    gap: database.prepare(`
      insert into gaps (check_no, location_no, from_at, to_at, slot_count, recorded_at)
      values (:check, :location, :from, :to, :count, :recordedAt)
      on conflict (check_no, location_no, from_at) do nothing`),
    sameGap: database.prepare(`
      select from_at from gaps where check_no = :check and location_no = :location and from_at = :from
        and to_at = :to and slot_count = :count`),
    incident: database.prepare(`
      insert into incidents (
        id, check_no, location_no, track, severity, since_at, opened_at, opened_by, closed_at, closed_by, closed_how,
        causes, flapping
      ) values (
        :id, :check, :location, :track, :severity, :since, :openedAt, :openedBy, :closedAt, :closedBy, :closedHow,
        :causes, :flapping
      ) on conflict (id) do update set
        check_no = excluded.check_no, location_no = excluded.location_no, track = excluded.track,
        severity = excluded.severity, since_at = excluded.since_at, opened_at = excluded.opened_at,
        opened_by = excluded.opened_by, closed_at = excluded.closed_at, closed_by = excluded.closed_by,
        closed_how = excluded.closed_how, causes = excluded.causes, flapping = excluded.flapping
      where incidents.closed_at is null`),
    ping: database.prepare(`
      insert into pings (check_no, pinged_at) values (:check, :at)
      on conflict (check_no) do update set pinged_at = excluded.pinged_at`),
    listener: database.prepare(`
      insert into listener_spans (since_at, until_at) values (:since, :until)
      on conflict (since_at) do update set until_at = excluded.until_at`),
    pause: database.prepare(`
      insert into pauses (check_no, since_at, until_at, paused_by) values (:check, :since, :until, :by)
      on conflict (check_no) do update set
        since_at = excluded.since_at, until_at = excluded.until_at, paused_by = excluded.paused_by`),
    resume: database.prepare('delete from pauses where check_no = :check'),
  };
}
