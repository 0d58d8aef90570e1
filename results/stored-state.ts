import type Database from 'better-sqlite3';
import { z } from 'zod';
import type { Instant } from '../core/clock.ts';
import { type CheckId, trusted } from '../core/identifiers.ts';
import { TRACKS, type TrackState } from '../core/incident.ts';
import type { Cursor, ListenerSpan, Pause, Ping, Resumed } from '../core/store.ts';
import { readMeta } from './meta.ts';
import { bound, build } from './schema/builder.ts';

const outcome = z.looseObject({ bad: z.boolean(), at: z.number() });
const trackState = z.looseObject({
  check: z.string(),
  location: z.string(),
  track: z.enum(TRACKS),
  recent: z.array(outcome),
  passes: z.number(),
  affected: z.array(z.looseObject({ check: z.string(), since: z.number(), bad: z.number() })).exactOptional(),
  openings: z.array(z.number()).exactOptional(),
  open: z.looseObject({ id: z.string(), since: z.number() }).exactOptional(),
});
const cursorRow = z.object({
  check: z.string(),
  location: z.string(),
  watched_since: z.number(),
  low_water: z.number(),
});
const pingRow = z.object({ check: z.string(), pinged_at: z.number() });
const spanRow = z.object({ since_at: z.number(), until_at: z.number() });
const pauseRow = z.object({
  check: z.string(),
  since_at: z.number(),
  until_at: z.number().nullable(),
  paused_by: z.string(),
});

/** What a start needs to know of the past. */
export function readResumed(database: Database.Database): Resumed {
  const last = readMeta(database, 'last_record_at');
  return {
    cursors: readCursors(database),
    tracks: readTracks(database),
    pauses: readPauses(database),
    lastPings: readPings(database),
    listenerSpans: readListenerSpans(database),
    ...(last === undefined ? {} : { lastRecordAt: last }),
  };
}

export function readCursors(database: Database.Database): readonly Cursor[] {
  const query = build
    .selectFrom('cursors')
    .innerJoin('names as checks', 'checks.no', 'cursors.check_no')
    .innerJoin('names as locations', 'locations.no', 'cursors.location_no')
    .select(['checks.name as check', 'locations.name as location', 'watched_since', 'low_water']);
  return z
    .array(cursorRow)
    .parse(database.prepare(query.compile().sql).all())
    .map((row) => ({
      check: trusted.checkId(row.check),
      location: row.location,
      watchedSince: row.watched_since,
      lowWater: row.low_water,
    }));
}

export function readPauses(database: Database.Database): readonly Pause[] {
  const query = build
    .selectFrom('pauses')
    .innerJoin('names', 'names.no', 'pauses.check_no')
    .select(['name as check', 'since_at', 'until_at', 'paused_by']);
  return z
    .array(pauseRow)
    .parse(database.prepare(query.compile().sql).all())
    .map((row) => ({
      check: trusted.checkId(row.check),
      since: row.since_at,
      ...(row.until_at === null ? {} : { until: row.until_at }),
      by: row.paused_by,
    }));
}

/** Instants of slots that have a record, oldest first. */
export function readRecordedSlots(
  database: Database.Database,
  { check, location, after, until }: { check: CheckId; location: string; after: Instant; until: Instant },
): readonly Instant[] {
  const number = (name: typeof bound) => build.selectFrom('names').select('no').where('name', '=', name);
  const query = build
    .selectFrom('slots')
    .select('due_at')
    .where('check_no', '=', number(bound))
    .where('location_no', '=', number(bound))
    .where('due_at', '>', bound)
    .where('due_at', '<=', bound)
    .orderBy('due_at');
  return z.array(z.number()).parse(database.prepare(query.compile().sql).pluck().all(check, location, after, until));
}

function readTracks(database: Database.Database): readonly TrackState[] {
  const rows = database.prepare(build.selectFrom('tracks').select('state').compile().sql).pluck().all();
  return z
    .array(z.string())
    .parse(rows)
    .map((text) => trackState.parse(JSON.parse(text)) as unknown as TrackState);
}

function readPings(database: Database.Database): readonly Ping[] {
  const query = build
    .selectFrom('pings')
    .innerJoin('names', 'names.no', 'pings.check_no')
    .select(['name as check', 'pinged_at']);
  return z
    .array(pingRow)
    .parse(database.prepare(query.compile().sql).all())
    .map((row) => ({
      check: trusted.checkId(row.check),
      at: row.pinged_at,
    }));
}

function readListenerSpans(database: Database.Database): readonly ListenerSpan[] {
  const query = build.selectFrom('listener_spans').selectAll().orderBy('since_at');
  return z
    .array(spanRow)
    .parse(database.prepare(query.compile().sql).all())
    .map((row) => ({
      since: row.since_at,
      until: row.until_at,
    }));
}
