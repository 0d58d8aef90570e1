/** A point in time: milliseconds since 1970-01-01T00:00Z by the wall clock. */
export type Instant = number;

/** After a smaller step back of the wall clock everything just waits until time has caught up (docs/decisions/007). */
export const BACKWARD_STEP_MS = 10_000;

/** The only way time enters logic. The real one lives in `app/`, tests use `FakeClock`. */
export type Clock = {
  /** Wall-clock time; may jump when somebody sets the clock. For slots and records. */
  now(): Instant;
  /** Milliseconds from an arbitrary origin that never goes back. For durations. */
  monotonic(): number;
  /** Calls `wake` once after `delayMs`; the returned function cancels it. Delays above 2^31-1 ms are clamped by the caller's loop. */
  schedule(delayMs: number, wake: () => void): () => void;
};
