import type { Schedule } from '../core/check.ts';
import type { Instant } from '../core/clock.ts';
import { nextSlot, slotsBetween, startOfLast } from './slots.ts';

/**
 * How far a check's slots were handed out, and what to do while the wall clock shows a time that was already lived through.
 *
 * When the clock is set back, the slots ahead have their one record each, and that record must not be written again;
 * yet checks must go on. So in repeated time each slot lies `pass` milliseconds after the regular one (1 the first
 * time, 2 the second, …): a slot of its own, with a record of its own. It runs only if its check has really waited
 * about a whole period (measured by the monotonic clock), so a daily run is not done again because the clock was
 * set back by an hour, while a check that runs every ten seconds continues every ten seconds. Those that do not run leave no
 * record: the regular slot has one. `claimedUntil` never goes back.
 */
export type Position = {
  /** Every regular slot up to here has been handed out or was accounted for. */
  readonly claimedUntil: Instant;
  readonly repeat?: { readonly seenUntil: Instant; readonly pass: number };
};

/** A pass must stay below the least period, one second. */
export const GREATEST_PASS = 999;

/** The position after the clock has gone back to `now`. */
export function repeatFrom(position: Position, now: Instant, pass: number): Position {
  const { claimedUntil } = position;
  return now < claimedUntil ? { claimedUntil, repeat: { seenUntil: now, pass } } : { claimedUntil };
}

/** The position when time has come to `now`: repeated time ends where it was first lived up to. */
export function whenRepeated(position: Position, now: Instant): Position {
  const { claimedUntil, repeat } = position;
  if (!repeat) return position;
  if (now - repeat.pass >= claimedUntil) return { claimedUntil };
  return { claimedUntil, repeat: { pass: repeat.pass, seenUntil: Math.max(repeat.seenUntil, now) } };
}

/** The latest slot of repeated time that has become due since the last look. */
export function repeatedSlot(
  schedule: Schedule,
  { claimedUntil, repeat }: Position,
  now: Instant,
): Instant | undefined {
  if (!repeat) return undefined;
  const from = repeat.seenUntil - repeat.pass;
  const to = Math.min(now - repeat.pass, claimedUntil);
  if (to <= from) return undefined;
  const regular = slotsBetween(schedule, startOfLast(schedule, from, to, 1), to, 1)[0];
  return regular === undefined ? undefined : regular + repeat.pass;
}

/** The least pass that no slot recorded after `now` has used; asked when a process starts with its clock behind its records. */
export function freePass(schedule: Schedule, recorded: Iterable<Instant>): number {
  let greatest = 0;
  for (const slot of recorded) greatest = Math.max(greatest, passOf(schedule, slot));
  return Math.min(greatest + 1, GREATEST_PASS);
}

/** How far a recorded slot lies after the regular one, 0 for a regular one or for one of a schedule that has changed. */
function passOf(schedule: Schedule, slot: Instant): number {
  const regular = nextSlot(schedule, slot - GREATEST_PASS - 1);
  return regular !== undefined && regular <= slot ? slot - regular : 0;
}
