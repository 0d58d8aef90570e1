import { channelsOf, composeNotices } from '../../alerts/compose-notices.ts';
import { composeCause, composeChannel } from '../../alerts/compose-self.ts';
import { type ChannelAnswer, quietChannel, settleChannel, stepChannel } from '../../core/channel-trouble.ts';
import type { Check, IncidentRule } from '../../core/check.ts';
import { type Neighbour, tellOf } from '../../core/crowd.ts';
import { type CheckId, type IncidentId, incidentId } from '../../core/identifiers.ts';
import {
  type Incident,
  type IncidentChange,
  type IncidentStep,
  quietState,
  removeTrack,
  stepIncident,
  TRACKS,
  type Track,
  type TrackState,
} from '../../core/incident.ts';
import type { Notice } from '../../core/notice.ts';
import type { Plan } from '../../core/plan.ts';
import type { Run } from '../../core/run.ts';
import {
  affectedBy,
  dropFromCause,
  isOwnCause,
  quietCause,
  sharedFaultOf,
  stepCause,
} from '../../core/shared-cause.ts';
import type { Commit } from '../../core/store.ts';

/** Our own faults are told after three in a row: one browser that crashed is no news, a missing k6 is. */
const FAULT_RULE: IncidentRule = { failures: 3, of: 3, recoveries: 1, onDegraded: false };

export type IncidentPart = Pick<Commit, 'tracks' | 'incidents' | 'notices'> & {
  readonly changes: readonly IncidentChange[];
};

export type IncidentKeeper = {
  /** Moves the tracks of the run's check on. What comes back must be committed with the run. */
  step(run: Run, check: Check, plan: Plan): IncidentPart;
  /** Closes what is open of a check that has left the configuration, or is only run on demand now. */
  remove(check: Check, plan: Plan, at: number): IncidentPart;
  /** Takes a check out of what several share: nothing of it is measured any more. */
  leave(check: CheckId, plan: Plan, at: number): IncidentPart;
  /** Closes one track that nothing can move any more; who is told is the caller's to know. */
  close(state: TrackState, at: number): IncidentPart;
  /** Moves the track of a channel on by what its receiver answered. */
  answer(channel: string, answer: ChannelAnswer, plan: Plan): IncidentPart;
  /** Closes the incident of a channel that accepts again and has come to rest. */
  settleChannel(channel: string, plan: Plan, at: number): IncidentPart;
  /** Closes the incident of a channel that has left the configuration or was changed. */
  removeChannel(channel: string, plan: Plan, at: number): IncidentPart;
  /** How one track of a check stands now. */
  stateOf(check: Pick<Check, 'id'>, location: string, track: Track): TrackState;
  /** Every state that is not quiet: what a fresh store has to be told. */
  states(): readonly TrackState[];
};

/** Remembers the incident state of every check and location, and of causes that checks share; starts from what the store kept. */
export function keepIncidents(resumed: readonly TrackState[], entropy: () => string): IncidentKeeper {
  const states = new Map(resumed.map((state) => [keyOf(state.check, state.location, state.track), state]));
  // Few or none at any time, so that each run can look at all of them.
  const causes = new Map(resumed.filter(({ check }) => isOwnCause(check)).map((state) => [keyOfState(state), state]));

  function stateOf(check: Pick<Check, 'id'>, location: string, track: Track): TrackState {
    return states.get(keyOf(check.id, location, track)) ?? quietState(check.id, location, track);
  }

  function remember(state: TrackState): void {
    const key = keyOfState(state);
    if (isForgettable(state)) states.delete(key);
    else states.set(key, state);
    if (!isOwnCause(state.check)) return;
    if (isForgettable(state)) causes.delete(key);
    else causes.set(key, state);
  }

  function stepTracks(run: Run, check: Check, plan: Plan): IncidentPart {
    const steps = TRACKS.map((track) => {
      const before = stateOf(check, run.location, track);
      const rule = track === 'target' ? check.incident : FAULT_RULE;
      const newId = (): IncidentId => incidentId(run.finishedAt, entropy());
      return { before, ...stepIncident(before, { run, rule, severity: check.severity, newId }) };
    });
    return joined(steps.map((step) => tellStep(step, run, check, plan)));
  }

  /** Tells of the change of one track, and of an opening that some had not been told of while many were open. */
  function tellStep(step: Step, run: Run, check: Check, plan: Plan): IncidentPart {
    const source = { check, run, settings: plan.settings, at: run.finishedAt };
    const { state, change } = step;
    const { open } = state;
    const isOpening = change?.change === 'opened';
    const wanted = isOpening ? channelsOf(state.track, source) : isStillBad(state, run) ? open?.untold : undefined;
    const composed = (one: IncidentChange): readonly Notice[] => composeNotices(withKnown(one, plan), source);
    if (open === undefined || wanted === undefined) return partOf([step], composed);
    const telling = tellOf(open, wanted, neighboursOf(open, check, plan), run.finishedAt);
    const now = [...telling.alone, ...telling.crowded];
    if (!isOpening && now.length === 0) return partOf([step], composed);
    const incident = { ...telling.incident, told: [...(open.told ?? []), ...now] };
    const part = partOf(
      [{ ...step, state: { ...state, open: incident }, change: { change: 'opened', incident } }],
      (one) => [
        ...composeNotices(one, { ...source, telling }),
        ...(change === undefined || isOpening ? [] : composed(change)),
      ],
    );
    // That it was opened has been said to all but those channels.
    return isOpening ? part : { ...part, changes: change === undefined ? [] : [change] };
  }

  /** In the order in which they were remembered, so those who were told first come first. */
  function* neighboursOf({ id, track, location }: Incident, { target }: Check, plan: Plan): Iterable<Neighbour> {
    for (const { open } of states.values()) {
      if (open === undefined || open.id === id || open.track !== track || open.location !== location) continue;
      const check = checksOf(plan).get(open.check);
      if (check?.target.name !== target.name) continue;
      yield { incident: open, channels: channelsOf(track, { check, settings: plan.settings }) };
    }
  }

  /** The causes that this run speaks of: the one that kept it from measuring, and those that have kept its check from it. */
  function stepCauses(run: Run, plan: Plan): IncidentPart {
    const shared = sharedFaultOf(run.verdict);
    if (shared === undefined && causes.size === 0) return NOTHING;
    const named = shared === undefined ? undefined : quietCause(shared.cause, run.location);
    const isKnown = named !== undefined && causes.has(keyOfState(named));
    const before = [...causes.values(), ...(named === undefined || isKnown ? [] : [named])];
    const steps = before
      .filter(({ location }) => location === run.location)
      .map((state) => ({
        before: state,
        ...toldTo(
          stepCause(state, run, () => incidentId(run.finishedAt, entropy())),
          plan.settings.faultChannels,
        ),
      }));
    return partOf(steps, (change, state) =>
      composeCause(withKnown(change, plan), {
        affected: affectedBy(state),
        run,
        settings: plan.settings,
        at: run.finishedAt,
      }),
    );
  }

  type Step = IncidentStep & { readonly before: TrackState };

  function partOf(
    steps: readonly Step[],
    compose: (change: IncidentChange, state: TrackState) => readonly Notice[],
  ): IncidentPart {
    const changed = steps.filter(({ before, state }) => state !== before);
    for (const { state } of changed) remember(state);
    const changes = steps.flatMap(({ change }) => (change === undefined ? [] : [change]));
    return {
      tracks: changed.map(({ state }) => state),
      incidents: changes.map(({ incident }) => incident),
      notices: steps.flatMap(({ before, state, change }) =>
        change === undefined ? [] : compose(change, state.open === undefined ? before : state),
      ),
      changes,
    };
  }

  function close(state: TrackState, at: number): IncidentPart {
    return partOf([{ before: state, ...removeTrack(state, at) }], () => []);
  }

  /** What a channel answered moves the track of the channel; see `core/channel-trouble.ts`. */
  function answer(channel: string, answered: ChannelAnswer, plan: Plan): IncidentPart {
    const others = plan.settings.faultChannels.filter((other) => other !== channel);
    const { at, isGone } = answered;
    return stepOfChannel(channel, plan, at, isGone, (before) =>
      toldTo(
        stepChannel(before, answered, () => incidentId(at, entropy())),
        others,
      ),
    );
  }

  function stepOfChannel(
    channel: string,
    plan: Plan,
    at: number,
    isGone: boolean,
    step: (before: TrackState) => IncidentStep,
  ): IncidentPart {
    const quiet = quietChannel(channel, plan.settings.location);
    const before = causes.get(keyOfState(quiet)) ?? quiet;
    return partOf([{ before, ...step(before) }], (change) =>
      composeChannel(withKnown(change, plan), { channel, isGone, settings: plan.settings, at }),
    );
  }

  function remove(check: Check, plan: Plan, at: number): IncidentPart {
    const own = [...states.values()]
      .filter((state) => state.check === check.id)
      .map((before) => ({ before, ...removeTrack(before, at) }));
    return joined([
      partOf(own, (change) => composeNotices(withKnown(change, plan), { check, settings: plan.settings, at })),
      leave(check.id, plan, at),
    ]);
  }

  function leave(check: CheckId, plan: Plan, at: number): IncidentPart {
    const shared = [...causes.values()].map((before) => ({ before, ...dropFromCause(before, check, at) }));
    return partOf(shared, (change, state) =>
      composeCause(withKnown(change, plan), { affected: affectedBy(state), settings: plan.settings, at }),
    );
  }

  return {
    step: (run, check, plan) => joined([stepTracks(run, check, plan), stepCauses(run, plan)]),
    remove,
    leave,
    close,
    answer,
    settleChannel: (channel, plan, at) =>
      stepOfChannel(channel, plan, at, false, (before) => settleChannel(before, at)),
    removeChannel: (channel, plan, at) => stepOfChannel(channel, plan, at, false, (before) => removeTrack(before, at)),
    stateOf,
    states: () => [...states.values()],
  };
}

/** Channels that have left the configuration since cannot be told. */
function withKnown(change: IncidentChange, { channels }: Plan): IncidentChange {
  const { told } = change.incident;
  if (told === undefined) return change;
  const known = new Set(channels.map(({ id }) => id));
  return { ...change, incident: { ...change.incident, told: told.filter((channel) => known.has(channel)) } };
}

/** The incident of the monitor itself, as one that these channels are told of. */
function toldTo(step: IncidentStep, told: readonly string[]): IncidentStep {
  const { state, change } = step;
  if (change?.change !== 'opened') return step;
  const incident = { ...change.incident, told };
  return { state: { ...state, open: incident }, change: { change: 'opened', incident } };
}

/** An incident that was opened is not told again by a run that passed. */
function isStillBad({ recent }: TrackState, { startedAt }: Run): boolean {
  const last = recent.at(-1);
  return last?.bad === true && last.at === startedAt;
}

const known = new WeakMap<Plan, ReadonlyMap<CheckId, Check>>();

function checksOf(plan: Plan): ReadonlyMap<CheckId, Check> {
  const checks = known.get(plan) ?? new Map(plan.checks.map((check) => [check.id, check]));
  known.set(plan, checks);
  return checks;
}

const NOTHING: IncidentPart = { tracks: [], incidents: [], notices: [], changes: [] };

function joined(parts: readonly IncidentPart[]): IncidentPart {
  return {
    tracks: parts.flatMap(({ tracks = [] }) => tracks),
    incidents: parts.flatMap(({ incidents = [] }) => incidents),
    notices: parts.flatMap(({ notices = [] }) => notices),
    changes: parts.flatMap(({ changes }) => changes),
  };
}

/** A quiet state says nothing; when incidents were opened lately is kept, for those that flap. */
function isForgettable({ open, recent, openings, affected = [] }: TrackState): boolean {
  return open === undefined && recent.length === 0 && openings === undefined && affected.length === 0;
}

function keyOfState({ check, location, track }: TrackState): string {
  return keyOf(check, location, track);
}

function keyOf(check: string, location: string, track: Track): string {
  return `${track}\n${location}\n${check}`;
}
