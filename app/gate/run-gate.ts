import { fingerprintOf } from '../../core/gate/calibrate.ts';
import { conclude } from '../../core/gate/conclude.ts';
import { FALSE_ALARM_RATE, MISS_RATE } from '../../core/gate/decide.ts';
import { taintedShare, unfitness } from '../../core/gate/fitness.ts';
import { rankRows } from '../../core/gate/rank.ts';
import type { Baseline, Calibration, FitnessLook, GateCheck, GateResult, Stage } from '../../core/gate/result.ts';
import { lackingText } from '../../core/gate/series.ts';
import type { Plan } from '../../core/plan.ts';
import { realClock } from '../adapters/real-clock.ts';
import type { Entry } from './entries.ts';
import type { StageEstimate } from './estimate.ts';
import { explainStage } from './explain-stage.ts';
import { isFailing, type StageInput, type StageResult, sampleStage } from './sample-stage.ts';
import type { GateSession } from './session.ts';

export type GateInput = {
  readonly candidate: Plan;
  readonly base: Plan | undefined;
  readonly baseline: Baseline;
  readonly entries: readonly Entry[];
  readonly estimates: readonly StageEstimate[];
  readonly maxDurationMs: number;
  readonly failFast: boolean;
  /** Whether to judge although this machine was in no state to measure. */
  readonly evenUnfit: boolean;
  readonly random: () => number;
  readonly history: StageInput['history'];
  readonly calibrations: readonly Calibration[];
  readonly notes: readonly string[];
};

/** Samples stage after stage and draws the conclusion. Never throws for what a side, a tool or the machine does. */
export async function runGate(input: GateInput, session: GateSession): Promise<GateResult> {
  const startedAt = realClock.now();
  const began = realClock.monotonic();
  const fitness: FitnessLook[] = [...(await session.lookAtFitness('before'))];
  const results: StageResult[] = [];
  for (const [index, estimate] of input.estimates.entries()) {
    const stage: StageInput = {
      stage: estimate.stage,
      entries: input.entries.filter((entry) => entry.stage === estimate.stage),
      by: input.candidate.settings.gate.by,
      share: 1 / input.estimates.length,
      until: began + input.maxDurationMs - reserveFor(input.estimates.slice(index + 1)),
      roundMs: estimate.roundMs,
      warmUps: estimate.warmUps,
      failFast: input.failFast,
      random: input.random,
      history: input.history,
    };
    const isOver = input.failFast && results.some(hasFailed);
    results.push(isOver || session.cancel.aborted ? notRun(stage) : await runStage(stage, session));
    if (index < input.estimates.length - 1) fitness.push(...(await session.lookAtFitness('during')));
  }
  fitness.push(...(await session.lookAtFitness('after')));
  const unrecorded = await session.recorded();
  return resultOf({
    input,
    session,
    startedAt,
    durationMs: realClock.monotonic() - began,
    fitness,
    results,
    unrecorded,
  });
}

/** Later stages keep the time that they need at least, so that a noisy journey does not cost the audits. */
function reserveFor(later: readonly StageEstimate[]): number {
  return later.reduce((total, { roundMs, leastPairs }) => total + roundMs * leastPairs, 0);
}

async function runStage(stage: StageInput, session: GateSession): Promise<StageResult> {
  session.progress.started(stage.stage);
  try {
    const sample = async (): Promise<StageResult> => explainStage(await sampleStage(stage, session), stage, session);
    if (!stage.entries.some(({ check }) => check.lane === 'exclusive')) return await sample();
    const result = await session.alone(`the ${stage.stage} of a gate`, sample);
    return 'busy' in result ? unmeasured(stage, `${result.busy} holds the machine`) : result;
  } finally {
    session.progress.finished(stage.stage);
  }
}

function hasFailed({ rows, checks }: StageResult): boolean {
  return rows.some(isFailing) || checks.some(({ status }) => status === 'broken');
}

function notRun({ entries, stage }: StageInput): StageResult {
  return withoutRows(entries, stage, { status: 'not-run', reasons: [] });
}

function unmeasured({ entries, stage }: StageInput, reason: string): StageResult {
  return withoutRows(entries, stage, { status: 'not-measured', reasons: [reason], blame: 'host' });
}

function withoutRows(
  entries: readonly Entry[],
  stage: Stage,
  end: Pick<GateCheck, 'status' | 'reasons' | 'blame'>,
): StageResult {
  const checks = entries.map(({ check: { id, kind, name } }) => ({ check: id, kind, name, stage, ...end, runs: [] }));
  return { rows: [], lacking: [], standings: new Map(), checks, runs: [] };
}

type Finished = {
  readonly input: GateInput;
  readonly session: GateSession;
  readonly startedAt: number;
  readonly durationMs: number;
  readonly fitness: readonly FitnessLook[];
  readonly results: readonly StageResult[];
  readonly unrecorded: readonly string[];
};

function resultOf({ input, session, startedAt, durationMs, fitness, results, unrecorded }: Finished): GateResult {
  const rows = rankRows(results.flatMap((result) => result.rows));
  const checks = results.flatMap((result) => result.checks);
  const lacking = results.flatMap((result) => result.lacking);
  const runs = results.flatMap((result) => result.runs);
  const tainted = taintedShare(runs);
  const found = unfitness(fitness, tainted);
  const unfit = input.evenUnfit ? undefined : found;
  const interrupted = session.cancel.aborted;
  const conclusion = conclude({ rows, checks, lacking, interrupted, ...(unfit === undefined ? {} : { unfit }) });
  const { candidate, base, baseline, maxDurationMs, notes } = input;
  const tools: Readonly<Record<string, string>> = Object.assign({}, ...runs.map(({ run }) => run.producedBy.tools));
  const fingerprint = fingerprintOf(session.host, tools);
  const calibrated = input.calibrations.find((one) => one.fingerprint === fingerprint);
  const urls = { candidate: urlOf(candidate), ...(base === undefined ? {} : { base: urlOf(base) }) };
  return {
    ...conclusion,
    baseline,
    urls,
    startedAt,
    durationMs,
    maxDurationMs,
    rows,
    checks: checks.map((check) => ({ ...check, runs: check.runs.map(withoutRun) })),
    rates: { falseAlarm: FALSE_ALARM_RATE, miss: MISS_RATE, ...(calibrated === undefined ? {} : { calibrated }) },
    runner: {
      host: session.host,
      tools,
      fitness,
      taintedShare: tainted,
      ...(unfit === undefined ? {} : { unfit }),
    },
    notes: [
      ...notes,
      ...(input.evenUnfit && found !== undefined ? [`judged all the same, as was asked for: ${found}`] : []),
      ...lacking.map((one) => `${lackingText(one)}, so it was not judged`),
      ...unrecorded,
    ],
  };
}

function withoutRun(run: GateCheck['runs'][number]): GateCheck['runs'][number] {
  const { id, side, pair, purpose, status, taints, startedAt, durationMs, artefacts } = run;
  const shown = purpose === undefined ? {} : { purpose };
  return { id, side, pair, ...shown, status, taints, startedAt, durationMs, artefacts };
}

function urlOf({ checks }: Plan): string {
  return checks[0]?.target.baseUrl ?? '';
}

/** A gate whose sides could not be started: nothing was measured. */
export function unstarted(input: GateInput, problems: readonly string[], session: GateSession): GateResult {
  const now = realClock.now();
  const results = input.estimates.map(({ stage }) =>
    withoutRows(
      input.entries.filter((entry) => entry.stage === stage),
      stage,
      { status: 'not-measured', reasons: problems, blame: 'config' },
    ),
  );
  return resultOf({ input, session, startedAt: now, durationMs: 0, fitness: [], results, unrecorded: [] });
}
