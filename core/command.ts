import type { Instant } from './clock.ts';
import type { CheckId } from './identifiers.ts';

/** What the web page or a job elsewhere may ask of the engine. Answered after the commit. */
export type Command =
  /** A job elsewhere says that it has run. `token` names the heartbeat check. */
  | { readonly type: 'ping'; readonly token: string; readonly at: Instant }
  | { readonly type: 'pause'; readonly check: CheckId; readonly until?: Instant; readonly by: string }
  | { readonly type: 'resume'; readonly check: CheckId; readonly by: string };

export type CommandAnswer =
  | { readonly ok: true }
  /** `unknown`: no such check or token. `busy`: the queue is full or the store cannot write; try again. */
  | { readonly ok: false; readonly reason: 'unknown' | 'refused' | 'busy'; readonly message: string };

/** How many commands may wait for their commit before further ones are answered `busy`. */
export const MOST_WAITING_COMMANDS = 1_000;
