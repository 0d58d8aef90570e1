import type { Check } from '../../core/check.ts';
import type { Clock } from '../../core/clock.ts';
import { messageOf, VigieError } from '../../core/errors.ts';
import { FAULTS, type Fault, type FaultCode, fault } from '../../core/fault.ts';
import { type Judgement, judge } from '../../core/judge.ts';
import type { Kind, RunContext } from '../../core/kind.ts';
import { EMPTY_OBSERVATION, type Observation } from '../../core/observation.ts';
import type { Attempt } from '../../core/run.ts';
import { type SecretProblem, secretProblem, secretsIn } from '../../core/secret.ts';
import { hostTroubleOf } from '../../process/host-trouble.ts';
import { atTheBorder } from './at-the-border.ts';

/** How long a kind may take to end after its deadline before the engine gives it up. Less than the scheduler's patience with a run, so that the engine speaks first. */
export const LEAVE_GRACE_MS = 20_000;

export type AttemptInput = {
  readonly check: Check;
  readonly kind: Kind;
  /** Opens what runs of the kind share, at first use; a failure to open is a fault of this attempt. */
  readonly resource: () => Promise<unknown>;
  readonly clock: Clock;
  /** Cancels the run from outside; its reason is a `Fault`. */
  readonly cancel: AbortSignal;
  readonly context: Omit<RunContext, 'signal'>;
};

export type AttemptResult = {
  readonly attempt: Attempt;
  readonly judgement: Judgement;
  /** The runner did not end and may still be at it: another attempt would run beside it. */
  readonly isGivenUp: boolean;
};

/** Runs a kind once under its deadline and judges what it saw. Never throws for what a kind does: a kind that throws is a fault of ours. */
export async function runAttempt(input: AttemptInput): Promise<AttemptResult> {
  const { check, kind, clock, context, cancel } = input;
  const startedAt = clock.now();
  const began = clock.monotonic();
  // Already cancelled: nothing is opened and nothing is asked of the target.
  const seen = cancel.aborted ? cancelled(EMPTY_OBSERVATION, cancel) : await observe(input);
  const observation = atTheBorder(seen === 'given up' ? givenUp(check) : seen, context.secrets.scrub);
  const judgement = judge(observation, { budgets: check.budgets, evidence: kind.evidence(check.options) });
  const durationMs = clock.monotonic() - began;
  const { number, purpose } = context.attempt;
  const attempt = { number, purpose, startedAt, durationMs, verdict: judgement.verdict, observation };
  return { attempt, judgement, isGivenUp: seen === 'given up' };
}

async function observe(input: AttemptInput): Promise<Observation | 'given up'> {
  const { check, kind, clock, context, cancel } = input;
  // One controller for both reasons: what AbortSignal.any makes is held weakly, and only a full garbage collection frees it.
  const stop = new AbortController();
  const { signal } = stop;
  const giveUp = Promise.withResolvers<'given up'>();
  let cancelTimer = clock.schedule(check.timeoutMs, () => {
    cancelTimer = clock.schedule(LEAVE_GRACE_MS, () => giveUp.resolve('given up'));
    stop.abort();
  });
  const onCancel = (): void => stop.abort(cancel.reason);
  cancel.addEventListener('abort', onCancel);
  try {
    // Before anything is opened: a kind that needs the value late, or never as a heartbeat, would judge without it.
    const unset = secretsIn(check.options).flatMap((ref) => secretProblem(ref, context.secrets) ?? []);
    if (unset.length > 0) return { ...EMPTY_OBSERVATION, fault: fault('secret-missing', unset.map(told).join('; ')) };
    const measured = input.resource().then((resource) => kind.run(check.options, { ...context, signal }, resource));
    const observation = await Promise.race([measured, giveUp.promise]);
    return cancel.aborted && observation !== 'given up' ? cancelled(observation, cancel) : observation;
  } catch (error) {
    if (cancel.aborted) return cancelled(EMPTY_OBSERVATION, cancel);
    return { ...EMPTY_OBSERVATION, fault: faultOf(error, check, context) };
  } finally {
    cancelTimer();
    cancel.removeEventListener('abort', onCancel);
  }
}

function told({ problem, hint }: SecretProblem): string {
  return hint === undefined ? problem : `${problem}; ${hint}`;
}

function givenUp(check: Check): Observation {
  const message = `The ${check.kind} runner did not end ${LEAVE_GRACE_MS / 1_000} s after its deadline of ${check.timeoutMs} ms; it was given up`;
  return { ...EMPTY_OBSERVATION, fault: fault('tool-hung', message) };
}

/**
 * A secret that is not set or a tool that cannot be opened says so by its code, a machine without descriptors, memory or disk by
 * the system's; anything else is a defect of the kind.
 */
function faultOf(error: unknown, check: Check, { log }: Pick<RunContext, 'log'>): Fault {
  if (error instanceof VigieError && isFaultCode(error.code))
    return fault(error.code, error.hint === undefined ? error.message : `${error.message}; ${error.hint}`);
  const trouble = hostTroubleOf(error);
  if (trouble !== undefined)
    return fault(trouble, `The ${check.kind} runner was stopped by this machine: ${messageOf(error)}`);
  const message = `The ${check.kind} runner threw: ${messageOf(error)}`;
  log.error({ check: check.id, error: message }, 'a kind threw; kinds return faults instead');
  return fault('internal', message);
}

function isFaultCode(code: string): code is FaultCode {
  return Object.hasOwn(FAULTS, code);
}

/** A cancelled run proves nothing, whatever it had seen by then. */
function cancelled(observation: Observation, cancel: AbortSignal): Observation {
  return {
    ...observation,
    fault: isFault(cancel.reason) ? cancel.reason : fault('cancelled', 'The run was cancelled'),
  };
}

function isFault(reason: unknown): reason is Fault {
  return (
    typeof reason === 'object' &&
    reason !== null &&
    'blame' in reason &&
    'message' in reason &&
    'code' in reason &&
    typeof reason.code === 'string' &&
    isFaultCode(reason.code)
  );
}
