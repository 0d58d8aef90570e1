import picocolors from 'picocolors';
import type { Paint } from '../reporters/describe-run.ts';

/** Where a command writes. Results go to `out`; what is for people goes to `say`, which is stderr when `--json` claims stdout. */
export type Terminal = {
  readonly json: boolean;
  readonly interactive: boolean;
  readonly paint: Paint;
  out(text: string): void;
  say(line: string): void;
};

/** Where a process writes; `isTTY` when somebody looks on. */
export type Streams = { readonly stdout: Stream; readonly stderr: Stream };
type Stream = { write(text: string): unknown; readonly isTTY?: boolean };

export type TerminalOptions = {
  readonly json: boolean;
  /** Default: those of this process. */
  readonly streams?: Streams;
  readonly environment: Readonly<Record<string, string | undefined>>;
};

/** Colours and live lines only on a terminal; `NO_COLOR` and `CI` are respected. */
export function openTerminal({ json, streams = process, environment }: TerminalOptions): Terminal {
  const stream = json ? streams.stderr : streams.stdout;
  const plain = environment.NO_COLOR !== undefined && environment.NO_COLOR !== '';
  const forced = environment.FORCE_COLOR !== undefined && environment.FORCE_COLOR !== '0';
  const colors = picocolors.createColors(!plain && (forced || stream.isTTY === true));
  return {
    json,
    interactive: streams.stderr.isTTY === true && environment.CI === undefined,
    paint: { good: colors.green, bad: colors.red, warn: colors.yellow, dim: colors.dim, bold: colors.bold },
    out: (text) => void streams.stdout.write(text.endsWith('\n') ? text : `${text}\n`),
    say: (line) => void stream.write(`${line}\n`),
  };
}
