import type { Check } from '../../core/check.ts';
import { fault } from '../../core/fault.ts';
import type { CheckId } from '../../core/identifiers.ts';
import type { Log } from '../../core/log.ts';
import type { Plan } from '../../core/plan.ts';
import { CONFIRM_RECOVERY_AFTER_MS } from '../../core/recovery.ts';
import type { Reporter } from '../../core/reporter.ts';
import type { Secrets } from '../../core/secret.ts';
import { sweepOrphans } from '../../process/sweep.ts';
import { realClock } from '../adapters/real-clock.ts';
import { VERSION } from '../version.ts';
import { hashTokens } from '../web/hash-tokens.ts';
import { openWeb, type WebBridge } from '../web/web-bridge.ts';
import { type Closer, openCloser } from './close-in-order.ts';
import { closeOrphans } from './close-orphans.ts';
import { commandHandler } from './commands.ts';
import { confirmRecoveries } from './confirm-recoveries.ts';
import { controlPath, serveControl } from './control-socket.ts';
import { startHousekeeping } from './housekeeping.ts';
import { type Engine, openEngine } from './open-engine.ts';
import { keepPlan, type PlanInForce } from './plan-in-force.ts';
import { runNewChecks } from './run-new-checks.ts';

export type DaemonOptions = {
  readonly plan: Plan;
  readonly log: Log;
  readonly secrets: Secrets;
  /** Told besides the metrics, e.g. the console of `vigie start`. */
  readonly reporters: readonly Reporter[];
  /** Time between a pass and the run that confirms it. Default `CONFIRM_RECOVERY_AFTER_MS`; less in tests. */
  readonly confirmAfterMs?: number;
};

export type Daemon = {
  readonly webUrl: string;
  readonly metricsUrl: string;
  /** Swaps the plan whole; history follows the ids. Returns the settings that only a restart puts in force. */
  reload(plan: Plan): Promise<readonly string[]>;
  /** Says in the metrics that the configuration on disk could not be put in force. */
  reloadRefused(): void;
  /** Drains, records, delivers what it can and closes; what could not be delivered waits in the store. */
  stop(): Promise<void>;
};

/** Puts everything together that watches around the clock. Throws a VigieError when the data folder or a port is taken; nothing stays open then. */
export async function openDaemon(options: DaemonOptions): Promise<Daemon> {
  const closer = openCloser(options.log);
  try {
    return await assemble(options, closer);
  } catch (error) {
    await closer.close();
    throw error;
  }
}

async function assemble(
  { plan: first, log, secrets, reporters, confirmAfterMs = CONFIRM_RECOVERY_AFTER_MS }: DaemonOptions,
  closer: Closer,
): Promise<Daemon> {
  const plan = keepPlan(first, log);
  const engine = await openEngine({ plan, scheduled: ({ checks }) => checks, log, secrets, reporters, closer });
  await sweep(log);
  engine.heartbeats.watch(idsOf(first.checks), realClock.now());
  await closeOrphans({ plan, incidents: engine.incidents, recorder: engine.recorder, now: realClock.now() });
  const web = await openPage(plan, engine, secrets, log);
  closer.add('the page', () => web.close());
  closer.add('the reporters', () => engine.fan.end());
  engine.fan.add(web.reporter);
  const control = await serveControl(controlPath(first.settings.dataFolder), (run) => engine.record(run), log);
  closer.add('the control socket', () => control.close());
  const housekeeping = startHousekeeping({
    ...engine,
    web,
    plan: plan.now,
    host: engine.parts.host,
    clock: realClock,
    log,
  });
  closer.add('housekeeping', () => housekeeping.stop());
  closer.add('what is owed', () => engine.recorder.settle());
  closer.add('the scheduler', () => drain(engine, plan, log));
  const recoveries = confirmRecoveries({ ...engine, plan, clock: realClock, log, afterMs: confirmAfterMs });
  engine.fan.add(recoveries.reporter);
  await engine.scheduler.start();
  engine.outbox.wake();
  const looks = firstLooks(engine, log);
  closer.add('first looks', () => looks.stop());
  closer.add('confirmations of recoveries', () => recoveries.stop());
  recoveries.resume();
  looks.at(first.checks, new Set(engine.resumed.cursors.map(({ check }) => check)));
  engine.fan.plan(first);
  return {
    webUrl: web.listening.webUrl,
    metricsUrl: web.listening.metricsUrl,
    reload: (next) => reload(next, plan, engine, looks),
    reloadRefused: () => web.tell({ type: 'reloadRefused' }),
    stop: () => closer.close(),
  };
}

async function sweep(log: Log): Promise<void> {
  const { groups, processes } = await sweepOrphans(realClock.now());
  if (groups.length + processes.length === 0) return;
  log.warn(
    { groups: groups.length, processes: processes.length },
    'ended processes that a killed vigie had left behind',
  );
}

function openPage(plan: PlanInForce, engine: Engine, secrets: Secrets, log: Log): Promise<WebBridge> {
  const { settings } = plan.now();
  return openWeb({
    plan: plan.now,
    log,
    version: VERSION,
    onCommand: commandHandler({ ...engine, secrets, plan: plan.now, clock: realClock, log }),
    tokens: hashTokens(settings.apiTokens, secrets),
  });
}

async function drain({ scheduler }: Engine, plan: PlanInForce, log: Log): Promise<void> {
  const { unrecorded } = await scheduler.drain(plan.now().settings.shutdownGraceMs);
  if (unrecorded > 0) log.error({ slots: unrecorded }, 'slots could not be recorded; the next start finds them missed');
}

type FirstLooks = { at(checks: readonly Check[], known: ReadonlySet<CheckId>): void; stop(): Promise<void> };

/** Looks at new checks once, outside their schedule; see docs/decisions/015. */
function firstLooks({ lanes, pauses, execute, record }: Engine, log: Log): FirstLooks {
  const cancel = new AbortController();
  const { signal } = cancel;
  const underWay = new Set<Promise<void>>();
  return {
    at(checks, known) {
      const paused = new Set(pauses.all().map(({ check }) => check));
      const isNew = (check: Check): boolean => !known.has(check.id) && !paused.has(check.id);
      const look = runNewChecks({
        checks: checks.filter(isNew),
        lanes,
        cancel: signal,
        execute: (check) => execute(check, undefined, signal),
        record,
        log,
        clock: realClock,
      });
      underWay.add(look);
      void look.finally(() => underWay.delete(look));
    },
    async stop() {
      cancel.abort(fault('shutdown', 'The process was stopped.'));
      await Promise.all(underWay);
    },
  };
}

async function reload(
  next: Plan,
  plan: PlanInForce,
  { fan, scheduler, shedder, heartbeats, incidents, recorder }: Engine,
  looks: FirstLooks,
): Promise<readonly string[]> {
  const { unwatched, needRestart } = plan.swap(next);
  const { checks, settings } = plan.now();
  // Before the scheduler knows of them: a run must find its check in the metrics.
  fan.plan(plan.now());
  const { added } = scheduler.reload(checks);
  shedder.setWidths(settings.lanes);
  const now = realClock.now();
  heartbeats.watch(idsOf(checks), now);
  const fresh = new Set(added);
  looks.at(checks, new Set(idsOf(checks).filter((id) => !fresh.has(id))));
  for (const check of unwatched) await recorder.recordChange(incidents.remove(check, plan.now(), now), check);
  return needRestart;
}

function idsOf(checks: readonly Check[]): readonly CheckId[] {
  return checks.map(({ id }) => id);
}
