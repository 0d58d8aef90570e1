import type { IncidentRule, Severity } from './check.ts';
import type { Instant } from './clock.ts';
import { type Fault, sharedCauseOf } from './fault.ts';
import type { CheckId, IncidentId, RunId } from './identifiers.ts';
import { addCause, causeOf, type IncidentCause } from './incident-cause.ts';
import { movesIncidents, type Run } from './run.ts';

/** `target`: the target is failing. `fault`: we cannot measure it; a different incident for different people. */
export const TRACKS = ['target', 'fault'] as const;
export type Track = (typeof TRACKS)[number];

export type Incident = {
  readonly id: IncidentId;
  readonly check: CheckId;
  readonly location: string;
  readonly track: Track;
  readonly severity: Severity;
  /** Start of the first run of the failures that opened it. */
  readonly since: Instant;
  readonly openedAt: Instant;
  /** Absent when no run opened it, e.g. that of a channel that refuses. */
  readonly openedBy?: RunId;
  /** It has opened so often lately that it stays open until the target has been stable for a while. */
  readonly flapping?: true;
  /** Why it is open, oldest first: the first cause and the latest ones. */
  readonly causes?: readonly IncidentCause[];
  /** Channels that its opening was addressed to: the others have never heard of it. */
  readonly told?: readonly string[];
  /** Channels that were not told of it, because they heard of many of its target; see `core/crowd.ts`. */
  readonly untold?: readonly string[];
  /** When one of them was told after all. */
  readonly toldAt?: Instant;
  readonly closed?: { readonly at: Instant; readonly by?: RunId; readonly how: 'recovered' | 'removed' };
};

/** What is remembered of one check, location and track between runs; persisted with each run, so a restart changes nothing. */
export type TrackState = {
  readonly check: CheckId;
  readonly location: string;
  readonly track: Track;
  /** The last decided outcomes, oldest first, at most `rule.of` of them. */
  readonly recent: readonly Outcome[];
  /** The open incident; while it is open `passes` counts good outcomes in a row. */
  readonly open?: Incident;
  readonly passes: number;
  /** When incidents were opened lately, oldest first. */
  readonly openings?: readonly Instant[];
  /** The latest bad outcome, while a flapping incident is open. */
  readonly lastBadAt?: Instant;
  /** The checks that a cause of the monitor's own keeps from measuring; see `core/shared-cause.ts`. */
  readonly affected?: readonly Affected[];
};
/** `doubtful`: this machine may be to blame; it counts, but needs one that is not beside it. */
type Outcome = { readonly bad: boolean; readonly at: Instant; readonly doubtful?: true };
export type Affected = {
  readonly check: CheckId;
  readonly since: Instant;
  /** Bad outcomes in a row, counted as far as it matters. */
  readonly bad: number;
  /** It measures again while the incident is still open. */
  readonly cleared?: true;
};

/**
 * An incident that would be opened for the fourth time within an hour is one that flaps: told once, it stays open until nothing bad has
 * happened for 20 minutes. Less would let a target that breaks three times an hour be told without end.
 */
export const FLAPPING = { openings: 3, windowMs: 3_600_000, stableMs: 1_200_000 } as const;

export type IncidentChange = {
  /** `changed`: another cause, which nobody is told of; `worsened`: a worse one. */
  readonly change: 'opened' | 'changed' | 'worsened' | 'recovered' | 'removed';
  readonly incident: Incident;
};
export type IncidentStep = { readonly state: TrackState; readonly change?: IncidentChange };

/** What a step needs besides the state: the rule of the track, and how the caller makes an id for one that opens. */
export type StepInput = {
  readonly run: Run;
  readonly rule: IncidentRule;
  readonly severity: Severity;
  readonly newId: () => IncidentId;
};

export function quietState(check: CheckId, location: string, track: Track): TrackState {
  return { check, location, track, recent: [], passes: 0 };
}

/**
 * Moves one track on by one run. Pure. Runs that decide nothing for the track leave it untouched, so an unknown
 * neither opens an incident nor heals one. Runs on demand do not count.
 */
export function stepIncident(state: TrackState, input: StepInput): IncidentStep {
  const { run, rule } = input;
  const outcome = movesIncidents(run.trigger) ? outcomeOf(run, state.track, rule) : undefined;
  if (outcome === undefined) return { state };
  if (!outcome.bad && state.open === undefined && state.recent.length === 0)
    return { state: withoutOldOpenings(state, run.finishedAt) };
  const recent = withoutLeadingGood([...state.recent, outcome].slice(-rule.of));
  const passes = outcome.bad || state.open === undefined ? 0 : state.passes + 1;
  const lastBad = outcome.bad && state.open?.flapping ? { lastBadAt: outcome.at } : {};
  const next = { ...state, recent, passes, ...lastBad };
  return state.open ? stepOpen(next, state.open, rule, run) : stepQuiet(next, input);
}

/** Good outcomes at the front of the window never decide anything; without them a healthy check's state never changes, so nothing is written. */
function withoutLeadingGood(recent: readonly Outcome[]): readonly Outcome[] {
  const first = recent.findIndex((outcome) => outcome.bad);
  return first === -1 ? [] : recent.slice(first);
}

function stepOpen(next: TrackState, open: Incident, rule: IncidentRule, run: Run): IncidentStep {
  if (next.passes === 0) return withCause(next, open, run);
  if (next.passes < rule.recoveries || isUnsettled(next, run.startedAt)) return { state: next };
  return closeTrack(next, open, run);
}

/** A bad outcome of an open incident: it may have another cause by now. */
function withCause(state: TrackState, open: Incident, run: Run): IncidentStep {
  // What this machine may explain is no news of the target.
  const isDoubtful = 'doubt' in run.verdict && run.verdict.doubt !== undefined;
  const found = isDoubtful ? undefined : causeOf(run.verdict);
  const step = found === undefined ? undefined : addCause(open, { ...found, at: run.startedAt, run: run.id });
  if (step === undefined) return { state };
  const incident = { ...open, causes: step.causes };
  return { state: { ...state, open: incident }, change: { change: step.isWorse ? 'worsened' : 'changed', incident } };
}

/** Whether an incident that flaps has not been well for long enough. */
export function isUnsettled({ open, lastBadAt }: TrackState, now: Instant): boolean {
  return open?.flapping === true && now - (lastBadAt ?? open.openedAt) < FLAPPING.stableMs;
}

/** A run, or the span of something else that moves a track. */
export type Moment = { readonly startedAt: Instant; readonly finishedAt: Instant; readonly id?: RunId };

/** Closes what is open as recovered. When it was opened is remembered for a while: it may flap. */
export function closeTrack(
  { check, location, track, openings }: TrackState,
  open: Incident,
  run: Moment,
): IncidentStep {
  const by = run.id === undefined ? {} : { by: run.id };
  const incident: Incident = { ...open, closed: { at: run.finishedAt, ...by, how: 'recovered' } };
  const quiet = quietState(check, location, track);
  const state = openings === undefined ? quiet : withoutOldOpenings({ ...quiet, openings }, run.finishedAt);
  return { state, change: { change: 'recovered', incident } };
}

function stepQuiet(next: TrackState, { rule, run, severity, newId }: StepInput): IncidentStep {
  const failures = next.recent.filter((outcome) => outcome.bad);
  const first = failures[0];
  if (first === undefined || failures.length < rule.failures || !next.recent.at(-1)?.bad) return { state: next };
  // A window of doubtful failures alone says nothing of the target; that this machine is in trouble is told of its own.
  if (failures.every(({ doubtful }) => doubtful)) return { state: next };
  const found = causeOf(run.verdict);
  const cause = found === undefined ? {} : { cause: { ...found, at: run.startedAt, run: run.id } };
  return openTrack(next, { id: newId(), severity, since: first.at, run, ...cause });
}

type Opening = {
  readonly id: IncidentId;
  readonly severity: Severity;
  readonly since: Instant;
  readonly run: Moment;
  readonly cause?: IncidentCause;
};

/** Opens an incident on a track, as a flapping one when it is one too many. */
export function openTrack(state: TrackState, { id, severity, since, run, cause }: Opening): IncidentStep {
  const { check, location, track } = state;
  const openedAt = run.finishedAt;
  const openings = [...(state.openings ?? []).filter((at) => isLately(at, openedAt)), openedAt];
  const isFlapping = openings.length > FLAPPING.openings;
  const incident: Incident = {
    id,
    check,
    location,
    track,
    severity,
    since,
    openedAt,
    ...(run.id === undefined ? {} : { openedBy: run.id }),
    ...(isFlapping ? { flapping: true } : {}),
    ...(cause === undefined ? {} : { causes: [cause] }),
  };
  const flapping = isFlapping ? { lastBadAt: run.startedAt } : {};
  return {
    state: { ...state, openings, ...flapping, open: incident, passes: 0 },
    change: { change: 'opened', incident },
  };
}

/** What is remembered of earlier incidents goes when it cannot matter any more; the same object while it can, so that nothing is written. */
function withoutOldOpenings(state: TrackState, now: Instant): TrackState {
  if (state.openings?.every((at) => !isLately(at, now)) !== true) return state;
  const { openings: _, ...rest } = state;
  return rest;
}

function isLately(at: Instant, now: Instant): boolean {
  return at > now - FLAPPING.windowMs;
}

/** Closes what is open because its check has left the configuration. */
export function removeTrack(state: TrackState, at: Instant): IncidentStep {
  const quiet = quietState(state.check, state.location, state.track);
  if (!state.open) return { state: quiet };
  return { state: quiet, change: { change: 'removed', incident: { ...state.open, closed: { at, how: 'removed' } } } };
}

/** Whether a run is one of the passes that close an incident on the target. */
export function isPass(run: Run, rule: IncidentRule): boolean {
  return movesIncidents(run.trigger) && outcomeOf(run, 'target', rule)?.bad === false;
}

/** `undefined`: the run says nothing about this track. */
function outcomeOf({ verdict, startedAt: at }: Run, track: Track, rule: IncidentRule): Outcome | undefined {
  switch (verdict.status) {
    case 'passed':
      return { bad: false, at };
    case 'degraded':
      return { bad: track === 'target' && rule.onDegraded, at, ...doubtOf(verdict.doubt) };
    case 'failed':
      return { bad: track === 'target', at, ...doubtOf(verdict.doubt) };
    case 'inconclusive':
      return track === 'fault' && isOfOneCheck(verdict.fault) ? { bad: true, at } : undefined;
    case 'skipped':
      return undefined;
  }
}

function doubtOf(doubt: Fault | undefined): { readonly doubtful?: true } {
  return doubt === undefined ? {} : { doubtful: true };
}

function isOfOneCheck(fault: Fault): boolean {
  return fault.blame !== 'operator' && sharedCauseOf(fault) === undefined;
}
