import type { Instant } from './clock.ts';
import { type CheckId, type IncidentId, trusted } from './identifiers.ts';
import { closeTrack, type IncidentStep, isUnsettled, openTrack, quietState, type TrackState } from './incident.ts';
import { addCause, withoutCounters } from './incident-cause.ts';
import type { Delivery, Notice } from './notice.ts';

/**
 * An alert that a channel does not take is an incident of the monitor itself, told to the other channels: it opens with the first
 * refusal, or when a notice has waited for longer than this, and ends with the first one that is accepted.
 */
export const CHANNEL_PATIENCE_MS = 300_000;

const CHANNEL = 'vigie.channel.';

export function quietChannel(channel: string, location: string): TrackState {
  return quietState(trusted.checkId(CHANNEL + channel), location, 'fault');
}

/** The channel whose refusals are counted under an id; `undefined` for any other. */
export function channelOfId(check: CheckId): string | undefined {
  return check.startsWith(CHANNEL) ? check.slice(CHANNEL.length) : undefined;
}

/** Why an answer is trouble of its channel; `undefined` when it is none, `'none yet'` when it says nothing. */
export function troubleOf({ outcome, at }: Delivery, notice: Notice): string | undefined | 'none yet' {
  switch (outcome.status) {
    case 'accepted':
      return outcome.refused;
    case 'rejected':
      return outcome.detail;
    case 'retry':
      return at - notice.createdAt >= CHANNEL_PATIENCE_MS ? outcome.detail : 'none yet';
  }
}

/** What a channel answered: its trouble, `undefined` when it accepted. `isGone`: it is not asked again, which is worse. */
export type ChannelAnswer = { readonly trouble: string | undefined; readonly isGone: boolean; readonly at: Instant };

/** Moves the track of a channel on by one answer. Pure; the same state object when nothing changes. */
export function stepChannel(
  state: TrackState,
  { trouble, isGone, at }: ChannelAnswer,
  newId: () => IncidentId,
): IncidentStep {
  const { open } = state;
  if (trouble === undefined) return settleChannel(open === undefined ? state : { ...state, passes: 1 }, at);
  const cause = { at, text: trouble, key: withoutCounters(trouble), rank: isGone ? 2 : 1 };
  if (open === undefined)
    return openTrack(state, {
      id: newId(),
      severity: 'P2',
      since: at,
      run: { startedAt: at, finishedAt: at },
      cause,
    });
  const bad: TrackState = open.flapping ? { ...state, passes: 0, lastBadAt: at } : state;
  const step = addCause(open, cause);
  if (step === undefined) return { state: bad };
  const incident = { ...open, causes: step.causes };
  return { state: { ...bad, open: incident }, change: { change: step.isWorse ? 'worsened' : 'changed', incident } };
}

/** Closes the incident of a channel that accepts again; one that flaps only once it has for long enough. */
export function settleChannel(state: TrackState, at: Instant): IncidentStep {
  if (state.open === undefined || state.passes === 0 || isUnsettled(state, at)) return { state };
  return closeTrack(state, state.open, { startedAt: at, finishedAt: at });
}
