import type { Instant } from '../core/clock.ts';
import type { CronFields } from './cron-fields.ts';
import { countLocal, nextLocal } from './local-time.ts';
import { spanAt, type ZoneSpan } from './zone.ts';

/** No zone has ever moved its clocks by more than a day at once. */
const GREATEST_SHIFT_MS = 86_400_000;

/**
 * The first instant after `instant` at which the schedule fires in `zone`; `undefined` when it never does again.
 *
 * When clocks change:
 * - A schedule whose hour field covers every hour keeps its cadence: it fires at every instant whose wall clock
 *   matches, so also in the repeated hour, and times in the gap are simply not there.
 * - Any other fires once for each local time: times in the gap run together once, right after it; of a time that comes
 *   twice the first counts.
 */
export function nextAfter(fields: CronFields, zone: string, instant: Instant): Instant | undefined {
  let from = Math.floor(instant) + 1;
  for (;;) {
    const span = spanAt(zone, from);
    if (from <= span.from && firesAfterGap(fields, span)) return span.from;
    const local = nextLocal(fields, firstLocal(fields, span, from));
    if (local === undefined) return undefined;
    const found = local - span.offsetMs;
    if (found < span.to) return found;
    // Nothing matches before `local`, whatever the offsets in between: leap over spans that cannot hold it.
    from = Math.max(span.to, found - 2 * GREATEST_SHIFT_MS);
  }
}

/** How often the schedule fires in `(after, until]`, without walking through the instants. */
export function countBetween(fields: CronFields, zone: string, after: Instant, until: Instant): number {
  const end = Math.floor(until) + 1;
  let from = Math.floor(after) + 1;
  let total = 0;
  while (from < end) {
    const span = spanAt(zone, from);
    if (from <= span.from && firesAfterGap(fields, span) && !isMatch(fields, span.from + span.offsetMs)) total += 1;
    const to = Math.min(end, span.to);
    total += countLocal(fields, firstLocal(fields, span, from), to + span.offsetMs);
    from = to;
  }
  return total;
}

function keepsCadence(fields: CronFields): boolean {
  return fields.hours.length === 24;
}

/** The local time from which matches count in this span: what the span before has had is left out. */
function firstLocal(fields: CronFields, span: ZoneSpan, from: Instant): number {
  const local = from + span.offsetMs;
  const isOverlap = span.offsetMs < span.offsetBeforeMs;
  return isOverlap && !keepsCadence(fields) ? Math.max(local, span.from + span.offsetBeforeMs) : local;
}

function firesAfterGap(fields: CronFields, span: ZoneSpan): boolean {
  if (span.offsetMs <= span.offsetBeforeMs || keepsCadence(fields)) return false;
  const first = nextLocal(fields, span.from + span.offsetBeforeMs);
  return first !== undefined && first < span.from + span.offsetMs;
}

function isMatch(fields: CronFields, local: number): boolean {
  return nextLocal(fields, local) === local;
}
