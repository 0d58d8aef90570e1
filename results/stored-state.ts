import { z } from 'zod';
import type { Instant } from '../core/clock.ts';
import { type CheckId, trusted } from '../core/identifiers.ts';
import { TRACKS, type TrackState } from '../core/incident.ts';
import type { Cursor, ListenerSpan, Pause, Ping, Resumed } from '../core/store.ts';
import type { Sqlite } from '../process/sqlite.ts';
import { readMeta } from './meta.ts';

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
export function readResumed(database: Sqlite): Resumed {
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

export function readCursors(database: Sqlite): readonly Cursor[] {
  const query = database.prepare(`
    select checks.name as "check", locations.name as location, watched_since, low_water from cursors
    join names as checks on checks.no = cursors.check_no
    join names as locations on locations.no = cursors.location_no`);
  return z
    .array(cursorRow)
    .parse(query.all())
    .map((row) => ({
      check: trusted.checkId(row.check),
      location: row.location,
      watchedSince: row.watched_since,
      lowWater: row.low_water,
    }));
}

export function readPauses(database: Sqlite): readonly Pause[] {
  const query = database.prepare(`
    select name as "check", since_at, until_at, paused_by from pauses join names on names.no = pauses.check_no`);
  return z
    .array(pauseRow)
    .parse(query.all())
    .map((row) => ({
      check: trusted.checkId(row.check),
      since: row.since_at,
      ...(row.until_at === null ? {} : { until: row.until_at }),
      by: row.paused_by,
    }));
}

/** Instants of slots that have a record, oldest first. */
export function readRecordedSlots(
  database: Sqlite,
  { check, location, after, until }: { check: CheckId; location: string; after: Instant; until: Instant },
): readonly Instant[] {
  const query = database.prepare(`
    select due_at from slots
    where check_no = (select no from names where name = :check)
      and location_no = (select no from names where name = :location)
      and due_at > :after and due_at <= :until
    order by due_at`);
  return z
    .array(z.object({ due_at: z.number() }))
    .parse(query.all({ check, location, after, until }))
    .map((row) => row.due_at);
}

function readTracks(database: Sqlite): readonly TrackState[] {
  return z
    .array(z.string())
    .parse(database.values('select state from tracks'))
    .map((text) => trackState.parse(JSON.parse(text)) as unknown as TrackState);
}

function readPings(database: Sqlite): readonly Ping[] {
  const query = database.prepare(
    'select name as "check", pinged_at from pings join names on names.no = pings.check_no',
  );
  return z
    .array(pingRow)
    .parse(query.all())
    .map((row) => ({
      check: trusted.checkId(row.check),
      at: row.pinged_at,
    }));
}

function readListenerSpans(database: Sqlite): readonly ListenerSpan[] {
  const query = database.prepare('select * from listener_spans order by since_at');
  return z
    .array(spanRow)
    .parse(query.all())
    .map((row) => ({
      since: row.since_at,
      until: row.until_at,
    }));
}
