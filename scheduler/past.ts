import type { Check } from '../core/check.ts';
import type { Instant } from '../core/clock.ts';
import type { CheckId } from '../core/identifiers.ts';
import type { Cursor, Resumed, Store } from '../core/store.ts';
import { Ledger, RETIRED } from './ledger.ts';

/** What the store knows of a check. */
export type Past = {
  /** Absent for a check that is new, or was not watched until now. */
  readonly cursor: Cursor | undefined;
  /** Slots with a record after the cursor. */
  readonly recorded: readonly Instant[];
  /** Slots with a record within the hour after now; asked only when the clock is behind the cursor. */
  readonly recordedAhead: readonly Instant[];
};

export type PastReader = {
  readonly location: string;
  readonly resumed: Pick<Resumed, 'cursors'>;
  readonly recordedSlots: Store['recordedSlots'];
};

/** Later than any slot. */
const FAR: Instant = 8.64e15;
const HOUR_MS = 3_600_000;

/** Reads what is known of each check. The store answers many questions at once. */
export async function readPast(
  checks: readonly Check[],
  reader: PastReader,
  now: Instant,
): Promise<ReadonlyMap<CheckId, Past>> {
  const cursors = new Map(
    reader.resumed.cursors
      .filter((cursor) => cursor.location === reader.location)
      .map((cursor) => [cursor.check, cursor]),
  );
  const pasts = checks.map(async ({ id }): Promise<readonly [CheckId, Past]> => {
    const known = cursors.get(id);
    const cursor = known && known.lowWater < RETIRED ? known : undefined;
    return [id, { cursor, ...(await readSlots(id, cursor, reader, now)) }];
  });
  return new Map(await Promise.all(pasts));
}

async function readSlots(
  check: CheckId,
  cursor: Cursor | undefined,
  { recordedSlots, location }: PastReader,
  now: Instant,
): Promise<Pick<Past, 'recorded' | 'recordedAhead'>> {
  if (!cursor) return { recorded: [], recordedAhead: [] };
  const { lowWater } = cursor;
  const [recorded, recordedAhead] = await Promise.all([
    recordedSlots(check, location, lowWater, FAR),
    now < lowWater ? recordedSlots(check, location, now, Math.min(lowWater, now + HOUR_MS)) : [],
  ]);
  return { recorded, recordedAhead };
}

/** Ledgers of checks that are no longer watched, closed so that the time until they come back is not taken for missed. */
export function retiredLedgers(checks: readonly Check[], { resumed, location }: PastReader): readonly Ledger[] {
  const watched = new Set(checks.map((check) => check.id));
  return resumed.cursors
    .filter((cursor) => cursor.location === location && !watched.has(cursor.check) && cursor.lowWater < RETIRED)
    .map(({ check, watchedSince, lowWater }) => {
      const ledger = new Ledger(check, location, watchedSince, lowWater);
      ledger.isRetired = true;
      return ledger;
    });
}
