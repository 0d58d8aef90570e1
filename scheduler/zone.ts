import { Temporal } from 'temporal-polyfill';
import type { Instant } from '../core/clock.ts';

/** A stretch of time in which a zone's offset does not change. */
export type ZoneSpan = {
  /** First instant; -Infinity when nothing changed before. */
  readonly from: Instant;
  /** First instant of the next span; Infinity when nothing will change. */
  readonly to: Instant;
  /** Local wall clock minus UTC. */
  readonly offsetMs: number;
  /** The offset in force before `from`. Smaller: the clock went forward (gap); greater: it went back (overlap). */
  readonly offsetBeforeMs: number;
};

/** Looking up a transition costs 0.1 to 15 ms, so spans are remembered. They are constants; forgetting them changes nothing. */
const remembered = new Map<string, ZoneSpan[]>();
const MOST_SPANS = 64;

/** Whether this machine knows the zone: an IANA name, `UTC`, or an offset such as `+02:00`. */
export function isZone(zone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    // The library's only way of saying no.
    return false;
  }
}

/** The span that holds `instant`. Throws RangeError for a zone that `isZone` refuses. */
export function spanAt(zone: string, instant: Instant): ZoneSpan {
  const spans = remembered.get(zone) ?? [];
  const known = spans.find((span) => span.from <= instant && instant < span.to);
  if (known) return known;
  const span = lookUp(zone, instant);
  remembered.set(zone, [span, ...spans].slice(0, MOST_SPANS));
  return span;
}

function lookUp(zone: string, instant: Instant): ZoneSpan {
  // 'previous' is strictly before, so ask one millisecond later to get a transition at the instant itself.
  const from = at(zone, Math.floor(instant) + 1).getTimeZoneTransition('previous')?.epochMilliseconds;
  const to = at(zone, Math.floor(instant)).getTimeZoneTransition('next')?.epochMilliseconds;
  const offsetMs = offsetAt(zone, instant);
  return {
    from: from ?? Number.NEGATIVE_INFINITY,
    to: to ?? Number.POSITIVE_INFINITY,
    offsetMs,
    offsetBeforeMs: from === undefined ? offsetMs : offsetAt(zone, from - 1),
  };
}

function offsetAt(zone: string, instant: Instant): number {
  return at(zone, Math.floor(instant)).offsetNanoseconds / 1e6;
}

function at(zone: string, instant: Instant): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
}
