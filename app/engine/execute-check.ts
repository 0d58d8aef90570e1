import { circumstancesOf, decideBlame, wantsWitnesses } from '../../core/blame.ts';
import type { Check } from '../../core/check.ts';
import { messageOf } from '../../core/errors.ts';
import { type RunId, runId } from '../../core/identifiers.ts';
import { judgeAttempts } from '../../core/judge.ts';
import type { Endpoint, Kind, Progress, RunContext } from '../../core/kind.ts';
import type { Artefact, Provenance, Strain, Taint, Witnesses } from '../../core/observation.ts';
import { worstWitnesses } from '../../core/own-network.ts';
import type { Attempt, AttemptPurpose, NonEmpty, Run, Slot, Trigger, Verdict } from '../../core/run.ts';
import { feltInProcess, type HostSignals, strainOf, taintsOf } from '../../core/taints.ts';
import { trimRun } from '../../core/trim.ts';
import type { FitnessReading } from '../adapters/cpu-fitness.ts';
import type { AttemptArtefacts } from './artefact-area.ts';
import type { EngineParts } from './engine-parts.ts';
import { type AttemptResult, runAttempt } from './run-attempt.ts';
import { endpointOf } from './witness-stand.ts';

/** The wall clock strays from the steady one by less than this unless somebody sets it. */
const CLOCK_SET_MS = 1_000;

export type ExecuteInput = {
  readonly check: Check;
  readonly kind: Kind;
  readonly trigger: Trigger;
  readonly slot?: Slot;
  readonly latenessMs?: number;
  /** Cancels the run; the reason is a `Fault`. */
  readonly cancel: AbortSignal;
  readonly armed?: boolean;
  /** `full` records everything already in the first attempt. */
  readonly recording?: RunContext['recording'];
  readonly onProgress?: (progress: Progress) => void;
  /** Whether an exclusive run is on this machine; asked before and after. */
  readonly isBesideExclusive?: () => boolean;
};

/** Executes a check once: attempts with retries and confirmation, judged and described, ready to be committed. */
export async function executeCheck(input: ExecuteInput, parts: EngineParts): Promise<Run> {
  const { check } = input;
  // Before anything is timed, and not for light probes, which cost less than it does.
  const fitness = check.lane === 'light' ? undefined : await parts.host.fitness();
  const startedAt = parts.clock.now();
  const began = parts.clock.monotonic();
  const id = runId(startedAt, parts.entropy());
  const wasBeside = input.isBesideExclusive?.() ?? false;
  const endpoint = endpointOf(check, input.kind);
  const { results, rounds } = await attemptAll({ ...input, endpoint }, parts, id);
  const attempts = attemptsOf(results);
  const tookMs = parts.clock.monotonic() - began;
  const wallMs = parts.clock.now() - startedAt;
  const judged = judgeAttempts(attempts);
  const shortage = parts.witnesses.shortageSince(began);
  const signals: HostSignals = {
    ...parts.host.since(began),
    ...(shortage === undefined ? {} : { shortage }),
    ...(input.latenessMs === undefined ? {} : { latenessMs: input.latenessMs }),
    besideExclusive: wasBeside || (input.isBesideExclusive?.() ?? false),
    clockJumped: Math.abs(wallMs - tookMs) > CLOCK_SET_MS,
  };
  // Light runs measure in this process; a load generator that keeps every CPU busy may still have all it needs.
  const felt = check.lane === 'light' || input.kind.watchesHost ? feltInProcess(signals) : signals;
  const taints = [...attempts.flatMap(({ observation }) => observation.taints), ...taintsOf(felt, tookMs)];
  const producedBy = provenanceOf(parts, attempts, {
    signals,
    strain: strainOf(felt),
    fitness,
    witnesses: wantsWitnesses(judged) ? worstWitnesses(rounds) : undefined,
  });
  const verdict = decideBlame(judged, circumstancesOf({ taints, producedBy, attempts }));
  const run: Run = {
    id,
    check: check.id,
    kind: check.kind,
    location: input.slot?.location ?? parts.location,
    environment: check.target.environment,
    trigger: input.trigger,
    ...(input.slot === undefined ? {} : { slot: input.slot }),
    verdict,
    attempts,
    budgets: (results.at(-1) ?? results[0]).judgement.budgets,
    // A mark, and no ground for doubt: what it says of the host is a minute old.
    taints: withMarks(fitness?.isUnfit === true ? [...taints, 'cpu-unfit'] : taints, attempts, verdict),
    producedBy,
    startedAt,
    // By the time that has passed: somebody may have set the wall clock meanwhile, and no run takes an hour less, or more, for that.
    finishedAt: startedAt + Math.round(parts.clock.monotonic() - began),
  };
  parts.witnesses.note(run, endpoint, began);
  return trimRun(run, [...check.budgets, ...check.relativeBudgets]);
}

type Circumstantial = {
  readonly signals: HostSignals;
  readonly strain: Strain | undefined;
  readonly fitness: FitnessReading | undefined;
  readonly witnesses: Witnesses | undefined;
};

/** What produced a run: lag, steal and load always, further signals of the host where they count, witnesses where they were asked. */
function provenanceOf(
  parts: EngineParts,
  attempts: NonEmpty<Attempt>,
  { signals, strain, fitness, witnesses }: Circumstantial,
): Provenance {
  const { latenessMs, eventLoopLagMs, cpuSteal, loadPerCore } = signals;
  return {
    vigie: parts.version,
    tools: { node: process.versions.node, ...attempts.at(-1)?.observation.tools },
    host: parts.host.fingerprint,
    ...(latenessMs === undefined ? {} : { latenessMs }),
    ...(eventLoopLagMs === undefined ? {} : { eventLoopLagMs }),
    ...(cpuSteal === undefined ? {} : { cpuSteal }),
    ...(loadPerCore === undefined ? {} : { loadPerCore }),
    ...(fitness === undefined ? {} : { cpuFitness: fitness.score, cpuFitnessAgeMs: fitness.ageMs }),
    ...(strain === undefined ? {} : { strain }),
    ...(witnesses === undefined ? {} : { witnesses }),
  };
}

/**
 * The first attempt, retries, and the confirmation of what is still a failure. A failure whose turn to be asked again never came
 * (a stop, a cancel) gets a cancelled attempt in its place, so that it stays unconfirmed.
 */
async function attemptAll(input: AttemptsInput, parts: EngineParts, id: RunId): Promise<Attempted> {
  const { retry, confirm } = input.check;
  const rounds: Witnesses[] = [];
  const once = async (number: number, purpose: AttemptPurpose): Promise<AttemptResult> => {
    const began = parts.clock.monotonic();
    const result = await attemptOnce(input, parts, id, { number, purpose });
    // At each failure and not only at the last: the network may be back when the confirmation fails for another reason.
    if (wantsWitnesses(result.attempt.verdict) && !input.cancel.aborted) {
      const witnesses = await parts.witnesses.ask(input.endpoint, began);
      if (witnesses !== undefined) rounds.push(witnesses);
    }
    return result;
  };
  let current = await once(1, 'first');
  const results: [AttemptResult, ...AttemptResult[]] = [current];
  const next = async (purpose: AttemptPurpose): Promise<void> => {
    current = await once(results.length + 1, purpose);
    results.push(current);
  };
  for (let count = 0; count < retry.count && isWorthAsking(current, input, mayPassLater); count += 1) {
    await pause(retry.backoffMs * retry.backoffFactor ** count, input.cancel, parts);
    await next('retry');
  }
  if (confirm && isWorthAsking(current, input, wantsConfirmation)) await next('confirmation');
  return { results, rounds };
}

type AttemptsInput = ExecuteInput & { readonly endpoint: Endpoint | undefined };
type Attempted = { readonly results: NonEmpty<AttemptResult>; readonly rounds: readonly Witnesses[] };

function isWorthAsking(
  { attempt: { verdict }, isGivenUp }: AttemptResult,
  { cancel }: ExecuteInput,
  rule: (verdict: Verdict) => boolean,
): boolean {
  if (isGivenUp || !rule(verdict)) return false;
  return verdict.status === 'failed' || !cancel.aborted;
}

async function attemptOnce(
  input: ExecuteInput,
  parts: EngineParts,
  id: RunId,
  { number, purpose }: Pick<Attempt, 'number' | 'purpose'>,
): Promise<AttemptResult> {
  const { check, kind } = input;
  const artefacts = parts.artefacts.open(id, number);
  const context = makeContext(input, parts, { id, number, purpose, artefacts });
  const result = await runAttempt({
    check,
    kind,
    clock: parts.clock,
    cancel: input.cancel,
    context,
    resource: () => parts.resources.of(kind),
  });
  const kept = await keepArtefacts(artefacts, result.attempt, parts);
  return { ...result, attempt: { ...result.attempt, observation: { ...result.attempt.observation, artefacts: kept } } };
}

/** Files that cannot be kept (a full disk) cost the evidence, not the measurement. */
async function keepArtefacts(
  artefacts: AttemptArtefacts,
  { observation, number }: Attempt,
  parts: EngineParts,
): Promise<readonly Artefact[]> {
  try {
    return await artefacts.keep(observation.artefacts);
  } catch (error) {
    parts.log.error({ attempt: number, error: messageOf(error) }, 'the artefacts of a run could not be kept');
    return [];
  }
}

type AttemptNames = {
  readonly id: RunId;
  readonly number: number;
  readonly purpose: AttemptPurpose;
  readonly artefacts: AttemptArtefacts;
};

function makeContext(
  input: ExecuteInput,
  parts: EngineParts,
  { id, number, purpose, artefacts }: AttemptNames,
): Omit<RunContext, 'signal'> {
  const { check } = input;
  return {
    check: { id: check.id, name: check.name, timeoutMs: check.timeoutMs },
    run: id,
    target: check.target,
    attempt: { number, purpose },
    recording: purpose === 'confirmation' ? 'full' : (input.recording ?? 'standard'),
    clock: parts.clock,
    secrets: parts.secrets,
    tools: parts.tools,
    artefactFolder: artefacts.folder,
    baseFolder: parts.baseFolder(),
    heartbeats: parts.heartbeats,
    loadAllow: parts.loadAllow(),
    addresses: parts.addresses(),
    armed: input.armed ?? false,
    progress: scrubbedProgress(input.onProgress, parts),
    log: parts.log,
  };
}

function scrubbedProgress(tell: ExecuteInput['onProgress'], { secrets }: EngineParts): RunContext['progress'] {
  if (tell === undefined) return () => {};
  return (progress) => tell({ ...progress, text: secrets.scrub(progress.text) });
}

/** A wrong configuration or a cancelled run is the same a second later. */
function mayPassLater(verdict: Verdict): boolean {
  if (verdict.status === 'failed') return true;
  return verdict.status === 'inconclusive' && !['config', 'operator'].includes(verdict.fault.blame);
}

/** Failures are asked again before they count; so are endings that a fresh tool may not repeat, such as a browser that crashed. */
function wantsConfirmation(verdict: Verdict): boolean {
  if (verdict.status === 'failed') return true;
  return (
    verdict.status === 'inconclusive' &&
    ['tool', 'network', 'host'].includes(verdict.fault.blame) &&
    verdict.fault.code !== 'tool-missing'
  );
}

function pause(delayMs: number, cancel: AbortSignal, parts: EngineParts): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = parts.clock.schedule(delayMs, resolve);
  const onAbort = (): void => resolve();
  cancel.addEventListener('abort', onAbort, { once: true });
  if (cancel.aborted) resolve();
  return promise.finally(() => {
    stop();
    cancel.removeEventListener('abort', onAbort);
  });
}

function attemptsOf(results: NonEmpty<AttemptResult>): NonEmpty<Attempt> {
  const [first, ...rest] = results;
  return [first.attempt, ...rest.map((result) => result.attempt)];
}

function withMarks(taints: readonly Taint[], attempts: NonEmpty<Attempt>, verdict: Verdict): readonly Taint[] {
  const recovered = attempts.length > 1 && verdict.status === 'passed' ? (['recovered-on-retry'] as const) : [];
  const doubtful = 'doubt' in verdict ? (['doubtful'] as const) : [];
  return [...new Set([...taints, ...recovered, ...doubtful])];
}
