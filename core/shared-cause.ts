import type { Severity } from './check.ts';
import type { Instant } from './clock.ts';
import { type Fault, sharedCauseOf } from './fault.ts';
import { type CheckId, type IncidentId, trusted } from './identifiers.ts';
import {
  type Affected,
  closeTrack,
  type IncidentStep,
  isUnsettled,
  openTrack,
  quietState,
  removeTrack,
  type TrackState,
} from './incident.ts';
import { movesIncidents, type Run, type Verdict } from './run.ts';

/**
 * An incident of the monitor itself: what keeps several checks from measuring (no network, no memory, a tool that is missing) is one
 * incident and one message, not one for each check. It lives on a track of its own, under an id that no check can have.
 */
const OWN = 'vigie.';
/** Outcomes that tell it: of one check in a row, or of several at the moment. One browser that crashed for want of memory is no news. */
const LEAST_BAD = 3;
/** A machine that is starved for some seconds is no news either; a network that is gone is at once. */
const HOST_LASTS_MS = 30_000;
/** So many checks that measure again, without one that does not in between, end it without waiting for those that run rarely. */
const ENOUGH_CLEARED = 3;
/** More are not listed. */
const MOST_AFFECTED = 200;

/** Whether an id stands for the monitor itself. */
export function isOwnCause(check: CheckId | string): boolean {
  return check.startsWith(OWN);
}

/** `network-down`, `tool-missing.k6`. */
export function causeOfId(check: CheckId): string {
  return check.slice(OWN.length);
}

export function quietCause(cause: string, location: string): TrackState {
  return quietState(trusted.checkId(`${OWN}${cause}`), location, 'fault');
}

/** The fault of a run that others may share: why it is inconclusive, or what makes it doubtful. */
export function sharedFaultOf(verdict: Verdict): { readonly cause: string; readonly fault: Fault } | undefined {
  const fault = verdict.status === 'inconclusive' ? verdict.fault : 'doubt' in verdict ? verdict.doubt : undefined;
  const cause = fault === undefined ? undefined : sharedCauseOf(fault);
  return fault === undefined || cause === undefined ? undefined : { cause, fault };
}

/** Moves the track of one cause on by the run of any check. Pure; the same state object when nothing changes. */
export function stepCause(state: TrackState, run: Run, newId: () => IncidentId): IncidentStep {
  if (!movesIncidents(run.trigger)) return { state };
  const shared = sharedFaultOf(run.verdict);
  if (shared?.cause === causeOfId(state.check)) return worsen(state, run, shared.fault, newId);
  return isMeasured(run.verdict) ? ease(state, run) : { state };
}

/** A check that is not watched any more has no part in it. */
export function dropFromCause(state: TrackState, check: CheckId, at: Instant): IncidentStep {
  const affected = affectedBy(state).filter((one) => one.check !== check);
  if (affected.length === affectedBy(state).length) return { state };
  return affected.some(isAffected) ? { state: { ...state, affected } } : removeTrack(state, at);
}

export function affectedBy({ affected = [] }: TrackState): readonly Affected[] {
  return affected;
}

function worsen(state: TrackState, run: Run, fault: Fault, newId: () => IncidentId): IncidentStep {
  const affected = withBad(affectedBy(state), run);
  const next: TrackState = affected === state.affected ? state : { ...state, affected, passes: 0 };
  if (state.open !== undefined) return { state: state.open.flapping ? { ...next, lastBadAt: run.startedAt } : next };
  const since = Math.min(...affected.map((one) => one.since));
  const total = affected.reduce((sum, { bad }) => sum + bad, 0);
  const lasts = fault.blame === 'host' ? run.finishedAt - since >= HOST_LASTS_MS : true;
  if (total < LEAST_BAD || !lasts) return { state: next };
  const cause = { text: fault.message, key: fault.code, rank: 1, at: run.startedAt, run: run.id };
  return openTrack(next, { id: newId(), severity: severityOf(fault), since, run, cause });
}

/** Blind altogether, or only in part. */
function severityOf({ blame }: Fault): Severity {
  return blame === 'network' ? 'P1' : 'P2';
}

function withBad(affected: readonly Affected[], { check, startedAt }: Run): readonly Affected[] {
  const known = affected.find((one) => one.check === check);
  if (known === undefined)
    return affected.length < MOST_AFFECTED ? [...affected, { check, since: startedAt, bad: 1 }] : affected;
  if (known.bad >= LEAST_BAD && !known.cleared) return affected;
  const { cleared: _, ...rest } = known;
  const worse = { ...rest, bad: Math.min(LEAST_BAD, known.bad + 1) };
  return affected.map((one) => (one === known ? worse : one));
}

function ease(state: TrackState, run: Run): IncidentStep {
  const affected = affectedBy(state);
  const known = affected.find(({ check, cleared }) => check === run.check && !cleared);
  if (known === undefined) return isOver(state, run) ? close(state, run) : { state };
  if (state.open === undefined) {
    const left = affected.filter((one) => one !== known);
    const { affected: _, ...rest } = state;
    return { state: left.length === 0 ? rest : { ...rest, affected: left } };
  }
  const cleared = affected.map((one): Affected => (one === known ? { ...one, cleared: true } : one));
  const next = { ...state, affected: cleared, passes: state.passes + 1 };
  return isOver(next, run) ? close(next, run) : { state: next };
}

function isOver(state: TrackState, { check, startedAt }: Run): boolean {
  const affected = affectedBy(state);
  if (state.open === undefined || !affected.some((one) => one.check === check) || isUnsettled(state, startedAt))
    return false;
  return state.passes >= ENOUGH_CLEARED || !affected.some(isAffected);
}

function close(state: TrackState, run: Run): IncidentStep {
  return state.open === undefined ? { state } : closeTrack(state, state.open, run);
}

function isAffected({ cleared }: Affected): boolean {
  return cleared === undefined;
}

/** The target answered, well or badly, and nothing of ours stood in between. */
function isMeasured(verdict: Verdict): boolean {
  return (
    verdict.status === 'passed' ||
    ((verdict.status === 'failed' || verdict.status === 'degraded') && verdict.doubt === undefined)
  );
}
