import { once } from 'node:events';
import { ConfigError, EXIT, type ExitCode, formatDiagnostic, messageOf } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Plan } from '../../core/plan.ts';
import { consoleReporter } from '../../reporters/console.ts';
import { openLog } from '../adapters/log.ts';
import { realClock } from '../adapters/real-clock.ts';
import { openSecrets, type RefreshingSecrets } from '../adapters/secrets.ts';
import { watchFiles } from '../adapters/watch-files.ts';
import { type Daemon, openDaemon } from '../engine/daemon.ts';
import { loadPlan, type PlanOptions } from '../load-plan.ts';
import type { Terminal } from '../terminal.ts';
import { describeUnset, findUnsetSecrets } from '../unset-secrets.ts';

export type StartOptions = PlanOptions & { readonly watch?: boolean };

const SECOND_SIGNAL_MS = 1_000;

/** `vigie start`: watches everything on schedule until SIGTERM or SIGINT, then ends in order with exit 0. SIGHUP reloads. */
export async function start(options: StartOptions, terminal: Terminal): Promise<ExitCode> {
  // Heard from the beginning: a signal that comes while everything is being opened must not kill it half-way.
  const asked = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  const changes = hearChanges();
  process.on('SIGHUP', changes.tell);
  const plan = await loadPlan({ ...options, inThread: true }, process.env);
  const secrets = openSecrets({ environment: process.env, folder: plan.folder });
  const log = openLog({
    level: process.env.VIGIE_LOG_LEVEL ?? 'info',
    scrub: secrets.scrub,
    folder: plan.settings.logFolder,
  });
  tellDefects(log);
  warnOfUnset(plan, { secrets, terminal, log });
  // From here on no change is missed: one that comes while everything is being opened is taken up afterwards.
  const watching = options.watch === true ? await watchSources(plan, changes.tell, log) : undefined;
  try {
    const daemon = await openDaemon({ plan, log, secrets, reporters: [consoleReporter(terminal.say, terminal.paint)] });
    terminal.say(`watching ${plan.checks.length} checks of ${plan.checks[0]?.target.baseUrl ?? 'nothing'}`);
    terminal.say(`page     ${daemon.webUrl}/\nmetrics  ${daemon.metricsUrl}\nlogs     ${plan.settings.logFolder}`);
    changes.pass(reloader({ options, daemon, terminal, log, secrets }));
    await asked;
    terminal.say('stopping: what runs may finish; once more to leave at once');
    leaveOnSecondSignal();
    changes.pass(() => {});
    await daemon.stop();
    terminal.say('stopped');
  } finally {
    await watching?.close();
    await log.close();
  }
  // Handlers of libraries may still hold the loop; everything of ours is closed and recorded.
  process.exitCode = EXIT.passed;
  return EXIT.passed;
}

/** Passes changes on to whoever takes them; those from before anybody does are taken up then, once. */
function hearChanges(): { tell(): void; pass(taker: () => void): void } {
  let isWaiting = false;
  let take = (): void => {
    isWaiting = true;
  };
  return {
    tell: () => take(),
    pass(taker) {
      take = taker;
      if (isWaiting) taker();
      isWaiting = false;
    },
  };
}

/** A promise that nobody waited for is a defect; a monitor that ends because of it would be a worse one. */
function tellDefects(log: Log): void {
  process.on('unhandledRejection', (reason) => {
    const stack = reason instanceof Error ? reason.stack : undefined;
    log.error({ error: messageOf(reason), stack }, 'a defect of vigie: a rejection that nobody took');
  });
}

/** npm and a terminal may both pass one Ctrl+C on, so only a signal a moment later is a second one. */
function leaveOnSecondSignal(): void {
  const since = realClock.monotonic();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (realClock.monotonic() - since > SECOND_SIGNAL_MS) process.exit(EXIT.interrupted);
    });
  }
}

type ReloadParts = {
  readonly options: StartOptions;
  readonly daemon: Daemon;
  readonly terminal: Terminal;
  readonly log: Log;
  readonly secrets: RefreshingSecrets;
};

/** The checks and channels that need one say so by themselves, one after another; here are all at once. */
function warnOfUnset(plan: Plan, { secrets, terminal, log }: Pick<ReloadParts, 'secrets' | 'terminal' | 'log'>): void {
  for (const unset of findUnsetSecrets(plan, secrets)) {
    terminal.say(terminal.paint.warn(describeUnset(unset)));
    log.warn({ secret: unset.name, problem: describeUnset(unset) }, 'a secret cannot be had');
  }
}

/** Reloads one at a time: validated whole, swapped whole, the last good plan kept when the new one has problems. */
function reloader({ options, daemon, terminal, log, secrets }: ReloadParts): () => void {
  let queue = Promise.resolve();
  const reload = async (): Promise<void> => {
    try {
      const plan = await loadPlan({ ...options, inThread: true }, process.env);
      // Mounted files may have been replaced.
      secrets.refresh();
      const late = await daemon.reload(plan);
      terminal.say(`reloaded: ${plan.checks.length} checks`);
      warnOfUnset(plan, { secrets, terminal, log });
      if (late.length > 0)
        terminal.say(terminal.paint.warn(`${late.join(', ')} changed: start again to put that in force`));
      log.info({ hash: plan.hash }, 'the configuration was reloaded');
    } catch (error) {
      const problems = error instanceof ConfigError ? error.diagnostics.map(formatDiagnostic) : [messageOf(error)];
      terminal.say(
        terminal.paint.bad(`not reloaded, the last good configuration stays in force:\n  ${problems.join('\n  ')}`),
      );
      log.error({ problems: problems.join('; ') }, 'the configuration was not reloaded');
      daemon.reloadRefused();
    }
  };
  return () => {
    queue = queue.then(reload);
  };
}

/** Source files in the folder of the configuration; data, logs and packages do not count. */
function watchSources({ folder, settings }: Plan, changed: () => void, log: Log): ReturnType<typeof watchFiles> {
  return watchFiles({ folder, except: [settings.dataFolder, settings.logFolder], changed, log });
}
