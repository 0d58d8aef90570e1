import type { Check } from '../../core/check.ts';
import { ConfigError, type ExitCode, VigieError } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Reporter } from '../../core/reporter.ts';
import type { Run } from '../../core/run.ts';
import { sweepOrphans } from '../../process/sweep.ts';
import { describeRun } from '../../reporters/describe-run.ts';
import { openLog } from '../adapters/log.ts';
import { realClock } from '../adapters/real-clock.ts';
import { openSecrets } from '../adapters/secrets.ts';
import { type Closer, openCloser } from '../engine/close-in-order.ts';
import { closeOrphans } from '../engine/close-orphans.ts';
import { controlPath, serveControl } from '../engine/control-socket.ts';
import { type Engine, openEngine } from '../engine/open-engine.ts';
import { keepPlan } from '../engine/plan-in-force.ts';
import { finishRuns, pushed } from '../finish-runs.ts';
import { onInterrupt } from '../interrupt.ts';
import { openProgress, type ProgressView } from '../progress.ts';
import type { Terminal } from '../terminal.ts';
import type { RunOptions } from './run-options.ts';

export type DueRun = {
  readonly plan: Plan;
  readonly checks: readonly Check[];
  readonly problems: readonly string[];
  readonly options: RunOptions;
};

/** How long notices may take before the command ends; what is not delivered by then is sent by the next one. */
const DELIVER_WITHIN_MS = 20_000;
const LOOK_MS = 50;

/**
 * `vigie run --due`: an outer clock (cron, a CronJob) calls, and what fell due since the last call is run as slots, with
 * incidents and notices, as `vigie start` would. Of several slots that a check missed in between, the latest is run.
 */
export async function runDue(due: DueRun, terminal: Terminal): Promise<ExitCode> {
  refuseNoRecord(due.options);
  const secrets = openSecrets({ environment: process.env, folder: due.plan.folder });
  const log = openLog({ level: process.env.VIGIE_LOG_LEVEL ?? 'warn', scrub: secrets.scrub });
  const closer = openCloser(log);
  closer.add('the log', () => log.close());
  const progress = openProgress(terminal, () => realClock.monotonic());
  closer.add('the progress', () => progress.close());
  const runs: Run[] = [];
  const plan = keepPlan(due.plan, log);
  const scheduled = (): readonly Check[] => due.checks.map((check) => ({ ...check, catchUp: 'once' }));
  const reporters = [listing(runs, progress, terminal)];
  try {
    const engine = await openEngine({ plan, scheduled, log, secrets, reporters, closer }).catch(explainLock);
    const control = await serveControl(controlPath(due.plan.settings.dataFolder), (run) => engine.record(run), log);
    closer.add('the control socket', () => control.close());
    await sweepOrphans(realClock.now());
    await closeOrphans({ plan, incidents: engine.incidents, recorder: engine.recorder, now: realClock.now() });
    const interrupted = await carryOut(engine, closer, terminal);
    const failures = await failuresOf(engine, due, runs);
    return finishRuns(
      { command: 'run', runs, problems: due.problems, failures, interrupted, mayBeNothing: true },
      terminal,
    );
  } finally {
    await closer.close();
  }
}

function refuseNoRecord({ record }: RunOptions): void {
  if (record) return;
  const message = '--due needs the record of what has run, which --no-record leaves out';
  throw new ConfigError([{ path: '--due', message, hint: 'leave one of them out' }]);
}

/** The daemon is a clock itself: two of them would share the slots of one check between them. */
function explainLock(error: unknown): never {
  if (!(error instanceof VigieError) || error.code !== 'data-folder-locked') throw error;
  throw new VigieError('data-folder-locked', `${error.message}, which runs what is due by itself or is at it`, {
    cause: error,
    hint: 'leave --due to hand a run to it, or stop it and let the outer clock do its work',
  });
}

function listing(runs: Run[], progress: ProgressView, terminal: Terminal): Reporter {
  return {
    name: 'terminal',
    onRunStarted: (check) => progress.started(check.id),
    onRun(run, check) {
      runs.push(run);
      progress.finished(check.id);
      progress.print(describeRun(run, check, terminal.paint));
    },
  };
}

/** Returns whether somebody interrupted it; then what ran is stopped and recorded. */
async function carryOut(engine: Engine, closer: Closer, terminal: Terminal): Promise<boolean> {
  const { scheduler, recorder } = engine;
  const cancel = new AbortController();
  closer.add('the signals', onInterrupt(cancel, terminal));
  const stopped: Promise<unknown>[] = [];
  cancel.signal.addEventListener('abort', () => void stopped.push(scheduler.drain(0)), { once: true });
  await scheduler.runDue();
  await Promise.all(stopped);
  await recorder.settle();
  if (!cancel.signal.aborted) await deliver(engine, terminal);
  return cancel.signal.aborted;
}

async function deliver({ outbox, store }: Engine, terminal: Terminal): Promise<void> {
  outbox.wake();
  const end = realClock.monotonic() + DELIVER_WITHIN_MS;
  for (let next = await store.nextNoticeAt(); next !== undefined; next = await store.nextNoticeAt()) {
    const left = end - realClock.monotonic();
    if (left <= 0 || next > realClock.now() + left) {
      terminal.say(terminal.paint.warn('a notice could not be delivered yet; the next call tries again'));
      return;
    }
    await new Promise<void>((resolve) => realClock.schedule(LOOK_MS, resolve));
  }
}

async function failuresOf(
  { scheduler, fan }: Engine,
  { options, plan }: DueRun,
  runs: readonly Run[],
): Promise<readonly string[]> {
  await fan.end();
  const { waiting, folded } = scheduler.stats().records;
  const lost = waiting + folded;
  return [
    ...(lost === 0 ? [] : [`${lost} slots could not be recorded; the next call finds them missed`]),
    ...fan.failures(),
    ...(await pushed(options.push, plan, runs)),
  ];
}
