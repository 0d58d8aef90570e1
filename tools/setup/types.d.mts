// Types of the set-up script, which is plain JavaScript so that it runs before anything is installed.
import type { Machine, VersionMemory } from '../../process/where.mjs';

export type Reporter = {
  /** A line for people. */
  say(text: string): void;
  warn(text: string): void;
  /** Shows that something goes on, with its seconds, until the returned function is called. */
  start(what: string): (outcome: string) => void;
  /** Says how long it all took, if anything was said at all. */
  finish(): void;
};

export type Stamp = {
  readonly versions: VersionMemory;
  failedLately(tool: string): boolean;
  note(tool: string, isThere: boolean): void;
  save(): void;
};

export type Context = {
  readonly machine: Machine;
  readonly reporter: Reporter;
  readonly stamp: Stamp;
  readonly root: string;
  /** Path of the Node that runs our TypeScript. */
  readonly runtime: string;
  readonly retryAll: boolean;
};

export type CommandOptions = {
  readonly reporter: Reporter;
  /** What is shown while it runs. */
  readonly what: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly limitMs: number;
  /** Reads the output of a program that ended with 0: what is wrong all the same, if anything is. */
  readonly judge?: (output: string) => string | undefined;
};

export type CommandEnding =
  | { readonly ok: true; readonly output: string }
  | { readonly ok: false; readonly why: string; readonly output: string };
