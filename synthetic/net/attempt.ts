import type { Clock } from '../../core/clock.ts';
import { formatQuantity } from '../../core/units.ts';
import { Interruption, isFault, type Phase, Trouble } from './trouble.ts';

/** How long one phase took; `hop` counts the requests of a run from 0. */
export type Span = {
  readonly phase: Phase;
  readonly hop: number;
  readonly startMs: number;
  readonly durationMs: number;
};

export type Settle<T> = {
  readonly done: (value: T) => void;
  readonly fail: (error: unknown) => void;
  /** Whether it is still open; an event that follows every success, such as `close`, asks before it makes an error. */
  readonly isOpen: () => boolean;
};
/** Starts something and returns what must be undone when it settles, however it settles. */
type Begin<T> = (settle: Settle<T>) => (() => void) | undefined;

type Closable = {
  destroy(): unknown;
  on(event: 'error', listener: () => void): unknown;
};

type AttemptInput = { readonly signal: AbortSignal; readonly clock: Clock; readonly timeoutMs: number };

/**
 * One attempt of a probe: measures its phases, ends the phase in progress when the deadline passes, and closes every
 * socket it was given. One abort listener per attempt instead of one per phase keeps light probes light.
 */
export class Attempt {
  readonly clock: Clock;
  readonly spans: Span[] = [];
  hop = 0;
  readonly #signal: AbortSignal;
  readonly #timeoutMs: number;
  readonly #startedAt: number;
  readonly #sockets: Closable[] = [];
  #phase: Phase = 'resolve';
  #interrupt: ((error: unknown) => void) | undefined;

  constructor({ signal, clock, timeoutMs }: AttemptInput) {
    this.clock = clock;
    this.#signal = signal;
    this.#timeoutMs = timeoutMs;
    this.#startedAt = clock.monotonic();
    signal.addEventListener('abort', this.#onAbort);
  }

  elapsedMs(): number {
    return this.clock.monotonic() - this.#startedAt;
  }

  /** Runs one phase. It ends by `settle`, by the deadline, or after `timeoutMs`; only a done one is measured. */
  during<T>(phase: Phase, begin: Begin<T>, timeoutMs?: number): Promise<T> {
    this.#phase = phase;
    const { hop } = this;
    const startMs = this.elapsedMs();
    return new Promise<T>((resolve, reject) => {
      if (this.#signal.aborted) return reject(this.#interruption());
      let cleanUp: (() => void) | undefined;
      let settled = false;
      const settle = (finish: () => void): void => {
        if (settled) return;
        settled = true;
        this.#interrupt = undefined;
        cancelTimer?.();
        cleanUp?.();
        finish();
      };
      const fail = (error: unknown): void => settle(() => reject(error));
      const done = (value: T): void =>
        settle(() => {
          this.spans.push({ phase, hop, startMs, durationMs: this.elapsedMs() - startMs });
          resolve(value);
        });
      const cancelTimer = timeoutMs === undefined ? undefined : this.#limit(phase, timeoutMs, fail);
      this.#interrupt = fail;
      const undo = begin({ done, fail, isOpen: () => !settled });
      if (settled) undo?.();
      else cleanUp = undo;
    });
  }

  /** A phase that needed no waiting, which costs no timer either. */
  record(phase: Phase, startMs: number): void {
    this.spans.push({ phase, hop: this.hop, startMs, durationMs: this.elapsedMs() - startMs });
  }

  /** Takes a socket into care: closed at the end; errors it has when no phase listens any more concern nobody. */
  own<S extends Closable>(socket: S): S {
    this.#sockets.push(socket);
    socket.on('error', ignore);
    return socket;
  }

  /** Closes everything; call it in a `finally`. */
  end(): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.closeSockets();
  }

  closeSockets(): void {
    for (const socket of this.#sockets.splice(0).reverse()) socket.destroy();
  }

  #limit(phase: Phase, timeoutMs: number, fail: (error: unknown) => void): () => void {
    return this.clock.schedule(timeoutMs, () =>
      fail(new Trouble(phase, 'PHASE_TIMEOUT', `after ${formatQuantity(timeoutMs, 'ms')}`)),
    );
  }

  readonly #onAbort = (): void => this.#interrupt?.(this.#interruption());

  #interruption(): Error {
    const { reason } = this.#signal;
    if (isFault(reason)) return new Interruption(reason);
    return new Trouble(this.#phase, 'DEADLINE', `after ${formatQuantity(this.#timeoutMs, 'ms')}`);
  }
}

function ignore(): void {}
