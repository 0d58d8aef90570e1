import type { Lane } from '../core/check.ts';
import type { Instant } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import { type Log, SILENT_LOG } from '../core/log.ts';
import type { LaneWidths } from '../core/plan.ts';
import { DueHeap } from './due-heap.ts';
import { FairQueue } from './fair-queue.ts';

/** Takes the lock that only one process of this machine can hold; rejects when `signal` fires first. */
export type AcquireMachineLock = (what: string, signal: AbortSignal) => Promise<() => void | Promise<void>>;

export type LanesOptions = {
  readonly widths: LaneWidths;
  /** Runs that may wait per lane; one more is refused. Default 10,000. */
  readonly queueLimit?: number;
  /** Held while an exclusive run is in its lane. Default: this process is taken to be alone. */
  readonly acquireMachineLock?: AcquireMachineLock | undefined;
  readonly log?: Log;
};

export type LaneRequest = {
  readonly lane: Lane;
  /** For those who wait for the machine lock, e.g. `load check 'search'`. */
  readonly what: string;
  /** Who is due earlier enters earlier. */
  readonly dueAt: Instant;
  /** Where a light run goes, e.g. `192.0.2.1:443`: one place cannot have all of the room. */
  readonly place?: string | undefined;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
};

export type LaneEntry =
  | { readonly entered: true /** Leaves the lane; further calls do nothing. */; readonly release: () => void }
  | { readonly entered: false; readonly reason: 'aborted' | 'capacity' | 'lock'; readonly message: string };

export type LaneCounts = Readonly<Record<Lane, { readonly running: number; readonly waiting: number }>>;

type Waiter = {
  readonly request: LaneRequest;
  readonly place: string | undefined;
  readonly order: number;
  readonly settle: (entry: LaneEntry) => void;
  isWaiting: boolean;
};
/** The exclusive run that is next, and the machine lock taken for it. */
type Candidate = { readonly waiter: Waiter; unlock: (() => void | Promise<void>) | undefined };

/**
 * Where runs wait for room. `light` is wide. `browser` and `exclusive` share the machine: an exclusive run waits until no
 * browser runs, browsers do not start beside it, and between the two the one that is due earlier goes first, so neither starves.
 * The machine lock is taken before the browsers are drained: while another process holds it, they go on.
 */
export class Lanes {
  readonly #options: LanesOptions;
  readonly #log: Log;
  #widths: LaneWidths;
  readonly #light = new FairQueue<Waiter>(({ isWaiting }) => isWaiting);
  readonly #queues = { browser: new DueHeap<Waiter>(), exclusive: new DueHeap<Waiter>() };
  readonly #running: Record<Lane, number> = { light: 0, browser: 0, exclusive: 0 };
  readonly #waiting: Record<Lane, number> = { light: 0, browser: 0, exclusive: 0 };
  #candidate: Candidate | undefined;
  #asked = 0;

  constructor(options: LanesOptions) {
    this.#options = options;
    this.#widths = options.widths;
    this.#log = options.log ?? SILENT_LOG;
  }

  /** Resolves when there is room, or when there will not be. Never rejects. */
  enter(request: LaneRequest): Promise<LaneEntry> {
    const { lane, signal } = request;
    if (signal.aborted) return Promise.resolve(refusal('aborted', request));
    const { promise, resolve } = Promise.withResolvers<LaneEntry>();
    this.#asked += 1;
    const waiter: Waiter = { request, place: request.place, order: this.#asked, settle: resolve, isWaiting: true };
    this.#waiting[lane] += 1;
    (lane === 'light' ? this.#light : this.#queues[lane]).add(request.dueAt, waiter);
    this.#pump();
    if (!waiter.isWaiting) return promise;
    if (this.#waiting[lane] > (this.#options.queueLimit ?? 10_000)) this.#refuse(waiter, refusal('capacity', request));
    const onAbort = (): void => this.#refuse(waiter, refusal('aborted', request));
    signal.addEventListener('abort', onAbort, { once: true });
    return promise.finally(() => signal.removeEventListener('abort', onAbort));
  }

  counts(): LaneCounts {
    const of = (lane: Lane): LaneCounts[Lane] => ({ running: this.#running[lane], waiting: this.#waiting[lane] });
    return { light: of('light'), browser: of('browser'), exclusive: of('exclusive') };
  }

  /** Takes effect as runs end; none is stopped. */
  setWidths(widths: LaneWidths): void {
    this.#widths = widths;
    this.#pump();
  }

  #pump(): void {
    while (this.#running.light < this.#widths.light) {
      const next = this.#light.take(this.#widths.light);
      if (!next) break;
      this.#admit(next);
    }
    this.#nominate();
    while (this.#running.exclusive === 0) {
      const next = this.#nextHeavy();
      if (!next) break;
      this.#admit(next);
    }
  }

  /** Chooses the next exclusive run and takes the machine lock for it. */
  #nominate(): void {
    if (this.#candidate || this.#running.exclusive > 0) return;
    const waiter = this.#next('exclusive');
    if (!waiter) return;
    this.#queues.exclusive.take();
    const acquire = this.#options.acquireMachineLock;
    this.#candidate = { waiter, unlock: acquire ? undefined : () => {} };
    if (acquire) void this.#lock(this.#candidate, acquire);
  }

  async #lock(candidate: Candidate, acquire: AcquireMachineLock): Promise<void> {
    const { request } = candidate.waiter;
    try {
      const unlock = await acquire(request.what, request.signal);
      if (this.#candidate === candidate) candidate.unlock = unlock;
      else await unlock();
    } catch (error) {
      const message = `${request.what} could not take the machine lock: ${messageOf(error)}`;
      this.#refuse(candidate.waiter, { entered: false, reason: 'lock', message });
    }
    this.#pump();
  }

  /** Of the browser and the exclusive run that are first, the one whose turn it is, if it can go now. */
  #nextHeavy(): Waiter | undefined {
    const browser = this.#next('browser');
    const exclusive = this.#candidate?.unlock ? this.#candidate.waiter : undefined;
    if (exclusive && (!browser || isBefore(exclusive, browser))) {
      return this.#running.browser === 0 ? exclusive : undefined;
    }
    return this.#running.browser < this.#widths.browser ? browser : undefined;
  }

  /** The first of a queue that still waits. */
  #next(lane: 'browser' | 'exclusive'): Waiter | undefined {
    const queue = this.#queues[lane];
    while (queue.first && !queue.first.item.isWaiting) queue.take();
    return queue.first?.item;
  }

  #admit(waiter: Waiter): void {
    const { lane } = waiter.request;
    const isCandidate = this.#candidate?.waiter === waiter;
    const unlock = isCandidate ? this.#candidate?.unlock : undefined;
    if (isCandidate) this.#candidate = undefined;
    else if (lane === 'browser') this.#queues.browser.take();
    waiter.isWaiting = false;
    this.#waiting[lane] -= 1;
    this.#running[lane] += 1;
    let isInside = true;
    const release = (): void => {
      if (!isInside) return;
      isInside = false;
      this.#running[lane] -= 1;
      if (lane === 'light') this.#light.leave(waiter);
      if (unlock) void this.#unlock(unlock);
      this.#pump();
    };
    waiter.settle({ entered: true, release });
  }

  #refuse(waiter: Waiter, entry: LaneEntry): void {
    if (!waiter.isWaiting) return;
    waiter.isWaiting = false;
    this.#waiting[waiter.request.lane] -= 1;
    if (this.#candidate?.waiter === waiter) {
      const { unlock } = this.#candidate;
      this.#candidate = undefined;
      if (unlock) void this.#unlock(unlock);
    }
    waiter.settle(entry);
    this.#pump();
  }

  async #unlock(unlock: () => void | Promise<void>): Promise<void> {
    try {
      await unlock();
    } catch (error) {
      this.#log.error(
        { error: messageOf(error) },
        'The machine lock could not be given back; it goes with the process',
      );
    }
  }
}

function isBefore(a: Waiter, b: Waiter): boolean {
  const difference = a.request.dueAt - b.request.dueAt;
  return difference < 0 || (difference === 0 && a.order < b.order);
}

function refusal(reason: 'aborted' | 'capacity', { lane, what }: LaneRequest): LaneEntry {
  const why = reason === 'aborted' ? 'stopped waiting for' : 'found no more room in the queue of';
  return { entered: false, reason, message: `${what} ${why} the ${lane} lane` };
}
