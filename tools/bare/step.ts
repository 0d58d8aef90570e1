import { runProcess } from '../../process/run-process.ts';
import { lastLines } from './last-lines.ts';

/** Longer than the slowest install on a busy machine: this ends what hangs, it measures nothing. */
const LIMIT_MS = 6 * 60 * 1000;

export type Command = {
  /** What is proved, in a few words: `clone: npm run setup`. */
  readonly what: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The exit code that is right. */
  readonly code: number;
};

export type Said = { readonly stdout: string; readonly stderr: string };

/** Something that a bare machine must be able to do, and could not. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
}

/** Runs one command and says how long it took; any other exit code than the right one is an error that shows what was said. */
export async function runStep(step: Command, signal: AbortSignal): Promise<Said> {
  const { what, command, args, cwd, env, code } = step;
  const ending = await runProcess({ command, args, cwd, env, deadlineMs: LIMIT_MS, signal });
  const got = ending.how === 'exited' ? `exit code ${ending.code}` : ending.how;
  if (ending.how !== 'exited' || ending.code !== code) {
    const shown = ending.how === 'notStarted' ? ending.message : lastLines(`${ending.stdout}\n${ending.stderr}`);
    throw new StepFailed(`${what}: ${got}, and not exit code ${code}\n  it was: ${words(step)} (in ${cwd})\n${shown}`);
  }
  told(what, ending.durationMs);
  return { stdout: ending.stdout, stderr: ending.stderr };
}

export function told(what: string, durationMs: number): void {
  console.log(`bare: ${what}: passed in ${(durationMs / 1000).toFixed(1)} s`);
}

/** Refuses what a step gave; `found` is shown as it was. */
export function expect(isRight: boolean, what: string, found: unknown): void {
  if (isRight) return;
  throw new StepFailed(`${what}; it was\n${lastLines(JSON.stringify(found, null, 2) ?? 'nothing')}`);
}

function words({ command, args }: Command): string {
  return [command, ...args].map((word) => (/^[\w./:=@-]+$/.test(word) ? word : `'${word}'`)).join(' ');
}
