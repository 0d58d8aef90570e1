import type { RunContext } from '../../core/kind.ts';
import type { RunSignals } from './host.ts';

/** How long a host may take to answer that it is stopping: one whose journey computes without end never does. */
const ANSWER_MS = 3_000;
/** How long it may take to end after that, recording and clean-up included. */
const LEAVE_MS = 15_000;

/**
 * The signals of one run. The host keeps its own, earlier deadline; the engine's signal means that it is over:
 * the run is told to stop, and what does not is killed.
 */
export function watchDeadline({ signal, clock }: RunContext): RunSignals & { readonly release: () => void } {
  const killHung = new AbortController();
  const kill = new AbortController();
  let cancels: readonly (() => void)[] = [];
  const onAbort = (): void => {
    cancels = [clock.schedule(ANSWER_MS, () => killHung.abort()), clock.schedule(LEAVE_MS, () => kill.abort())];
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return {
    killHung: killHung.signal,
    kill: kill.signal,
    stop: signal,
    // The engine cancels with a fault as reason, and lets a deadline pass without one.
    stopReason: () => (isFault(signal.reason) ? 'cancelled' : 'deadline'),
    release: () => {
      signal.removeEventListener('abort', onAbort);
      for (const cancel of cancels) cancel();
    },
  };
}

function isFault(reason: unknown): boolean {
  return typeof reason === 'object' && reason !== null && 'blame' in reason && 'code' in reason;
}
