import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const DEADLINE_MS = 90_000;
const POLL_MS = 50;

/** A folder with a configuration of its own, for a real `vigie` process. Removed at the end of the block. */
export type Workspace = Disposable & {
  readonly folder: string;
  write(file: string, text: string): void;
  config(body: string, file?: string): void;
};

export function makeWorkspace(): Workspace {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-e2e-'));
  const write = (file: string, text: string): void => {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  return {
    folder,
    write,
    /** `body` is the object given to `defineConfig`; every function of the public entry is at hand. */
    config: (body, file = 'vigie.config.ts') =>
      write(
        file,
        `import * as v from ${JSON.stringify(join(ROOT, 'app', 'index.ts'))};\nexport default v.defineConfig(${body});\n`,
      ),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export type Ended = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** The `code` of what a command with `--json` refused to do; fails when it did not. */
export function refusalOf({ stdout, stderr }: Ended): string {
  const document: unknown = JSON.parse(stdout);
  if (typeof document === 'object' && document !== null && 'code' in document) return String(document.code);
  throw new Error(`it was not refused:\n${stdout}\n${stderr}`);
}

/** Runs one command to its end. */
export async function vigie(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  withinMs: number = DEADLINE_MS,
): Promise<Ended> {
  const child = spawnVigie(folder, args, env);
  const texts = collect(child);
  const timer = setTimeout(() => child.kill('SIGKILL'), withinMs);
  const [code, signal] = await once(child, 'close');
  clearTimeout(timer);
  return { code, signal, stdout: texts.stdout(), stderr: texts.stderr() };
}

/** A `vigie start` that may not be up yet. Killed at the end of the block. */
export type Launched = AsyncDisposable & {
  readonly pid: number;
  /** Set once it has ended. */
  readonly ended: Promise<number | null>;
  output(): string;
  /** Waits until the output matches; fails with the output when it does not in time. */
  said(pattern: RegExp): Promise<void>;
  kill(signal: NodeJS.Signals): Promise<number | null>;
};
export type Daemon = Launched & { readonly url: string };

/** Starts `vigie start`, with `within` as a command before it, and waits until its page listens. */
export async function startVigie(
  folder: string,
  env: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
  within: readonly string[] = [],
): Promise<Daemon> {
  const launched = launchVigie(folder, env, args, within);
  await launched.said(/^page +http/m);
  return { ...launched, url: /^page +(http:\/\/\S+?)\/?$/m.exec(launched.output())?.[1] ?? '' };
}

/** Starts `vigie start` and does not wait: it may be killed at any instant of its start. `within` is a command before it. */
export function launchVigie(
  folder: string,
  env: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
  within: readonly string[] = [],
): Launched {
  return startCommand(folder, ['start', ...args], env, within);
}

/** Starts any command and does not wait for its end. */
export function startCommand(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  within: readonly string[] = [],
): Launched {
  const child = spawnVigie(folder, args, env, within);
  const texts = collect(child);
  const output = (): string => texts.stdout() + texts.stderr();
  const ended = once(child, 'close').then(([code]) => (typeof code === 'number' ? code : null));
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const said = (pattern: RegExp): Promise<void> =>
    until(
      `the output to match ${pattern}`,
      () => {
        if (pattern.test(output())) return true;
        if (hasEnded()) throw new Error(`vigie ended with ${child.exitCode ?? child.signalCode}:\n${output()}`);
        return undefined;
      },
      output,
    ).then(() => {});
  const kill = (signal: NodeJS.Signals): Promise<number | null> => {
    if (!hasEnded()) child.kill(signal);
    return ended;
  };
  return {
    pid: child.pid ?? 0,
    ended,
    output,
    said,
    kill,
    [Symbol.asyncDispose]: async () => void (await kill('SIGKILL')),
  };
}

/** Asks until there is an answer; the deadline is generous because test machines are busy. */
export async function until<T>(
  what: string,
  ask: () => T | undefined | Promise<T | undefined>,
  explain: () => string = () => '',
  withinMs: number = DEADLINE_MS,
  pollMs: number = POLL_MS,
): Promise<T> {
  const end = performance.now() + withinMs;
  while (performance.now() < end) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  throw new Error(`waited ${withinMs} ms in vain for ${what}\n${explain()}`);
}

function spawnVigie(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  within: readonly string[] = [],
): ChildProcess {
  const [command = process.execPath, ...rest] = [...within, process.execPath, join(ROOT, 'app', 'main.ts'), ...args];
  return spawn(command, rest, {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', CI: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function collect(child: ChildProcess): { stdout(): string; stderr(): string } {
  const texts = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text));
  return { stdout: () => texts.stdout, stderr: () => texts.stderr };
}
