import { messageOf } from '../../core/errors.ts';
import { fault } from '../../core/fault.ts';
import type { ProcessEnding } from '../../process/ending.ts';
import { runProcess } from '../../process/run-process.ts';
import { realClock } from '../adapters/real-clock.ts';

/** A deployment that the gate started itself. */
export type StartedSide = {
  /** Why it does not answer; undefined when it does. */
  readonly problem: string | undefined;
  stop(): Promise<void>;
};

export type StartInput = {
  /** As it would be typed, e.g. `npm run preview`; run by the shell. */
  readonly command: string;
  /** Answered with any status below 500 when it is ready. */
  readonly waitOn: string;
  readonly cancel: AbortSignal;
  readonly withinMs: number;
};

const LOOK_MS = 200;
const ASK_WITHIN_MS = 5_000;
const LONGEST_MS = 2_147_483_647;
const STOP_GRACE_MS = 5_000;
const SHOWN_LINES = 10;

/** Starts a deployment in a process group of its own, and waits until it answers or ends. */
export async function startSide({ command, waitOn, cancel, withinMs }: StartInput): Promise<StartedSide> {
  if ((await ask(waitOn)) === READY) {
    const problem = `${waitOn} answers before '${command}' was started: what answers there is something else; stop it, or name another address`;
    return { problem, stop: async () => {} };
  }
  const stopping = new AbortController();
  const said: string[] = [];
  const hear = (line: string): void => {
    said.push(line);
    if (said.length > SHOWN_LINES) said.shift();
  };
  let ended: ProcessEnding | undefined;
  const running = runProcess({
    command: '/bin/sh',
    args: ['-c', command],
    env: environment(),
    deadlineMs: LONGEST_MS,
    killGraceMs: STOP_GRACE_MS,
    signal: stopping.signal,
    onStdoutLine: hear,
    onStderrLine: hear,
  }).then((ending) => {
    ended = ending;
  });
  const stop = async (): Promise<void> => {
    stopping.abort(fault('cancelled', 'The gate is over'));
    await running;
  };
  const problem = await untilReady({ waitOn, cancel, withinMs, hasEnded: () => ended !== undefined });
  if (problem === undefined) return { problem, stop };
  await stop();
  const last = said.length === 0 ? '' : `; it said last:\n  ${said.join('\n  ')}`;
  return { problem: `'${command}' ${problem}${last}`, stop: async () => {} };
}

type Waiting = {
  readonly waitOn: string;
  readonly cancel: AbortSignal;
  readonly withinMs: number;
  readonly hasEnded: () => boolean;
};

async function untilReady({ waitOn, cancel, withinMs, hasEnded }: Waiting): Promise<string | undefined> {
  const end = realClock.monotonic() + withinMs;
  let last = 'nothing';
  while (realClock.monotonic() < end) {
    if (cancel.aborted) return 'was interrupted';
    if (hasEnded()) return `ended before ${waitOn} answered`;
    last = await ask(waitOn);
    if (last === READY) return undefined;
    await new Promise<void>((resolve) => realClock.schedule(LOOK_MS, resolve));
  }
  return `was not ready within ${Math.round(withinMs / 1_000)} s: ${waitOn} gave ${last}`;
}

const READY = 'ready';

/** `READY`, or what there was instead of an answer. */
async function ask(url: string): Promise<string> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(ASK_WITHIN_MS), redirect: 'manual' });
    await answer.body?.cancel();
    return answer.status < 500 ? READY : `status ${answer.status}`;
  } catch (error) {
    return messageOf(error);
  }
}

/** The command is the user's own, as if it was typed. */
function environment(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
