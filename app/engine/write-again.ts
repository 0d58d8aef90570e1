import type { Clock } from '../../core/clock.ts';
import { messageOf } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Cursor, Store } from '../../core/store.ts';
import type { HeartbeatKeeper } from './heartbeat-keeper.ts';
import type { IncidentKeeper } from './incident-keeper.ts';
import type { PauseKeeper } from './pause-keeper.ts';
import type { Recorder } from './recorder.ts';
import type { Undelivered } from './undelivered.ts';

export type Memory = {
  readonly store: Pick<Store, 'commit'>;
  readonly recorder: Pick<Recorder, 'recordChange'>;
  readonly incidents: IncidentKeeper;
  readonly undelivered: Undelivered;
  readonly heartbeats: HeartbeatKeeper;
  readonly pauses: PauseKeeper;
  readonly cursors: () => readonly Cursor[];
  readonly clock: Clock;
  readonly log: Log;
};

const AGAIN_MS = 5_000;

/**
 * Tells a fresh database what this process remembers, after a damaged one had to be replaced: an outage that goes on must not open
 * a second incident, a pause must hold, and a notice on its way must arrive. Tried until it succeeds; the returned function gives up.
 */
export function writeAgain(memory: Memory): () => void {
  const { clock, log } = memory;
  let cancel = (): void => {};
  let isGivenUp = false;
  async function attempt(): Promise<void> {
    try {
      await tellStore(memory);
      log.warn({}, 'what was in memory is in the fresh database');
    } catch (error) {
      log.error(
        { error: messageOf(error) },
        'what is in memory could not be written to the fresh database; trying again',
      );
      if (!isGivenUp) cancel = clock.schedule(AGAIN_MS, () => void attempt());
    }
  }
  void attempt();
  return () => {
    isGivenUp = true;
    cancel();
  };
}

async function tellStore({
  store,
  recorder,
  incidents,
  undelivered,
  heartbeats,
  pauses,
  cursors,
}: Memory): Promise<void> {
  const tracks = incidents.states();
  const unsent = undelivered.all();
  const open = tracks.flatMap((state) => (state.open === undefined ? [] : [state.open]));
  const openIds = new Set(open.map(({ id }) => id));
  // The open ones last and as they are now: a notice may have been kept with an earlier state of its incident.
  const others = unsent.incidents.filter(({ id }) => !openIds.has(id));
  await recorder.recordChange({ tracks, incidents: [...others, ...open], notices: unsent.notices }, undefined);
  await store.commit({ cursors: cursors(), ...heartbeats.remembered() });
  for (const pause of pauses.all()) await store.commit({ pause });
}
