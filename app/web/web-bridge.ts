import { Worker } from 'node:worker_threads';
import type { Command, CommandAnswer } from '../../core/command.ts';
import { messageOf, VigieError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Plan } from '../../core/plan.ts';
import type { Reporter } from '../../core/reporter.ts';
import type { Run } from '../../core/run.ts';
import type { AuditEntry } from '../../web/parts.ts';
import { realClock } from '../adapters/real-clock.ts';
import type { FromWeb, Listening, ToWeb, WebThreadData } from './messages.ts';

export type WebBridge = {
  readonly listening: Listening;
  /** Feeds the registry of the web thread. */
  readonly reporter: Reporter;
  tell(message: ToWeb): void;
  /** Whether pings can be heard now: not while the thread is dead or on its way up. */
  isListening(): boolean;
  close(): Promise<void>;
};

export type WebOptions = Pick<WebThreadData, 'version' | 'tokens'> & {
  readonly plan: () => Plan;
  readonly log: Log;
  readonly onCommand: (command: Command) => Promise<CommandAnswer>;
};

const RESTART_MS = 1_000;

/** Starts the web thread, and starts it again when it dies: it reads, so nothing is lost with it. */
export async function openWeb(options: WebOptions): Promise<WebBridge> {
  const { log } = options;
  const state: {
    worker: Worker | undefined;
    closing: boolean;
    isListening: boolean;
    ports: Listening['ports'] | undefined;
  } = { worker: undefined, closing: false, isListening: false, ports: undefined };

  const post = (message: ToWeb): void => state.worker?.postMessage(message);
  const runs = gatherRuns(post);
  /** Runs that wait go first, so that everything arrives in the order in which it happened. */
  function tell(message: ToWeb): void {
    runs.flush();
    post(message);
  }

  async function answer(id: number, command: Command): Promise<void> {
    const answered = await options
      .onCommand(command)
      .catch((error: unknown): CommandAnswer => ({ ok: false, reason: 'busy', message: messageOf(error) }));
    tell({ type: 'answer', id, answer: answered });
  }

  function startThread(): Promise<Listening> {
    const worker = makeWorker(options, state.ports);
    state.worker = worker;
    return new Promise((resolve, reject) => {
      worker.on('message', (message: FromWeb) => {
        if (message.type === 'command') void answer(message.id, message.command);
        else if (message.type === 'audit') writeAudit(message.entry, log);
        else if (message.type === 'warn') log.warn({ message: message.message }, 'web thread');
        else {
          state.ports = message.ports;
          state.isListening = true;
          resolve(message);
        }
      });
      worker.once('error', (error) => {
        log.error({ error: messageOf(error) }, 'the web thread died');
        reject(asVigieError(error));
      });
      worker.once('exit', () => {
        state.worker = undefined;
        state.isListening = false;
        if (!state.closing && state.ports !== undefined) realClock.schedule(RESTART_MS, restart);
      });
    });
  }

  function restart(): void {
    if (state.closing) return;
    startThread().then(
      ({ webUrl }) => log.warn({ webUrl }, 'the web thread was started again'),
      (error: unknown) => log.error({ error: messageOf(error) }, 'the web thread could not be started again'),
    );
  }

  const listening = await startThread();
  return {
    listening,
    isListening: () => state.isListening,
    tell,
    reporter: webReporter(tell, runs.add),
    async close() {
      state.closing = true;
      const { worker } = state;
      if (worker === undefined) return;
      const ended = new Promise((resolve) => worker.once('exit', resolve));
      tell({ type: 'stop' });
      const force = realClock.schedule(5_000, () => void worker.terminate());
      await ended;
      force();
    },
  };
}

function makeWorker(options: WebOptions, ports: Listening['ports'] | undefined): Worker {
  const extension = import.meta.filename.endsWith('.ts') ? 'ts' : 'js';
  const data: WebThreadData = {
    plan: options.plan(),
    loadedAt: realClock.now(),
    version: options.version,
    tokens: options.tokens,
    ...(ports === undefined ? {} : { ports }),
  };
  return new Worker(new URL(`./web-thread.${extension}`, import.meta.url), { workerData: data });
}

function writeAudit(entry: AuditEntry, log: Log): void {
  if (entry.what === 'shut-out') log.warn(entry, 'a client gave too many wrong tokens and is refused for a while');
  else log.info(entry, 'asked over the API');
}

/** Runs come in the batches of the store: one batch is told at once, and none waits so long that it outlives a collection of garbage. */
const GATHER_MS = 10;

/** Waking the other thread for each of a hundred runs a second would cost more than showing them. */
function gatherRuns(post: (message: ToWeb) => void): { add(run: Run): void; flush(): void } {
  let waiting: Run[] = [];
  let cancel = (): void => {};
  const flush = (): void => {
    cancel();
    if (waiting.length === 0) return;
    const runs = waiting;
    waiting = [];
    post({ type: 'runs', runs });
  };
  return {
    add(run) {
      if (waiting.length === 0) cancel = realClock.schedule(GATHER_MS, flush);
      waiting.push(run);
    },
    flush,
  };
}

function webReporter(tell: (message: ToWeb) => void, addRun: (run: Run) => void): Reporter {
  return {
    name: 'prometheus',
    onPlan: (plan) => tell({ type: 'plan', plan, loadedAt: realClock.now() }),
    onRun: addRun,
    onSkipped: (skipped, gaps) => tell({ type: 'skipped', skipped, gaps }),
    onIncident: (change) => tell({ type: 'incident', change }),
    onDelivery: (delivery) => tell({ type: 'delivery', delivery }),
  };
}

/** Errors lose their class on the way out of a thread; those with a code of ours keep their meaning. */
function asVigieError(error: unknown): Error {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'web-failed';
  const hint =
    typeof error === 'object' && error !== null && 'hint' in error && typeof error.hint === 'string'
      ? { hint: error.hint }
      : {};
  return new VigieError(code, messageOf(error), { cause: error, ...hint });
}
