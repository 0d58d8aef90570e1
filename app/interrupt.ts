import { EXIT } from '../core/errors.ts';
import { fault } from '../core/fault.ts';
import { realClock } from './adapters/real-clock.ts';
import type { Terminal } from './terminal.ts';

const SECOND_SIGNAL_MS = 1_000;

/** The first SIGINT or SIGTERM cancels, so that what runs is stopped and recorded; a second one leaves at once. The returned function stops listening. */
export function onInterrupt(cancel: AbortController, terminal: Pick<Terminal, 'say'>): () => void {
  let since: number | undefined;
  const stop = (): void => {
    // npm and a terminal may both pass one Ctrl+C on, so only a signal a moment later is a second one.
    if (since !== undefined && realClock.monotonic() - since > SECOND_SIGNAL_MS) process.exit(EXIT.interrupted);
    if (since !== undefined) return;
    since = realClock.monotonic();
    terminal.say('interrupted: stopping what runs; once more to leave at once');
    cancel.abort(fault('cancelled', 'The command was interrupted'));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return () => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  };
}
