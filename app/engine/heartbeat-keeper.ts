import type { Instant } from '../../core/clock.ts';
import type { CheckId } from '../../core/identifiers.ts';
import type { HeartbeatSource } from '../../core/kind.ts';
import type { ListenerSpan, Ping, Resumed } from '../../core/store.ts';
import { RETIRED } from '../../scheduler/ledger.ts';

export type HeartbeatKeeper = HeartbeatSource & {
  ping(check: CheckId, at: Instant): void;
  /** Says which checks are watched from now on. Those that were not until now begin anew, whatever is remembered of an earlier time. */
  watch(checks: readonly CheckId[], now: Instant): void;
  /** What a fresh store has to be told. */
  remembered(): { readonly pings: readonly Ping[]; readonly listener?: ListenerSpan };
  /** Says that the listener is up at `now`, and gives the span to commit. */
  listening(now: Instant): ListenerSpan;
};

/** Two beats further apart than this are two spans: the listener may have been down between them. */
export const LISTENER_BEAT_MS = 5_000;
const LONGEST_SILENCE_MS = 3 * LISTENER_BEAT_MS;

/** Remembers pings and when we were able to hear them; starts from what the store kept. */
export function keepHeartbeats({
  lastPings,
  listenerSpans,
  cursors,
}: Pick<Resumed, 'lastPings' | 'listenerSpans' | 'cursors'>): HeartbeatKeeper {
  const pings = new Map(lastPings.map((ping) => [ping.check, ping.at]));
  // A check that had left the configuration and is back could not be pinged meanwhile: its URL was unknown.
  const current = cursors.filter(({ lowWater }) => lowWater < RETIRED);
  const watched = new Map(current.map((cursor) => [cursor.check, cursor.watchedSince]));
  let spans: readonly ListenerSpan[] = [...listenerSpans].sort((a, b) => a.since - b.since);
  return {
    lastPingAt(check) {
      const at = pings.get(check);
      return at !== undefined && at < (watched.get(check) ?? Number.NEGATIVE_INFINITY) ? undefined : at;
    },
    watchedSince: (check) => watched.get(check) ?? Number.POSITIVE_INFINITY,
    listenerWasDown: (from, to) => !spans.some((span) => span.since <= from && span.until + LONGEST_SILENCE_MS >= to),
    ping(check, at) {
      if (at > (pings.get(check) ?? Number.NEGATIVE_INFINITY)) pings.set(check, at);
    },
    watch(checks, now) {
      const kept = new Set(checks);
      for (const check of watched.keys()) if (!kept.has(check)) watched.delete(check);
      for (const check of checks) if (!watched.has(check)) watched.set(check, now);
    },
    remembered() {
      const listener = spans.at(-1);
      const all = [...pings].map(([check, at]) => ({ check, at }));
      return { pings: all, ...(listener === undefined ? {} : { listener }) };
    },
    listening(now) {
      const last = spans.at(-1);
      const goesOn = last !== undefined && now >= last.until && now - last.until <= LONGEST_SILENCE_MS;
      const span = goesOn ? { since: last.since, until: now } : { since: now, until: now };
      spans = goesOn ? [...spans.slice(0, -1), span] : [...spans, span];
      return span;
    },
  };
}
