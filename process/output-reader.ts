import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { type LineSplitter, splitLines } from './lines.ts';
import { type CappedOutput, capOutput } from './output.ts';

export type OutputOptions = {
  readonly stdoutCapBytes: number;
  readonly stderrCapBytes: number;
  readonly onStdoutLine: ((line: string) => void) | undefined;
  readonly onStderrLine: ((line: string) => void) | undefined;
  /** Called once, with what a line callback threw; no line is passed on after it. */
  readonly onCallbackError: (error: unknown) => void;
};

export type OutputReader = {
  /** Waits for the end of both pipes, at most `limitMs`; a process that escaped with a pipe in hand cannot hold us. */
  readonly closed: (limitMs: number) => Promise<void>;
  readonly callbackError: () => { readonly error: unknown } | undefined;
  readonly finish: () => {
    readonly stdout: string;
    readonly stderr: string;
    readonly stdoutTruncated: boolean;
    readonly stderrTruncated: boolean;
  };
};

type Pipes = { readonly stdout: Readable; readonly stderr: Readable };

/** Collects both outputs of a process within their caps and passes their lines on. */
export function readOutput({ stdout, stderr }: Pipes, options: OutputOptions): OutputReader {
  let thrown: { readonly error: unknown } | undefined;
  const guard = (onLine: ((line: string) => void) | undefined) => (line: string) => {
    if (onLine === undefined || thrown !== undefined) return;
    try {
      onLine(line);
    } catch (error) {
      thrown = { error };
      options.onCallbackError(error);
    }
  };
  const out = capOutput(options.stdoutCapBytes);
  const err = capOutput(options.stderrCapBytes);
  const ends = [
    collect(stdout, out, splitLines(guard(options.onStdoutLine))),
    collect(stderr, err, splitLines(guard(options.onStderrLine))),
  ];
  return {
    closed: (limitMs) => closeWithin(limitMs, ends, [stdout, stderr]),
    callbackError: () => thrown,
    finish: () => {
      const [{ text: stdoutText, truncated: stdoutTruncated }, { text: stderrText, truncated: stderrTruncated }] = [
        out.finish(),
        err.finish(),
      ];
      return { stdout: stdoutText, stderr: stderrText, stdoutTruncated, stderrTruncated };
    },
  };
}

async function collect(pipe: Readable, capped: CappedOutput, lines: LineSplitter): Promise<void> {
  pipe.on('data', (chunk: Buffer) => {
    capped.add(chunk);
    lines.add(chunk);
  });
  // A pipe that breaks or is closed early by `closeWithin` still gave us what came before: that is the output.
  await finished(pipe).catch(() => undefined);
  lines.end();
}

async function closeWithin(limitMs: number, ends: readonly Promise<void>[], pipes: readonly Readable[]): Promise<void> {
  const timer = setTimeout(() => {
    for (const pipe of pipes) pipe.destroy();
  }, limitMs);
  await Promise.all(ends);
  clearTimeout(timer);
}
