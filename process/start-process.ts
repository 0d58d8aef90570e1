import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { offerFirst } from './oom-score.ts';

export type StartOptions = {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string | undefined;
};

export type LeaderExit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type Started = {
  readonly pid: number;
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exit: Promise<LeaderExit>;
};

export type NotStarted = { readonly errno: string; readonly message: string };

/** Starts a program as the leader of its own process group, without a shell. */
export async function startProcess(options: StartOptions): Promise<Started | NotStarted> {
  try {
    const child = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      shell: false,
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    return await waitForStart(child);
  } catch (error) {
    const errno = errnoOf(error);
    // Without an errno it is a mistake in the call itself (a null byte in an argument): a bug, not an ending.
    if (errno === undefined || errno.startsWith('ERR_')) throw error;
    return { errno, message: explain(errno, options) };
  }
}

async function waitForStart(child: ChildProcess): Promise<Started> {
  // Listened for before anything is awaited: a short program may have exited by the time its start is known.
  const exit = new Promise<LeaderExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  const { pid, stdin, stdout, stderr } = child;
  offerFirst(pid);
  if (pid === undefined || stdout === null || stderr === null) throw new Error('a started process has no pid or pipes');
  return { pid, stdin, stdout, stderr, exit };
}

function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function explain(errno: string, options: StartOptions): string {
  const what = `cannot start '${options.command}' (${errno})`;
  switch (errno) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `${what}: ${explainMissing(options)}`;
    case 'EACCES':
      return `${what}: it is not an executable file for this user; check its mode and that its folder is not mounted noexec`;
    case 'ENOEXEC':
      return `${what}: the file is not a program for this machine; install the build for ${process.platform} ${process.arch}`;
    case 'EAGAIN':
      return `${what}: this user may start no more processes; look for leftovers with 'ps', or raise 'ulimit -u'`;
    case 'ENOMEM':
      return `${what}: this machine has no memory left for another process; free some`;
    case 'EMFILE':
    case 'ENFILE':
      return `${what}: no file descriptors are left; raise 'ulimit -n' or run fewer checks at once`;
    case 'E2BIG':
      return `${what}: arguments and environment are too long for the system; pass the data in a file`;
    default:
      return `${what}: see errno ${errno} in the manual page of execve`;
  }
}

/** ENOENT says the same for a missing program, a missing folder to run in and a missing `#!` interpreter. */
function explainMissing({ command, cwd, env }: StartOptions): string {
  if (cwd !== undefined && !isFolder(cwd)) return `the folder to run in does not exist: ${cwd}`;
  if (command.includes('/') && existsSync(command))
    return 'the file exists but the interpreter in its first line does not';
  if (command.includes('/')) return 'there is no such file; run `vigie doctor` to see which tools were found';
  return `no such program on PATH (${env.PATH ?? 'empty'}); install it, or run \`vigie doctor\` for the command`;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
