import type { Clock } from '../../core/clock.ts';
import { messageOf } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Plan } from '../../core/plan.ts';
import type { Store } from '../../core/store.ts';
import { openArtefacts } from '../../results/artefacts.ts';
import type { Scheduler } from '../../scheduler/scheduler.ts';
import type { HostMonitor } from '../adapters/host-signals.ts';
import type { WebBridge } from '../web/web-bridge.ts';
import type { ChannelWatch } from './channel-watch.ts';
import { type HeartbeatKeeper, LISTENER_BEAT_MS } from './heartbeat-keeper.ts';
import type { Recorder } from './recorder.ts';
import type { SelfAlerts } from './self-alerts.ts';
import type { StoreTrouble } from './store-watch.ts';

export type HousekeepingParts = {
  readonly store: Pick<Store, 'commit' | 'maintain' | 'health'>;
  readonly storeTrouble: () => StoreTrouble | undefined;
  readonly scheduler: Pick<Scheduler, 'stats' | 'clockDoubt'>;
  readonly web: Pick<WebBridge, 'tell' | 'isListening'>;
  readonly heartbeats: HeartbeatKeeper;
  readonly recorder: Pick<Recorder, 'settle'>;
  readonly selfAlerts: Pick<SelfAlerts, 'look' | 'lookAtClock'>;
  readonly channelWatch: Pick<ChannelWatch, 'look'>;
  readonly host: Pick<HostMonitor, 'lagMs'>;
  readonly plan: () => Plan;
  readonly clock: Clock;
  readonly log: Log;
};

const STATE_EVERY_MS = 1_000;
const HEALTH_EVERY_MS = 1_000;
const SETTLE_EVERY_MS = 5_000;
const RETENTION_EVERY_MS = 60_000;
/** Pause between steps of retention, so that deleting a backlog does not hold up recording. */
const RETENTION_STEP_MS = 200;

/** The small regular work: what the engine knows of itself, the listener's span, retention. Each goes on when another fails or hangs. */
export function startHousekeeping(parts: HousekeepingParts): { stop(): void } {
  const { clock, log, store } = parts;
  const cancels = new Map<string, () => void>();
  const state = { stopped: false, pendingCommits: 0 };

  function every(name: string, delayMs: number, job: () => Promise<number | undefined> | undefined): void {
    const next = (inMs: number): void => {
      if (state.stopped) return;
      cancels.set(
        name,
        clock.schedule(inMs, () => void work()),
      );
    };
    let told: string | undefined;
    const work = async (): Promise<void> => {
      let asked: number | undefined;
      let problem: string | undefined;
      try {
        asked = await job();
      } catch (error) {
        problem = messageOf(error);
        // The same again every second would only fill what may be full already.
        const say = problem === told ? log.debug : log.error;
        say({ job: name, error: problem }, 'housekeeping failed; it is tried again');
      }
      told = problem;
      next(asked ?? delayMs);
    };
    next(delayMs);
  }

  every('state', STATE_EVERY_MS, () => tellState(parts, state.pendingCommits));
  // Apart from the state: a disk that stands still does not answer, and just then the state must be told.
  every('health', HEALTH_EVERY_MS, async () => {
    state.pendingCommits = (await store.health()).queuedCommits;
    return undefined;
  });
  every('listener', LISTENER_BEAT_MS, async () => {
    // Only while somebody can hear: a job must not be blamed for a ping that met a closed door.
    // By a clock that cannot be right the span would be years long, or the latest thing on record for years.
    if (parts.web.isListening() && parts.scheduler.clockDoubt === undefined)
      await store.commit({ listener: parts.heartbeats.listening(clock.now()) });
    return undefined;
  });
  every('owed', SETTLE_EVERY_MS, async () => {
    parts.channelWatch.look(clock.now());
    await parts.recorder.settle();
    return undefined;
  });
  every('retention', RETENTION_EVERY_MS, async () => {
    // The clock of 2038 would find everything too old.
    if (parts.scheduler.clockDoubt !== undefined) return undefined;
    const { retention, dataFolder } = parts.plan().settings;
    const step = await store.maintain(clock.now(), retention);
    await openArtefacts(dataFolder).remove(step.expiredArtefacts);
    return step.more ? RETENTION_STEP_MS : undefined;
  });
  return {
    stop() {
      state.stopped = true;
      for (const cancel of cancels.values()) cancel();
    },
  };
}

function tellState(
  { scheduler, web, host, storeTrouble, selfAlerts }: HousekeepingParts,
  pendingCommits: number,
): undefined {
  const trouble = storeTrouble();
  const { records, lanes, checks } = scheduler.stats();
  const { clockDoubt } = scheduler;
  selfAlerts.look(trouble);
  selfAlerts.lookAtClock(clockDoubt);
  const notReady =
    records.isStoreFailing || trouble !== undefined
      ? 'the store refuses records'
      : clockDoubt === undefined
        ? undefined
        : 'the clock is not believed';
  web.tell({
    type: 'engine',
    state: {
      lagMs: host.lagMs(),
      pendingCommits,
      lanes,
      nextRuns: checks.flatMap(({ check, nextDue }) => (nextDue === undefined ? [] : [{ check, at: nextDue }])),
    },
    ...(notReady === undefined ? {} : { notReady }),
  });
}
