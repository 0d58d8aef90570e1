import { randomBytes } from 'node:crypto';
import { meterWhileRunning } from './descendants.ts';
import type { GroupUsage, ProcessEnding } from './ending.ts';
import { killGroup, stopGroup } from './group.ts';
import { recordGroup } from './group-record.ts';
import { holdGroup } from './living-groups.ts';
import { findMarked, killMarked, MARK_VARIABLE, makeMark } from './marked.ts';
import { type OutputReader, readOutput } from './output-reader.ts';
import { thisOwner } from './owner.ts';
import { type LeaderExit, type Started, startProcess } from './start-process.ts';

/** How to run one child process. This folder is an adapter to the operating system: its time is real time. */
export type RunProcessOptions = {
  /** A path, or a name that is looked up on the PATH of `env`. */
  readonly command: string;
  readonly args: readonly string[];
  /** Default: the folder that this process runs in. */
  readonly cwd?: string | undefined;
  /** The whole environment, see `allowEnvironment`. One variable is added: VIGIE_RUN_MARK. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds, 1 to 2,147,483,647. After it the whole group is stopped and the ending is `deadline`. */
  readonly deadlineMs: number;
  /** Milliseconds between SIGTERM and SIGKILL. Default 10,000. */
  readonly killGraceMs?: number | undefined;
  /** Aborting stops the whole group; the ending is `aborted`. */
  readonly signal?: AbortSignal | undefined;
  /** Bytes kept of each output: its beginning and its end. Default 1 MiB. */
  readonly stdoutCapBytes?: number | undefined;
  readonly stderrCapBytes?: number | undefined;
  /** Called for each line as it arrives, of the whole output and not only of what the cap keeps. */
  readonly onStdoutLine?: ((line: string) => void) | undefined;
  readonly onStderrLine?: ((line: string) => void) | undefined;
  /** Text for the standard input, which is then closed. Default: no standard input. */
  readonly input?: string | undefined;
  /** A folder of `withTempFolder`: the group is noted there, so that it is ended even after we were killed with SIGKILL. */
  readonly recordIn?: string | undefined;
};

type StopReason = { readonly how: 'deadline' | 'aborted' } | { readonly how: 'callback'; readonly error: unknown };
type Reason = { readonly how: 'exit'; readonly exit: LeaderExit } | StopReason;

/** How long the pipes may stay open after every process we know of is gone. */
const PIPES_CLOSE_MS = 2_000;
const MEBIBYTE = 1024 * 1024;

/**
 * Runs one program in its own process group and waits until the whole group is gone, however it ends.
 * Never rejects because of the program; it rejects for a mistake in the options or in a line callback.
 */
export async function runProcess(options: RunProcessOptions): Promise<ProcessEnding> {
  refuseBadOptions(options);
  const startMs = performance.now();
  const nothing = { stdout: '', stderr: '', stdoutTruncated: false, stderrTruncated: false, leftBehind: 0 };
  const unstarted = { ...nothing, pid: undefined, usage: undefined };
  if (options.signal?.aborted) return { ...unstarted, how: 'aborted', forced: false, durationMs: 0 };
  const mark = makeMark(thisOwner(), randomBytes(8).toString('hex'));
  const started = await startProcess({ ...options, env: { ...options.env, [MARK_VARIABLE]: mark } });
  if ('errno' in started) {
    return { ...unstarted, how: 'notStarted', ...started, durationMs: performance.now() - startMs };
  }
  return supervise(started, options, { mark, startMs });
}

async function supervise(
  started: Started,
  options: RunProcessOptions,
  { mark, startMs }: { readonly mark: string; readonly startMs: number },
): Promise<ProcessEnding> {
  const group = started.pid;
  const letGo = holdGroup(group);
  const failure = Promise.withResolvers<Reason>();
  const output = readOutput(started, {
    stdoutCapBytes: options.stdoutCapBytes ?? MEBIBYTE,
    stderrCapBytes: options.stderrCapBytes ?? MEBIBYTE,
    onStdoutLine: options.onStdoutLine,
    onStderrLine: options.onStderrLine,
    onCallbackError: (error) => failure.resolve({ how: 'callback', error }),
  });
  feed(started, options.input);
  const stopMetering = meterWhileRunning(group);
  const forget = recordGroup(options.recordIn, group);
  const reason = await firstReason(started, options, failure.promise);
  const lastLook = stopMetering();
  const isOurs = (other: string): boolean => other === mark;
  // What is about to be stopped is looked at once more before; what has ended is swept at once.
  if (reason.how !== 'exit') await lastLook;
  const seen = reason.how === 'exit' ? [] : await findMarked(isOurs);
  const stopped = await endGroup(group, reason, options.killGraceMs ?? 10_000);
  await killMarked(isOurs, seen);
  await output.closed(PIPES_CLOSE_MS);
  letGo();
  forget();
  return report({
    reason,
    stopped,
    output,
    usage: await lastLook,
    pid: group,
    durationMs: performance.now() - startMs,
  });
}

async function firstReason(started: Started, options: RunProcessOptions, failure: Promise<Reason>): Promise<Reason> {
  const { promise, resolve } = Promise.withResolvers<Reason>();
  const timer = setTimeout(() => resolve({ how: 'deadline' }), options.deadlineMs);
  const onAbort = (): void => resolve({ how: 'aborted' });
  options.signal?.addEventListener('abort', onAbort, { once: true });
  // It may have been aborted while the program was being started.
  if (options.signal?.aborted) onAbort();
  const exit = started.exit.then((exit): Reason => ({ how: 'exit', exit }));
  try {
    return await Promise.race([exit, promise, failure]);
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', onAbort);
  }
}

async function endGroup(group: number, reason: Reason, graceMs: number): ReturnType<typeof stopGroup> {
  // A leader that ended has no further use for what it left in its group: no grace for that.
  if (reason.how === 'exit') return { forced: false, leftBehind: await killGroup(group) };
  return stopGroup(group, graceMs);
}

type Findings = {
  readonly reason: Reason;
  readonly stopped: { readonly forced: boolean; readonly leftBehind: number };
  readonly output: OutputReader;
  readonly usage: GroupUsage | undefined;
  readonly pid: number;
  readonly durationMs: number;
};

function report({ reason, stopped, output, usage, pid, durationMs }: Findings): ProcessEnding {
  const known = { ...output.finish(), durationMs, pid, usage, leftBehind: stopped.leftBehind };
  const late = output.callbackError();
  if (late !== undefined) throw new Error('a line callback of runProcess threw', { cause: late.error });
  switch (reason.how) {
    case 'exit':
      return { ...known, ...leaderEnding(reason.exit) };
    case 'deadline':
    case 'aborted':
      return { ...known, how: reason.how, forced: stopped.forced };
    case 'callback':
      throw new Error('a line callback of runProcess threw', { cause: reason.error });
  }
}

function leaderEnding({
  code,
  signal,
}: LeaderExit): { how: 'exited'; code: number } | { how: 'signalled'; signal: NodeJS.Signals } {
  if (signal !== null) return { how: 'signalled', signal };
  if (code !== null) return { how: 'exited', code };
  throw new Error('a process ended with neither a code nor a signal');
}

function feed(started: Started, input: string | undefined): void {
  if (started.stdin === null || input === undefined) return;
  // EPIPE: the program ended, or closed its input, without reading all of it. That is its right.
  started.stdin.on('error', () => undefined);
  started.stdin.end(input);
}

function refuseBadOptions({
  deadlineMs,
  killGraceMs = 0,
  stdoutCapBytes = 1,
  stderrCapBytes = 1,
}: RunProcessOptions): void {
  refuseUnless(
    deadlineMs >= 1 && deadlineMs <= 2_147_483_647,
    'deadlineMs',
    deadlineMs,
    '1 to 2147483647 milliseconds',
  );
  refuseUnless(killGraceMs >= 0 && killGraceMs <= 600_000, 'killGraceMs', killGraceMs, '0 to 600000 milliseconds');
  refuseUnless(
    Number.isInteger(stdoutCapBytes) && stdoutCapBytes >= 1,
    'stdoutCapBytes',
    stdoutCapBytes,
    'a whole number of bytes from 1',
  );
  refuseUnless(
    Number.isInteger(stderrCapBytes) && stderrCapBytes >= 1,
    'stderrCapBytes',
    stderrCapBytes,
    'a whole number of bytes from 1',
  );
}

function refuseUnless(isGood: boolean, option: string, value: number, wanted: string): void {
  if (!isGood) throw new RangeError(`runProcess: ${option} is ${value}; give ${wanted}`);
}
