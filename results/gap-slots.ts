import type { Instant } from '../core/clock.ts';

/** Missed slots folded in one record: `count` of them from `from` to `to`, both inclusive. */
export type StoredGap = { readonly from: Instant; readonly to: Instant; readonly count: number };

/**
 * How many slots of a gap were due in `[from, to)`. Their instants are not kept, so they are taken as evenly spread from the
 * first to the last, which for interval schedules is exact.
 */
export function gapSlotsIn(gap: StoredGap, from: Instant, to: Instant): number {
  return slotsBefore(gap, to) - slotsBefore(gap, from);
}

function slotsBefore({ from, to, count }: StoredGap, instant: Instant): number {
  if (instant <= from || count <= 0) return 0;
  if (instant > to) return count;
  // Slot k is due at from + k * (to - from) / (count - 1); a single one at `from`.
  return count === 1 ? 1 : Math.min(count, Math.ceil(((instant - from) * (count - 1)) / (to - from)));
}

/** Instants of the last `limit` slots of a gap due in `[from, to)`, newest first; whole milliseconds. */
export function gapInstants(gap: StoredGap, from: Instant, to: Instant, limit: number): readonly Instant[] {
  const end = slotsBefore(gap, to);
  const start = Math.max(slotsBefore(gap, from), end - limit);
  const stepMs = gap.count <= 1 ? 0 : (gap.to - gap.from) / (gap.count - 1);
  return Array.from({ length: Math.max(0, end - start) }, (_, index) =>
    Math.round(gap.from + (end - 1 - index) * stepMs),
  );
}
