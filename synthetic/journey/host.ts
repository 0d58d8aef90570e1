import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../core/clock.ts';
import { cutStart } from '../../core/cut.ts';
import { withTempFolder } from '../../process/temp-folder.ts';
import { stampOf } from './host/stamp.ts';
import { type HostExit, HostProcess } from './host-process.ts';
import type { HostResult, JourneyRequest } from './protocol.ts';

/** What became of one run on a host. */
export type HostOutcome =
  | { readonly how: 'answered'; readonly result: HostResult; readonly isOutputCut: boolean }
  /** We ended it at the hard deadline; `measured` when only clean-up was missing. */
  | { readonly how: 'killed'; readonly measured?: HostResult; readonly step?: string }
  | { readonly how: 'gone'; readonly exit: HostExit; readonly measured?: HostResult; readonly step?: string };

/** A warm browser in its own process, ready for runs one after the other. */
export type Host = {
  readonly chromium: string;
  readonly sandboxed: boolean;
  /** An empty folder for the files of the next run; they are gone when the one after it begins. */
  readonly runFolder: () => Promise<string>;
  readonly run: (request: JourneyRequest, signals: RunSignals) => Promise<HostOutcome>;
  /** Why it should not be used for another run; undefined when it may. */
  readonly whyReplace: () => string | undefined;
  readonly output: () => { readonly text: string; readonly truncated: boolean };
  readonly close: () => Promise<void>;
};

export type RunSignals = {
  /** Ends the host at once, unless it has answered that it is stopping. */
  readonly killHung: AbortSignal;
  /** Ends the host at once. */
  readonly kill: AbortSignal;
  /** Asks the run to end and clean up. */
  readonly stop: AbortSignal;
  readonly stopReason: () => 'deadline' | 'cancelled';
};

export type HostLimits = { readonly runs: number; readonly ageMs: number; readonly rssBytes: number };
export type HostFailure = {
  readonly failed: 'not-started' | 'no-browser';
  readonly message: string;
  readonly errno?: string;
};

const LAUNCH_MS = 40_000;

type Starting = {
  readonly executablePath: string;
  readonly sandbox: boolean;
  readonly clock: Clock;
  readonly limits: HostLimits;
  /** A browser that is still being started is not waited for any more. */
  readonly closed: AbortSignal;
};

/** Starts a host with its browser. The temp folder lives as long as the host. */
export async function startHost(starting: Starting): Promise<Host | HostFailure> {
  const opened = Promise.withResolvers<Host | HostFailure>();
  const ended = Promise.withResolvers<void>();
  const life = withTempFolder('journey', async (folder) => {
    const host = await launch(folder, starting, ended.resolve);
    opened.resolve(host);
    if (!('failed' in host)) await ended.promise;
  });
  life.catch(opened.reject);
  return opened.promise;
}

async function launch(folder: string, starting: Starting, onEnd: () => void): Promise<Host | HostFailure> {
  let program: HostProcess;
  try {
    program = await HostProcess.start(folder);
  } catch (error) {
    const errno = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return { failed: 'not-started', message: `the process of a journey host could not be started (${errno})`, errno };
  }
  const launched = await launchBrowser(program, starting);
  if ('failed' in launched) {
    await program.kill();
    return launched;
  }
  return makeHost(program, { ...launched, ...starting, folder, onEnd });
}

type Launched = { readonly chromium: string; readonly sandboxed: boolean };

function launchBrowser(
  program: HostProcess,
  { executablePath, sandbox, clock, closed }: Starting,
): Promise<Launched | HostFailure> {
  return new Promise((resolve) => {
    const fail = (message: string): void => resolve({ failed: 'no-browser', message });
    const cancel = clock.schedule(LAUNCH_MS, () => fail(`the browser did not start within ${LAUNCH_MS / 1_000} s`));
    const onClosed = (): void => {
      cancel();
      fail('everything was stopped before the browser had started');
    };
    if (closed.aborted) onClosed();
    closed.addEventListener('abort', onClosed, { once: true });
    program.listen((message) => {
      if (message.type === 'launched') resolve(message);
      if (message.type === 'launch-failed') fail(message.message);
      cancel();
      closed.removeEventListener('abort', onClosed);
    });
    void program.exited.then(({ code, signal }) => {
      cancel();
      const output = cutStart(program.output().text, 1_000);
      fail(`the journey host ended at its start (${signal ?? code}): ${output}`);
    });
    program.send({ type: 'launch', executablePath, sandbox });
  });
}

type Making = Launched & Starting & { readonly folder: string; readonly onEnd: () => void };

function makeHost(program: HostProcess, { chromium, sandboxed, clock, limits, folder, onEnd }: Making): Host {
  const bornMs = clock.monotonic();
  let runs = 0;
  let isSpent = false;
  let isOutputCut = false;
  let rssBytes = 0;
  const stamps = new Map<string, string>();
  return {
    chromium,
    sandboxed,
    runFolder: async () => {
      const path = join(folder, 'run');
      await rm(path, { recursive: true, force: true });
      await mkdir(path, { mode: 0o700 });
      return path;
    },
    run: async (request, signals) => {
      runs += 1;
      program.beginOutput();
      const outcome = await runOn(program, { id: runs, request }, signals);
      isOutputCut = outcome.how === 'answered' && outcome.isOutputCut;
      // Nobody waits for it: the next question about this host finds the answer.
      void program.rssBytes().then(
        (bytes = 0) => {
          rssBytes = bytes;
        },
        // Not to be known here (a hardened /proc): the limits on runs and age remain.
        () => undefined,
      );
      isSpent ||= outcome.how !== 'answered' || outcome.result.spent;
      if (outcome.how === 'answered') {
        for (const { file, stamp } of outcome.result.sources) stamps.set(file, stamp);
      }
      return outcome;
    },
    whyReplace: () => {
      if (isSpent || !program.isAlive) return 'its last run left it unusable';
      if (program.flooded) return 'a journey flooded its output';
      if (runs >= limits.runs) return `it has done ${runs} runs`;
      if (clock.monotonic() - bornMs >= limits.ageMs) return 'it is old';
      const changed = [...stamps].find(([file, stamp]) => stampOf(file) !== stamp);
      if (changed !== undefined) return `${changed[0]} has changed`;
      return rssBytes > limits.rssBytes ? `it uses ${Math.round(rssBytes / 1e6)} MB of memory` : undefined;
    },
    output: () => {
      const { text, truncated } = program.output();
      return { text, truncated: truncated || isOutputCut };
    },
    close: async () => {
      await program.close();
      onEnd();
    },
  };
}

type Asked = { readonly id: number; readonly request: JourneyRequest };

async function runOn(
  program: HostProcess,
  { id, request }: Asked,
  { killHung, kill, stop, stopReason }: RunSignals,
): Promise<HostOutcome> {
  const { promise, resolve } = Promise.withResolvers<HostOutcome>();
  let measured: { measured?: HostResult } = {};
  let step: { step?: string } = {};
  let isStopping = false;
  program.listen((message) => {
    if (!('id' in message) || message.id !== id) return;
    if (message.type === 'stopping') isStopping = true;
    if (message.type === 'step') step = { step: message.name };
    if (message.type === 'measured') measured = { measured: message.result };
    if (message.type === 'done') resolve({ how: 'answered', result: message.result, isOutputCut: message.isOutputCut });
  });
  void program.exited.then((exit) => resolve({ how: 'gone', exit, ...measured, ...step }));
  const onKill = (): void => resolve({ how: 'killed', ...measured, ...step });
  const onHung = (): void => (isStopping ? undefined : onKill());
  const onStop = (): void => program.send({ type: 'stop', id, why: stopReason() });
  kill.addEventListener('abort', onKill, { once: true });
  killHung.addEventListener('abort', onHung, { once: true });
  stop.addEventListener('abort', onStop, { once: true });
  program.send({ type: 'run', id, request });
  if (stop.aborted) onStop();
  if (kill.aborted) onKill();
  const outcome = await promise;
  kill.removeEventListener('abort', onKill);
  killHung.removeEventListener('abort', onHung);
  stop.removeEventListener('abort', onStop);
  // Whatever did not answer is not waited for: it is ended before anything else is done.
  if (outcome.how !== 'answered') await program.kill();
  // Answer and output come on pipes of their own: what was written before the answer is read by the end of this turn of the loop.
  await nextTurn();
  return outcome;
}
