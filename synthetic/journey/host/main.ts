import { existsSync } from 'node:fs';
import { messageOf } from '../../../core/errors.ts';
import { launchReason } from '../launch-reason.ts';
import { type FromHost, type HostResult, type JourneyRequest, toHost } from '../protocol.ts';
import { launchBrowser, type WarmBrowser } from './browser.ts';
import type { StopReason } from './ending.ts';
import { createLoader } from './load.ts';
import { runJourney } from './run-journey.ts';

/**
 * The program of a journey host: one warm browser, one journey at a time. It runs the user's code, so the engine that
 * started it trusts it with nothing: it may hang, exit or flood, and is then killed with everything it started.
 */

type Running = {
  readonly id: number;
  readonly stop: (why: StopReason) => void;
  stray: { readonly error: unknown } | undefined;
};

const load = createLoader();
let warm: WarmBrowser | undefined;
let running: Running | undefined;

// A journey that floods its output finds the pipe closed; that is no reason to end.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
// The engine is gone: nobody would ever ask for anything again.
process.on('disconnect', () => void leave());
process.on('unhandledRejection', keepStray);
process.on('uncaughtException', keepStray);
process.on('message', (message) => void receive(message));

function keepStray(error: unknown): void {
  if (running) running.stray ??= { error };
  else console.error(error);
}

async function receive(raw: unknown): Promise<void> {
  const message = toHost.parse(raw);
  switch (message.type) {
    case 'launch':
      return launch(message.executablePath, message.sandbox);
    case 'run':
      return run(message.id, message.request);
    case 'stop':
      if (running?.id !== message.id) return;
      send({ type: 'stopping', id: message.id });
      return running.stop(message.why);
    case 'close':
      return leave();
  }
}

async function launch(executablePath: string, sandbox: boolean): Promise<void> {
  try {
    warm = await launchBrowser(executablePath, sandbox);
    const { browser, pid, sandboxed } = warm;
    const known = pid === undefined ? {} : { browserPid: pid };
    send({ type: 'launched', chromium: browser.version(), sandboxed, ...known });
  } catch (error) {
    send({ type: 'launch-failed', message: launchReason(messageOf(error)) });
  }
}

async function run(id: number, request: JourneyRequest): Promise<void> {
  const { promise: stopped, resolve: stop } = Promise.withResolvers<StopReason>();
  const current: Running = { id, stop, stray: undefined };
  running = current;
  const hooks = {
    stopped,
    stray: () => current.stray,
    onStep: (name: string) => send({ type: 'step', id, name }),
    onMeasured: (result: HostResult) => send({ type: 'measured', id, result }),
  };
  const result = await runOrSayWhy(request, hooks);
  running = undefined;
  // Output that is still waiting for the pipe would be taken for that of the next run.
  const isOutputCut = process.stdout.writableLength + process.stderr.writableLength > 0;
  send({ type: 'done', id, result: { ...result, spent: result.spent || isOutputCut }, isOutputCut });
}

type Hooks = Parameters<typeof runJourney>[3];

async function runOrSayWhy(request: JourneyRequest, hooks: Hooks): Promise<HostResult> {
  const loaded = await load(request.file, request.export);
  if ('problem' in loaded) return nothing({ how: 'invalid', message: loaded.problem });
  if (warm === undefined || !warm.browser.isConnected()) return nothing({ how: 'browser-crashed', what: 'browser' });
  if (request.loginFile !== undefined && !existsSync(request.loginFile)) {
    return nothing({ how: 'logged-out', message: 'the stored login state is gone' });
  }
  try {
    return await runJourney(warm, loaded, request, hooks);
  } catch (error) {
    if (!warm.browser.isConnected()) return nothing({ how: 'browser-crashed', what: 'browser' });
    const message = messageOf(error);
    const isRefusal = error instanceof RangeError || /invalid (timezone|locale)|storage ?state/i.test(message);
    return nothing({ how: isRefusal ? 'refused' : 'broken', message });
  }
}

/** A run that never came to the journey. The host is not used again: what it loaded may be half there. */
function nothing(ending: HostResult['ending']): HostResult {
  const assertions = { passed: 0, absences: 0, shown: [] };
  const none = {
    steps: [],
    measures: [],
    unrecorded: 0,
    facts: {},
    artefacts: [],
    sources: [],
    pagesLoaded: 0,
    otherPages: [],
    durationMs: 0,
  };
  return { ...none, ending, assertions, savedLogin: false, spent: true };
}

async function leave(): Promise<void> {
  await warm?.browser.close().catch(() => undefined);
  process.exit(0);
}

function send(message: FromHost): void {
  if (process.connected) process.send?.(message);
}
