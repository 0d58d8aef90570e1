import type { Clock, Instant } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Channel, Delivery, DeliveryOutcome, Notice, PendingNotice } from '../core/notice.ts';
import type { Store } from '../core/store.ts';

export type OutboxOptions = {
  readonly store: Pick<Store, 'dueNotices' | 'nextNoticeAt' | 'recordDelivery'>;
  /** Channels by id at the moment of sending: a reload may have changed them. */
  readonly channelOf: (id: string) => Channel | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** 0 to 1, for the jitter of the back-off. */
  readonly random: () => number;
  /** Deadline of one delivery in milliseconds; channels should end sooner by themselves. */
  readonly deadlineMs: number;
  /** `isEnded`: the notice will not be tried again. */
  readonly onDelivery: (delivery: Delivery, notice: Notice, isEnded: boolean) => void;
};

export type Outbox = {
  /** Say that a notice may be waiting; returns at once. */
  wake(): void;
  /** Stops taking notices and waits for deliveries under way, at most `graceMs`; what is not sent stays in the store. */
  close(graceMs: number): Promise<void>;
};

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;
const BATCH = 50;
const IDLE_MS = 60_000;
/** While something is being sent, what falls due meanwhile is looked for this often. */
const LOOK_MS = 1_000;
/** Mail servers close the door on many connections at once; the rest of a flood waits its turn. */
const MOST_AT_ONCE_PER_CHANNEL = 5;

/** A refusal is seldom mended within seconds, and asking often may get us blocked. */
const FIRST_RETRY_REFUSED_MS = 30_000;
const LAST_RETRY_REFUSED_MS = 600_000;
/** How long the end of an incident is tried at a receiver that accepted its opening and refuses the end. */
const ENDING_WANTED_MS = 86_400_000;

/**
 * Delivers what waits in the outbox: at least once, in order per incident and channel, channels independent of each other,
 * back-off with jitter from 1 s to 60 s, for ever. What a receiver refuses is tried again from 30 s to 10 min while the incident is
 * open, once more after its end, and the end itself for a day. 410 and a channel that is gone end a notice at once.
 */
export function openOutbox(options: OutboxOptions): Outbox {
  const state = { closed: false, again: false, looping: false, cancelTimer: () => {} };
  const sending = new Map<string, string>();
  const abort = new AbortController();
  const now = neverBack(options.clock);

  function wake(): void {
    if (state.closed) return;
    state.again = true;
    if (!state.looping) void rounds();
  }

  async function rounds(): Promise<void> {
    state.looping = true;
    while (state.again && !state.closed) {
      state.again = false;
      await round().catch((error: unknown) =>
        options.log.error({ error: messageOf(error) }, 'the outbox could not be read; trying again'),
      );
      // A wake during the look-up of the next due time must not be lost, so the loop asks again after it.
      if (!state.again) await sleepUntilDue();
    }
    // In the same tick as the check above: a wake in between would find a loop that no longer looks.
    state.looping = false;
  }

  async function round(): Promise<void> {
    const due = await options.store.dueNotices(now(), BATCH);
    for (const pending of due) if (hasRoom(pending.notice)) void sendOne(pending);
  }

  function hasRoom({ id, channel }: Notice): boolean {
    if (state.closed || sending.has(id)) return false;
    return [...sending.values()].filter((busy) => busy === channel).length < MOST_AT_ONCE_PER_CHANNEL;
  }

  async function sendOne(pending: PendingNotice): Promise<void> {
    sending.set(pending.notice.id, pending.notice.channel);
    try {
      await deliver(pending, { ...options, now }, abort.signal);
    } catch (error) {
      options.log.error(
        { notice: pending.notice.id, error: messageOf(error) },
        'a delivery could not be recorded; it will be repeated',
      );
      // The store is in trouble: without a pause the same notice would be sent again and again.
      await pause(LAST_RETRY_MS / 2);
    } finally {
      sending.delete(pending.notice.id);
      wake();
    }
  }

  async function sleepUntilDue(): Promise<void> {
    const next = await options.store.nextNoticeAt().catch(() => undefined);
    state.cancelTimer();
    const least = sending.size > 0 ? LOOK_MS : FIRST_RETRY_MS / 10;
    const wait = next === undefined ? IDLE_MS : Math.max(least, next - now());
    if (!state.closed) state.cancelTimer = options.clock.schedule(Math.min(wait, IDLE_MS), wake);
  }

  /** Ends early when the outbox closes, so that no timer keeps the process alive. */
  async function pause(delayMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = options.clock.schedule(delayMs, resolve);
    const onAbort = (): void => resolve();
    abort.signal.addEventListener('abort', onAbort, { once: true });
    await promise;
    abort.signal.removeEventListener('abort', onAbort);
    cancel();
  }

  async function close(graceMs: number): Promise<void> {
    state.closed = true;
    state.cancelTimer();
    const cancel = options.clock.schedule(graceMs, () => abort.abort());
    while (sending.size > 0 && !abort.signal.aborted)
      await new Promise((resolve) => options.clock.schedule(20, () => resolve(undefined)));
    cancel();
    abort.abort();
  }

  return { wake, close };
}

/** The wall clock as long as it goes forward; when it is set back, time goes on from where it was, or what waits would wait that much longer. */
function neverBack(clock: Clock): () => Instant {
  let last = { wall: clock.now(), monotonic: clock.monotonic() };
  return () => {
    const reached = last.wall + (clock.monotonic() - last.monotonic);
    last = { wall: Math.max(clock.now(), reached), monotonic: clock.monotonic() };
    return last.wall;
  };
}

type DeliverOptions = OutboxOptions & { readonly now: () => Instant };

async function deliver(pending: PendingNotice, options: DeliverOptions, stop: AbortSignal): Promise<void> {
  const { notice, attempts } = pending;
  const startedAt = options.clock.now();
  const began = options.clock.monotonic();
  const outcome = await askChannel(notice, options, stop);
  if (stop.aborted && outcome.status === 'retry') return;
  const delivery: Delivery = {
    notice: notice.id,
    channel: notice.channel,
    attempt: attempts + 1,
    at: startedAt,
    durationMs: options.clock.monotonic() - began,
    outcome,
  };
  const now = options.now();
  const waitMs = waitAfter(outcome, pending, now, options.random());
  await options.store.recordDelivery(delivery, waitMs === undefined ? undefined : now + waitMs);
  options.onDelivery(delivery, notice, waitMs === undefined);
}

/** Milliseconds until the next attempt; `undefined` when there is none. */
function waitAfter(outcome: DeliveryOutcome, pending: PendingNotice, now: Instant, random: number): number | undefined {
  switch (outcome.status) {
    case 'accepted':
      return undefined;
    case 'retry':
      return outcome.retryAfterMs ?? backoff(pending.attempts, random);
    case 'rejected':
      return outcome.isFinal || !isStillWanted(pending, now) ? undefined : backoffRefused(pending.attempts, random);
  }
}

function isStillWanted({ notice, isOver }: PendingNotice, now: Instant): boolean {
  if (!isOver) return true;
  return !isBefore(notice) && now - notice.createdAt < ENDING_WANTED_MS;
}

/** Whether it speaks of something that has ended since. */
function isBefore({ content: { change } }: Notice): boolean {
  return change === 'opened' || change === 'worsened';
}

async function askChannel(notice: Notice, options: OutboxOptions, stop: AbortSignal): Promise<DeliveryOutcome> {
  const channel = options.channelOf(notice.channel);
  if (channel === undefined)
    return {
      status: 'rejected',
      detail: `channel '${notice.channel}' is not in the configuration any more`,
      isFinal: true,
    };
  const deadline = new AbortController();
  const cancel = options.clock.schedule(options.deadlineMs, () => deadline.abort());
  try {
    return await channel.deliver(notice, AbortSignal.any([stop, deadline.signal]));
  } catch (error) {
    return { status: 'retry', detail: `the channel threw: ${messageOf(error)}` };
  } finally {
    cancel();
  }
}

/** Doubles from 1 s to 60 s with "equal jitter": half fixed, half random, so that receivers coming back are not hit in step. */
export function backoff(attempts: number, random: number): number {
  return jittered(Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts, 16)), random);
}

/** The same from 30 s to 10 min. */
export function backoffRefused(attempts: number, random: number): number {
  return jittered(Math.min(LAST_RETRY_REFUSED_MS, FIRST_RETRY_REFUSED_MS * 2 ** Math.min(attempts, 16)), random);
}

function jittered(full: number, random: number): number {
  return full / 2 + (full / 2) * random;
}
