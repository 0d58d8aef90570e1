import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from '../e2e/vigie-process.ts';
import { userEnvironment } from './consumer.ts';

/** A program that goes on until it is stopped. */
export type Program = AsyncDisposable & {
  output(): string;
  /** Waits for output that matches; gives the first group of the pattern, or all of what matched. */
  said(pattern: RegExp): Promise<string>;
  stop(signal: NodeJS.Signals): Promise<number | null>;
};

/** Starts `vigie start` of an installed package. */
export function startProgram(path: string, cwd: string): Program {
  const child = spawn(path, ['start'], { cwd, env: userEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => (text += part));
  const output = (): string => text;
  const ended = once(child, 'close');
  const look = (pattern: RegExp): string | undefined => {
    const match = pattern.exec(text);
    if (match === null && child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}:\n${text}`);
    return match?.[1] ?? match?.[0];
  };
  const stop = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    const [code] = await ended;
    return code;
  };
  return {
    output,
    said: (pattern) => until(`${path} to say ${pattern}`, () => look(pattern), output),
    stop,
    [Symbol.asyncDispose]: async () => void (await stop('SIGKILL')),
  };
}
