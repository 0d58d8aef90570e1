import type Database from 'better-sqlite3';
import { sql } from 'kysely';
import type { Incident } from '../core/incident.ts';
import type { Cursor, Gap, Pause } from '../core/store.ts';
import type { Names } from './names.ts';
import type { CommitRecord, TrackRecord } from './record.ts';
import { bound, boundRow, build } from './schema/builder.ts';
import type { Tables } from './schema/tables.ts';

/** Writes what is remembered of each check between runs: the newest state replaces the one before. */
export class StateWriter {
  readonly #names: Names;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: Database.Database, names: Names) {
    this.#names = names;
    this.#statements = prepare(database);
  }

  write({ rows, tracks }: CommitRecord): void {
    for (const cursor of rows.cursors ?? []) this.#cursor(cursor);
    for (const track of tracks) this.#track(track);
    for (const gap of rows.gaps ?? []) this.#gap(gap);
    for (const incident of rows.incidents ?? []) this.#incident(incident);
    for (const { check, at } of rows.pings ?? []) this.#statements.ping.run(this.#names.number(check), at);
    if (rows.listener !== undefined) this.#statements.listener.run(rows.listener.since, rows.listener.until);
    if (rows.pause !== undefined) this.#pause(rows.pause);
    if (rows.resume !== undefined) this.#statements.resume.run(this.#names.number(rows.resume));
  }

  #cursor({ check, location, watchedSince, lowWater }: Cursor): void {
    this.#statements.cursor.run(this.#names.number(check), this.#names.number(location), watchedSince, lowWater);
  }

  #track({ check, location, track, state }: TrackRecord): void {
    this.#statements.track.run(this.#names.number(check), this.#names.number(location), track, state);
  }

  #gap({ check, location, from, to, count, recordedAt }: Gap): void {
    this.#statements.gap.run(this.#names.number(check), this.#names.number(location), from, to, count, recordedAt);
  }

  #incident(incident: Incident): void {
    const { id, check, location, track, severity, since, openedAt, openedBy, closed } = incident;
    const ending = [closed?.at ?? null, closed?.by ?? null, closed?.how ?? null];
    const place = [this.#names.number(check), this.#names.number(location)];
    this.#statements.incident.run(id, ...place, track, severity, since, openedAt, openedBy, ...ending);
  }

  #pause({ check, since, until, by }: Pause): void {
    this.#statements.pause.run(this.#names.number(check), since, until ?? null, by);
  }
}

function prepare(database: Database.Database) {
  const place = ['check_no', 'location_no'] as const;
  const opening = ['track', 'severity', 'since_at', 'opened_at', 'opened_by'] as const;
  const ending = ['closed_at', 'closed_by', 'closed_how'] as const;
  const statement = (query: string) => database.prepare(query);
  return {
    cursor: statement(upsert('cursors', place, ['watched_since', 'low_water'])),
    track: statement(upsert('tracks', [...place, 'track'], ['state'])),
    gap: statement(
      build
        .insertInto('gaps')
        .values(boundRow([...place, 'from_at', 'to_at', 'slot_count', 'recorded_at']))
        .compile().sql,
    ),
    incident: statement(upsert('incidents', ['id'], [...place, ...opening, ...ending])),
    ping: statement(upsert('pings', ['check_no'], ['pinged_at'])),
    listener: statement(upsert('listener_spans', ['since_at'], ['until_at'])),
    pause: statement(upsert('pauses', ['check_no'], ['since_at', 'until_at', 'paused_by'])),
    resume: statement(build.deleteFrom('pauses').where('check_no', '=', bound).compile().sql),
  };
}

/** Inserts a row, or replaces `values` of the one with the same `key`. */
function upsert<Table extends keyof Tables>(
  table: Table,
  key: readonly (keyof Tables[Table] & string)[],
  values: readonly (keyof Tables[Table] & string)[],
): string {
  const columns = [...key, ...values];
  const replaced = values.map((value) => sql`${sql.ref(value)} = ${sql.ref(`excluded.${value}`)}`);
  return sql`insert into ${sql.table(table)} (${sql.join(columns.map(sql.ref))}) values (${sql.join(columns.map(() => bound))})
    on conflict (${sql.join(key.map(sql.ref))}) do update set ${sql.join(replaced)}`.compile(build).sql;
}
