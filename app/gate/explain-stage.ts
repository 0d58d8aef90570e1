import { explain } from '../../core/gate/explain.ts';
import type { GateCheck, GateRow, Side } from '../../core/gate/result.ts';
import type { Measure } from '../../core/measure.ts';
import { decisive, type Run } from '../../core/run.ts';
import { realClock } from '../adapters/real-clock.ts';
import type { Entry } from './entries.ts';
import { isFailing, type StageInput, type StageResult } from './sample-stage.ts';
import type { GateSession } from './session.ts';
import { type SideInput, sideEvidence } from './side-evidence.ts';
import { besideRun, type TakenRun } from './taken-run.ts';

/** Each costs a run of either side, and whoever has read three has a place to begin. */
const MOST_CHECKS = 3;

type ExplainSession = Pick<GateSession, 'execute' | 'cancel' | 'readArtefact'>;
type ExplainInput = Pick<StageInput, 'entries' | 'until' | 'history'>;

/** Says of what failed in a stage why that may be. Verdicts and values stay as they are. */
export async function explainStage(
  result: StageResult,
  input: ExplainInput,
  session: ExplainSession,
): Promise<StageResult> {
  let current = result;
  for (const entry of input.entries.filter(({ check }) => isTelling(result, check.id)).slice(0, MOST_CHECKS)) {
    if (session.cancel.aborted) break;
    const shown = await recordEntry(entry, result, input, session);
    current = withRuns(current, entry, shown);
    current = { ...current, rows: await explainRows(current.rows, { entry, result, input, shown, session }) };
  }
  return current;
}

/** A check that is broken was asked again with full recording before it counted. */
function isTelling({ rows }: StageResult, id: GateRow['check']): boolean {
  return rows.some((row) => row.check === id && isFailing(row));
}

/**
 * Runs either side once more in full recording. Only journeys record more then: audits and load tests leave their reports each time, and the
 * phases of a probe are all that there is.
 */
async function recordEntry(
  entry: Entry,
  result: StageResult,
  { until, history }: ExplainInput,
  session: ExplainSession,
): Promise<readonly TakenRun[]> {
  const runs = runsOf(entry, result);
  if (entry.check.kind !== 'journey') return [];
  const sides: readonly Side[] =
    entry.base === undefined || history !== undefined ? ['candidate'] : ['base', 'candidate'];
  const taken: TakenRun[] = [];
  for (const side of sides) {
    const longestMs = Math.max(0, ...runs.map(({ durationMs }) => durationMs));
    if (session.cancel.aborted || realClock.monotonic() + longestMs > until) break;
    taken.push(besideRun(await session.execute(entry, side, 'full'), side, 'evidence'));
  }
  return taken;
}

function runsOf({ check }: Entry, { runs }: StageResult): readonly TakenRun[] {
  return runs.filter(({ run }) => run.check === check.id);
}

/** Evidence stands with its check and comes first in its rows; what is reckoned over all runs does not see it. */
function withRuns(result: StageResult, { check }: Entry, shown: readonly TakenRun[]): StageResult {
  // The candidate's before the baseline's: that is what somebody wants to see.
  const first = shown.toReversed().map(({ id }) => id);
  return {
    ...result,
    checks: result.checks.map(
      (one): GateCheck => (one.check === check.id ? { ...one, runs: [...one.runs, ...shown] } : one),
    ),
    rows: result.rows.map((row) => (row.check === check.id ? { ...row, evidence: [...first, ...row.evidence] } : row)),
  };
}

type Explaining = {
  readonly entry: Entry;
  readonly result: StageResult;
  readonly input: ExplainInput;
  readonly shown: readonly TakenRun[];
  readonly session: ExplainSession;
};

async function explainRows(rows: readonly GateRow[], explaining: Explaining): Promise<readonly GateRow[]> {
  const { entry } = explaining;
  const failing = rows.filter((row) => row.check === entry.check.id && isFailing(row));
  const [first] = failing;
  if (first === undefined) return rows;
  const [candidate, base] = [sideInput(first, 'candidate', explaining), sideInput(first, 'base', explaining)];
  const evidence = {
    kind: entry.check.kind,
    candidate: await sideEvidence(candidate),
    ...(base.sampled.length === 0 ? {} : { base: await sideEvidence(base) }),
  };
  return rows.map((row) => (failing.includes(row) ? { ...row, explanations: explain(row, evidence) } : row));
}

function sideInput(row: GateRow, side: Side, { entry, result, input, shown, session }: Explaining): SideInput {
  const runs = lastRuns(entry, result, side);
  const candidates = side === 'candidate' ? runs : lastRuns(entry, result, 'candidate');
  const count = row.candidate.values.length;
  const pairs = Array.from({ length: count }, (_, pair) => pair);
  const stored = side === 'base' ? input.history : undefined;
  const sampled = pairs.flatMap((pair): readonly (readonly Measure[])[] => {
    const [run, candidate] = [runs.get(pair), candidates.get(pair)];
    const earlier = candidate === undefined ? undefined : stored?.(entry, pair, candidate);
    const measures = earlier?.measures ?? (run === undefined ? undefined : decisive(run)?.measures);
    return measures === undefined ? [] : [measures];
  });
  const isRecorded = entry.check.kind === 'journey';
  // A run that did not come to its end did not ask for all that it would have: nothing can be told from what it lacks.
  const recorded = shown.filter(({ status }) => status === 'passed' || status === 'degraded');
  return {
    target: side === 'base' ? (entry.base ?? entry.check).target : entry.check.target,
    sampled,
    shown: isRecorded ? recorded.find((one) => one.side === side)?.run : runs.get(typicalPair(row, side)),
    readArtefact: session.readArtefact,
  };
}

/** The run of each pair that counts, the last: those before it were spoilt. */
function lastRuns(entry: Entry, result: StageResult, side: Side): ReadonlyMap<number, Run> {
  const own = runsOf(entry, result).filter((one) => one.side === side);
  return new Map(own.map((one) => [one.pair, one.run]));
}

/** The pair whose value was nearest to the middle of its side. */
function typicalPair(row: GateRow, side: Side): number {
  const values = side === 'base' ? row.base : row.candidate;
  const distances = values?.values.map((value) => Math.abs(value - values.median)) ?? [];
  return distances.indexOf(Math.min(...distances));
}
