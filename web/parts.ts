import type { HashedToken } from '../core/api-token.ts';
import type { TellState } from '../core/check-state.ts';
import type { Clock } from '../core/clock.ts';
import type { Command, CommandAnswer } from '../core/command.ts';
import type { Plan } from '../core/plan.ts';
import type { StoreReader } from '../core/store.ts';

/** One line of the log about who did what. */
export type AuditEntry =
  | {
      readonly what: 'pause' | 'resume';
      readonly check: string;
      readonly token: string;
      readonly client: string;
      readonly answer: 'done' | 'unknown' | 'refused' | 'busy';
    }
  | { readonly what: 'shut-out'; readonly client: string };

/** What the pages and the API are given. They read; whatever changes something goes out as a command. */
export type WebParts = {
  readonly reader: StoreReader;
  readonly plan: () => Plan;
  readonly clock: Clock;
  readonly version: string;
  /** Answered after the commit. */
  readonly send: (command: Command) => Promise<CommandAnswer>;
  /** How checks stand now; asked once an answer. */
  readonly states: () => TellState;
  /** The text of `/metrics` and its content type. */
  readonly metrics: { render(): Promise<string>; readonly contentType: string };
  /** Path and size of a kept artefact, or `undefined` when the names lead nowhere. */
  readonly findArtefact: (
    run: string,
    attempt: number,
    file: string,
  ) => Promise<{ readonly path: string; readonly sizeBytes: number } | undefined>;
  /** Folder of Playwright's trace viewer, when it is installed. */
  readonly traceViewerFolder?: string;
  /** Who may do what; without a token with the scope `write` nothing may be changed. */
  readonly tokens: readonly HashedToken[];
  /** Whether reading asks for a token. */
  readonly requireToken: boolean;
  /** Names under which we may be asked for besides addresses and `localhost`; absent: any. */
  readonly hosts?: readonly string[];
  /** Told of everything that a token changed, and of clients that are shut out. */
  readonly audit: (entry: AuditEntry) => void;
  /** What `/readyz` reports: `undefined` when ready, else why not. */
  readonly notReady: () => string | undefined;
  /** Told what was thrown while a request was answered with 500. */
  readonly onDefect: (error: unknown) => void;
};
