import { BACKWARD_STEP_MS, type Instant } from '../core/clock.ts';

/** The wall clock and the monotonic clock, read together. */
export type ClockReading = { readonly now: Instant; readonly monotonic: number };

/** What is remembered of the clocks from beat to beat. */
export type ClockSense = {
  /** The last reading that was believed; absent until there was one. */
  readonly believed?: ClockReading;
  /** The latest wall-clock time since the clock last went back. */
  readonly highest: Instant;
  /** Latest instant in any record of the past; the first reading is judged against it. */
  readonly lastRecordAt?: Instant;
};

export type ClockVerdict =
  | { readonly kind: 'steady' }
  /** The wall clock is ahead of where time alone would have brought it: it was set, or the machine slept. */
  | { readonly kind: 'forward'; readonly byMs: number }
  | { readonly kind: 'backward'; readonly byMs: number }
  /** Nothing may be planned or recorded by this clock. */
  | { readonly kind: 'insane'; readonly reason: string };

const DAY_MS = 86_400_000;
/** Smaller steps are the daily work of time synchronisation. */
const FORWARD_STEP_MS = 2_000;
/** Greatest step while we run. A machine that slept for longer must be restarted, which says that its clock is meant. */
const GREATEST_STEP_MS = 31 * DAY_MS;
/** Greatest distance from the last record at start. Wide, since a monitor may be left off for years. */
const GREATEST_ABSENCE_MS = 5 * 365 * DAY_MS;
/** Before this program was written, or after it can still matter: a clock without a battery, a typing mistake. */
const SANE_FROM = Date.UTC(2025, 0, 1);
const SANE_TO = Date.UTC(2100, 0, 1);

/** Judges one reading of the clocks. Pure; a reading that is not believed leaves the memory as it was. */
export function senseClock(
  sense: ClockSense,
  reading: ClockReading,
): { readonly sense: ClockSense; readonly verdict: ClockVerdict } {
  const reason = doubt(sense, reading);
  if (reason !== undefined) return { sense, verdict: { kind: 'insane', reason } };
  const { now } = reading;
  const stepMs = now - expected(sense, reading);
  if (now < sense.highest - BACKWARD_STEP_MS) {
    const verdict: ClockVerdict = { kind: 'backward', byMs: sense.highest - now };
    return { sense: { ...sense, believed: reading, highest: now }, verdict };
  }
  const verdict: ClockVerdict = stepMs > FORWARD_STEP_MS ? { kind: 'forward', byMs: stepMs } : { kind: 'steady' };
  return { sense: { ...sense, believed: reading, highest: Math.max(sense.highest, now) }, verdict };
}

/** A memory without a past reading. */
export function freshSense(lastRecordAt?: Instant): ClockSense {
  const highest = Number.NEGATIVE_INFINITY;
  return lastRecordAt === undefined ? { highest } : { highest, lastRecordAt };
}

/** Where the wall clock should stand if nobody had touched it. */
function expected({ believed }: ClockSense, reading: ClockReading): Instant {
  return believed ? believed.now + (reading.monotonic - believed.monotonic) : reading.now;
}

function doubt(sense: ClockSense, reading: ClockReading): string | undefined {
  const { now } = reading;
  if (!(now >= SANE_FROM && now < SANE_TO)) return `the clock says ${show(now)}, which cannot be`;
  if (sense.believed) {
    const stepMs = now - expected(sense, reading);
    if (Math.abs(stepMs) <= GREATEST_STEP_MS) return undefined;
    return `the clock jumped by ${days(stepMs)} days to ${show(now)}; set it right, or restart if it is`;
  }
  const absenceMs = now - (sense.lastRecordAt ?? now);
  if (Math.abs(absenceMs) <= GREATEST_ABSENCE_MS) return undefined;
  return `the clock says ${show(now)}, ${days(absenceMs)} days from the last record; set it right`;
}

function days(ms: number): number {
  return Math.round(ms / DAY_MS);
}

function show(instant: Instant): string {
  return Number.isFinite(instant) && Math.abs(instant) <= 8.64e15 ? new Date(instant).toISOString() : String(instant);
}
