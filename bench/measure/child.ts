import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const STOP_WITHIN_MS = 30_000;

export type Child = AsyncDisposable & {
  readonly pid: number;
  /** Its next line on standard output; rejects when it ends instead. */
  nextLine(): Promise<string>;
  say(line: string): void;
  errors(): string;
  /** Asks it to end with SIGTERM, and makes it when it does not. */
  stop(): Promise<void>;
};

export type ChildOptions = {
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Ends it. */
  readonly signal?: AbortSignal;
};

/** A program of Node that lives as long as a row needs it and talks by lines. */
export function startChild({ args, cwd, env = process.env, signal }: ChildOptions): Child {
  const child = spawn(process.execPath, [...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...env },
    ...(cwd === undefined ? {} : { cwd }),
    ...(signal === undefined ? {} : { signal }),
  });
  // That it was ended by the signal is told by its end.
  child.on('error', () => {});
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const lines: string[] = [];
  const waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-10_000);
  });
  child.stdin.on('error', () => {});
  createInterface({ input: child.stdout }).on('line', (line) => {
    const next = waiting.shift();
    if (next === undefined) lines.push(line);
    else next.resolve(line);
  });
  void ended.then(() => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`${args.join(' ')} ended: ${errors}`));
  });
  return {
    pid: child.pid ?? 0,
    nextLine: () => {
      const line = lines.shift();
      if (line !== undefined) return Promise.resolve(line);
      if (hasEnded(child)) return Promise.reject(new Error(`${args.join(' ')} has ended: ${errors}`));
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    say: (line) => void child.stdin.write(`${line}\n`),
    errors: () => errors,
    stop: () => stop(child, ended),
    [Symbol.asyncDispose]: () => stop(child, ended),
  };
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (!hasEnded(child)) child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await ended;
  clearTimeout(force);
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Waits, unless the row is given up first. */
export async function pass(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
