import { openOutbox } from '../../alerts/deliver-outbox.ts';
import { makeChannel } from '../../alerts/make-channel.ts';
import type { Check } from '../../core/check.ts';
import { VigieError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Channel } from '../../core/notice.ts';
import type { Plan } from '../../core/plan.ts';
import type { Reporter } from '../../core/reporter.ts';
import type { Run, Slot } from '../../core/run.ts';
import type { Secrets } from '../../core/secret.ts';
import type { Cursor, Resumed, Store } from '../../core/store.ts';
import { openStore } from '../../results/open-store.ts';
import { Lanes } from '../../scheduler/lanes.ts';
import { Scheduler } from '../../scheduler/scheduler.ts';
import { outboundOf } from '../adapters/outbound.ts';
import { realClock } from '../adapters/real-clock.ts';
import { KINDS } from '../kinds.ts';
import { openArtefactArea } from './artefact-area.ts';
import { type ChannelWatch, watchChannels } from './channel-watch.ts';
import type { Closer } from './close-in-order.ts';
import type { EngineParts } from './engine-parts.ts';
import { type ExecuteInput, executeCheck } from './execute-check.ts';
import { makeFaultRun } from './fault-run.ts';
import { type HeartbeatKeeper, keepHeartbeats } from './heartbeat-keeper.ts';
import { type IncidentKeeper, keepIncidents } from './incident-keeper.ts';
import { openParts } from './open-parts.ts';
import { keepPauses, type PauseKeeper } from './pause-keeper.ts';
import { placeOf } from './place-of.ts';
import type { PlanInForce } from './plan-in-force.ts';
import { openRecorder, type Recorder } from './recorder.ts';
import { fanOut, type ReporterFan } from './reporter-fan.ts';
import { openSelfAlerts, type SelfAlerts } from './self-alerts.ts';
import { type LoadShedder, openLoadShedder } from './shed-load.ts';
import { type StoreTrouble, watchStore } from './store-watch.ts';
import { takeMachine } from './take-machine.ts';
import { keepUndelivered, withoutFollowers } from './undelivered.ts';
import { writeAgain } from './write-again.ts';

export type EngineOptions = {
  readonly plan: PlanInForce;
  /** The checks that are scheduled to begin with; others keep their place in the ledger. */
  readonly scheduled: (plan: Plan) => readonly Check[];
  readonly log: Log;
  readonly secrets: Secrets;
  readonly reporters: readonly Reporter[];
  readonly closer: Closer;
};

/** Everything between the clock and the store: what `vigie start` runs around the clock and `vigie run --due` once. */
export type Engine = {
  readonly store: Store;
  readonly storeTrouble: () => StoreTrouble | undefined;
  readonly resumed: Resumed;
  readonly parts: EngineParts;
  readonly heartbeats: HeartbeatKeeper;
  readonly pauses: PauseKeeper;
  readonly incidents: IncidentKeeper;
  readonly lanes: Lanes;
  readonly shedder: LoadShedder;
  readonly fan: ReporterFan;
  readonly recorder: Recorder;
  readonly selfAlerts: SelfAlerts;
  readonly channelWatch: ChannelWatch;
  readonly outbox: ReturnType<typeof openOutbox>;
  /** Not started yet. */
  readonly scheduler: Scheduler;
  execute(check: Check, slot: Slot | undefined, cancel: AbortSignal, latenessMs?: number): Promise<Run>;
  /** Executes a check between two slots, to see whether a recovery lasts. */
  confirm(check: Check, cancel: AbortSignal): Promise<Run>;
  /** Rejects when the run is not durable, or its check is unknown. */
  record(run: Run, cursor?: Cursor): Promise<void>;
};

/** How long what is under way may take to be delivered when the process ends. */
const LAST_DELIVERIES_MS = 3_000;
const DELIVERY_DEADLINE_MS = 120_000;

/** Opens everything in the order in which it needs each other; `closer` closes it in reverse. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { plan, log, secrets, closer } = options;
  const { settings } = plan.now();
  const late: { recovered: (reason: string, movedTo: readonly string[]) => void } = { recovered: () => {} };
  const opened = await openStore({
    folder: settings.dataFolder,
    log,
    clock: realClock,
    onRecovered: ({ reason, movedTo }) => late.recovered(reason, movedTo),
  });
  closer.add('the store', () => opened.close());
  const { store, trouble } = watchStore(opened, realClock);
  const resumed = await store.resume();
  const heartbeats = keepHeartbeats(resumed);
  const pauses = keepPauses(resumed.pauses);
  const area = await openArtefactArea(settings.dataFolder, log);
  closer.add('the artefact area', () => area.close());
  const { parts, close: closeParts } = openParts({ plan: plan.now, log, secrets, artefacts: area, heartbeats });
  closer.add('what runs share', closeParts);
  const incidents = keepIncidents(resumed.tracks, parts.entropy);
  const lanes = new Lanes({
    widths: settings.lanes,
    log,
    acquireMachineLock: (what, signal) => takeMachine(what, signal, log),
  });
  const shedder = openLoadShedder({ lanes, widths: settings.lanes, clock: realClock, log });
  closer.add('the light lane', () => shedder.close());
  const fan = fanOut(options.reporters, log);
  const messengers = openMessengers({ ...options, store, fan, entropy: parts.entropy });
  const { recorder, selfAlerts, outbox, undelivered, channelWatch } = messengers(incidents);
  const { execute, confirm, record } = carrier({ ...options, parts, lanes, shedder, recorder });
  const scheduler = makeScheduler({ ...options, store, resumed, lanes, parts, recorder, fan, execute, record });
  pauses.tell(scheduler);
  late.recovered = (reason, movedTo) => {
    selfAlerts.databaseReplaced(reason, movedTo);
    const cursors = (): readonly Cursor[] => cursorsOf(scheduler, heartbeats, settings.location);
    const memory = { store, recorder, incidents, undelivered, heartbeats, pauses, cursors, clock: realClock, log };
    closer.add('what a fresh database is told', writeAgain(memory));
  };
  // Found damaged at the opening: nothing is in memory yet, so there is nothing to write again.
  if (opened.recovered !== undefined) selfAlerts.databaseReplaced(opened.recovered.reason, opened.recovered.movedTo);
  return {
    store,
    storeTrouble: trouble,
    resumed,
    parts,
    heartbeats,
    pauses,
    incidents,
    lanes,
    shedder,
    fan,
    recorder,
    selfAlerts,
    channelWatch,
    outbox,
    scheduler,
    execute,
    confirm,
    record,
  };
}

type MessengerParts = Pick<EngineOptions, 'plan' | 'secrets' | 'log' | 'closer'> & {
  readonly store: Store;
  readonly fan: ReporterFan;
  readonly entropy: () => string;
};

/** The recorder with both ways by which notices leave: the outbox of the store, and memory while the store is away. */
function openMessengers({ plan, secrets, log, closer, store, fan, entropy }: MessengerParts) {
  return (incidents: IncidentKeeper) => {
    const undelivered = keepUndelivered();
    const channelOf = (id: string): Channel | undefined => {
      const config = plan.now().channels.find((channel) => channel.id === id);
      if (config === undefined) return undefined;
      const outbound = outboundOf(plan.now().settings);
      return channelWatch.endedChannel(config) ?? makeChannel(config, secrets, outbound, realClock);
    };
    const channelWatch = watchChannels({
      incidents,
      plan: plan.now,
      record: (part) => recorder.recordChange(part, undefined),
      log,
    });
    const shared = { channelOf, clock: realClock, log, random: Math.random, deadlineMs: DELIVERY_DEADLINE_MS };
    const outbox = openOutbox({
      ...shared,
      store,
      onDelivery: (delivery, notice, isEnded) => {
        undelivered.delivered(delivery, notice, isEnded);
        channelWatch.answered(delivery, notice);
        fan.delivery(delivery);
      },
    });
    closer.add('the outbox', () => outbox.close(LAST_DELIVERIES_MS));
    const selfAlerts = openSelfAlerts({
      ...shared,
      plan: plan.now,
      entropy,
      owedNotices: () => withoutFollowers(recorder.owedNotices(), undelivered.all().notices),
      onDelivery: (delivery, notice) => {
        channelWatch.answered(delivery, notice);
        fan.delivery(delivery);
      },
    });
    closer.add('alarms from memory', () => selfAlerts.close(LAST_DELIVERIES_MS));
    const recorder: Recorder = openRecorder({
      store,
      incidents,
      reporters: fan,
      plan: plan.now,
      isWatched: plan.isWatched,
      deliveryOf: selfAlerts.answerTo,
      onNotices: (part) => {
        undelivered.stored(part);
        selfAlerts.stored(part.notices ?? []);
        outbox.wake();
      },
      log,
    });
    return { recorder, selfAlerts, outbox, undelivered, channelWatch };
  };
}

type CarrierParts = Pick<EngineOptions, 'plan' | 'log'> & {
  readonly parts: EngineParts;
  readonly lanes: Lanes;
  readonly shedder: LoadShedder;
  readonly recorder: Recorder;
};

function carrier({
  plan,
  parts,
  lanes,
  shedder,
  recorder,
}: CarrierParts): Pick<Engine, 'execute' | 'confirm' | 'record'> {
  const isBesideExclusive = (): boolean => lanes.counts().exclusive.running > 0;

  async function execute(check: Check, how: Pick<ExecuteInput, 'trigger' | 'slot' | 'cancel' | 'latenessMs'>) {
    const kind = KINDS.find((known) => known.kind === check.kind);
    if (kind === undefined) throw new TypeError(`no kind '${check.kind}'`);
    const beside = check.lane === 'exclusive' ? {} : { isBesideExclusive };
    const run = await executeCheck({ ...how, check, kind, ...beside }, parts);
    shedder.ended(run);
    return run;
  }

  return {
    execute: (check, slot, cancel, latenessMs) =>
      execute(check, {
        trigger: slot === undefined ? 'manual' : 'slot',
        cancel,
        ...(slot === undefined ? {} : { slot }),
        ...(latenessMs === undefined ? {} : { latenessMs }),
      }),
    confirm: (check, cancel) => execute(check, { trigger: 'confirmation', cancel }),
    record(run, cursor) {
      const check = plan.find(run.check);
      if (check !== undefined) return recorder.recordRun(run, check, cursor);
      return Promise.reject(
        new VigieError('check-unknown', `there is no check '${run.check}' in the configuration in force`, {
          hint: 'reload the daemon (SIGHUP) and run it again',
        }),
      );
    },
  };
}

type SchedulerParts = Pick<EngineOptions, 'plan' | 'scheduled' | 'log'> &
  Pick<Engine, 'store' | 'resumed' | 'lanes' | 'parts' | 'recorder' | 'fan' | 'execute' | 'record'>;

function makeScheduler({
  plan,
  scheduled,
  log,
  store,
  resumed,
  lanes,
  parts,
  recorder,
  fan,
  execute,
  record,
}: SchedulerParts) {
  const checks = scheduled(plan.now());
  const ids = new Set(checks.map(({ id }) => id));
  // A cursor of a check that is watched, but not by this process, must not look like one of a check that is gone.
  const cursors = resumed.cursors.filter(({ check }) => ids.has(check) || !plan.isWatched(check));
  return new Scheduler({
    clock: realClock,
    checks,
    location: plan.now().settings.location,
    resumed: { ...resumed, cursors },
    recordedSlots: (check, location, after, until) => store.recordedSlots(check, location, after, until),
    lanes,
    execute,
    makeFaultRun: (check, slot, startedAt, why) => makeFaultRun(check, slot, startedAt, why, parts),
    placeOf,
    log,
    onRun: record,
    onSkipped: (skipped, gaps, given) => recorder.recordSkipped(skipped, gaps, given),
    onEvent(event) {
      if (event.type === 'started') return fan.started(event.check);
      const what =
        event.type === 'overdue'
          ? `a run of '${event.check.id}' did not end by its deadlines`
          : `the clock: ${event.verdict.kind}`;
      log.warn({ event: event.type }, what);
    },
  });
}

/** How far the slots of each check are accounted for, as the scheduler says it now. */
function cursorsOf(scheduler: Scheduler, heartbeats: HeartbeatKeeper, location: string): readonly Cursor[] {
  return scheduler.stats().checks.map(({ check, lowWater }) => ({
    check,
    location,
    lowWater,
    watchedSince: Math.min(heartbeats.watchedSince(check), lowWater),
  }));
}
