import type { Blame } from '../../core/fault.ts';
import { isLook, type LookResult, takeLook } from '../../core/gate/look.ts';
import { judgePair, type PairOutcome } from '../../core/gate/pairing.ts';
import type { GateCheck, GateRow, Side, Stage } from '../../core/gate/result.ts';
import type { Pair, Sample, Subject } from '../../core/gate/series.ts';
import { decisive, type Run } from '../../core/run.ts';
import { realClock } from '../adapters/real-clock.ts';
import type { Entry } from './entries.ts';
import type { GateSession } from './session.ts';
import { besideRun, type TakenRun, takenRun } from './taken-run.ts';

/** How a stage goes about it. */
export type StageInput = {
  readonly stage: Stage;
  readonly entries: readonly Entry[];
  readonly by: number;
  /** Part of the false-alarm rate that this stage may spend. */
  readonly share: number;
  /** Monotonic instant at which no further round may begin. */
  readonly until: number;
  /** What one round will take, milliseconds, until one has been timed. */
  readonly roundMs: number;
  /** Rounds whose values do not count: what was just deployed is cold. */
  readonly warmUps: number;
  readonly failFast: boolean;
  readonly random: () => number;
  /** Base runs out of the store, one for each round, in the place of live ones. */
  readonly history: ((entry: Entry, round: number, candidate: Run) => Sample | undefined) | undefined;
};

export type StageResult = LookResult & { readonly checks: readonly GateCheck[]; readonly runs: readonly TakenRun[] };

/** After so many pairs nothing more is learnt. */
const MOST_PAIRS = 40;
/** Attempts at one pair before the check counts as one that cannot be measured here. */
const MOST_TRIES = 3;
/** In the place of the number of a round. */
const WARM_UP = -1;
/** Stored runs without which nothing can be told of a check. */
const LEAST_STORED = 6;

type End = Pick<GateCheck, 'status' | 'reasons'> & { readonly blame?: Blame };
type Subjected = {
  readonly entry: Entry;
  readonly index: number;
  readonly pairs: Pair[];
  readonly runs: TakenRun[];
  ended: End | undefined;
};

/** Samples the checks of a stage, pair by pair, until everything is decided or the time is over. */
export async function sampleStage(input: StageInput, session: GateSession): Promise<StageResult> {
  const all = input.entries.map((entry, index): Subjected => ({ entry, index, pairs: [], runs: [], ended: undefined }));
  const stage: Stand = {
    input,
    session,
    all,
    look: { rows: [], lacking: [], standings: new Map() },
    isExhausted: false,
  };
  for (let round = 0; round < input.warmUps && mayGoOn(stage, round); round += 1) await warmUp(stage);
  const began = realClock.monotonic();
  for (let round = 0; round < MOST_PAIRS && mayGoOn(stage, round, began); round += 1) {
    await takeRound(stage, round);
    if (isLook(round + 1)) stage.look = lookAt(stage);
    tell(stage, round + 1);
    if (isSettled(stage)) break;
  }
  stage.look = lookAt(stage);
  return { ...stage.look, checks: all.map((one) => checkOf(one, input.stage)), runs: all.flatMap(({ runs }) => runs) };
}

type Stand = {
  readonly input: StageInput;
  readonly session: GateSession;
  readonly all: readonly Subjected[];
  look: LookResult;
  /** The store has no more runs to compare with. */
  isExhausted: boolean;
};

function alive({ all }: Stand): readonly Subjected[] {
  return all.filter(({ ended }) => ended === undefined);
}

function mayGoOn(stage: Stand, round: number, began?: number): boolean {
  const { input, session, look, all } = stage;
  if (session.cancel.aborted || stage.isExhausted || alive(stage).length === 0) return false;
  if (input.failFast && (all.some(({ ended }) => ended?.status === 'broken') || look.rows.some(isFailing)))
    return false;
  const now = realClock.monotonic();
  const roundMs = began === undefined || round === 0 ? input.roundMs : (now - began) / round;
  return now + roundMs <= input.until;
}

export function isFailing(row: GateRow): boolean {
  return row.verdict === 'regressed' || (row.type === 'absolute' && row.level === 'fail' && row.verdict === 'broken');
}

/** What is broken is so from the first run on; values of a deployment that is still cold do not count. */
async function warmUp(stage: Stand): Promise<void> {
  for (const one of alive(stage)) {
    const outcome = await takePair(one, WARM_UP, stage);
    if (stage.session.cancel.aborted) return;
    if (outcome.kind === 'broken') one.ended = endOf(outcome, 1);
  }
}

async function takeRound(stage: Stand, round: number): Promise<void> {
  for (const one of alive(stage)) {
    for (let tried = 1; ; tried += 1) {
      const outcome = await takePair(one, round, stage);
      if (stage.session.cancel.aborted) return;
      if (outcome.kind === 'taken') {
        keepPair(one, outcome.runs, round, stage);
        break;
      }
      one.ended = endOf(outcome, tried);
      if (one.ended !== undefined) break;
    }
  }
}

type PairRuns = Readonly<Partial<Record<Side, Run>>> & { readonly candidate: Run };

function keepPair(one: Subjected, runs: PairRuns, round: number, stage: Stand): void {
  const { history } = stage.input;
  const stored = history?.(one.entry, round, runs.candidate);
  const base = runs.base === undefined ? stored : sampleOf(runs.base);
  if (history === undefined || stored !== undefined) {
    one.pairs.push({ candidate: sampleOf(runs.candidate), ...(base === undefined ? {} : { base }) });
    return;
  }
  if (round >= LEAST_STORED) stage.isExhausted = true;
  else
    one.ended = {
      status: 'not-measured',
      reasons: [
        `the store holds ${round} runs of it that are like the new ones (same machine, same versions, passed at once); ${LEAST_STORED} are needed`,
      ],
      blame: 'config',
    };
}

/** Base first in even rounds and candidate first in odd ones (ABBA), so that neither side always follows the other. */
async function takePair(one: Subjected, round: number, { input, session }: Stand): Promise<PairOutcome> {
  const runs: Partial<Record<Side, Run>> = {};
  for (const side of sidesOf(one.entry, input, Math.max(0, round) + one.index)) {
    const run = await session.execute(one.entry, side);
    one.runs.push(round === WARM_UP ? besideRun(run, side, 'warm-up') : takenRun(run, side, round));
    runs[side] = run;
    if (session.cancel.aborted) break;
  }
  const { candidate } = runs;
  if (candidate === undefined) return { kind: 'spoilt', reason: 'interrupted' };
  return judgePair({ ...runs, candidate });
}

function sidesOf(entry: Entry, { history }: StageInput, turn: number): readonly Side[] {
  if (entry.base === undefined || history !== undefined) return ['candidate'];
  return turn % 2 === 0 ? ['base', 'candidate'] : ['candidate', 'base'];
}

function sampleOf(run: Run): Sample {
  return { run: run.id, measures: decisive(run)?.measures ?? [] };
}

function endOf(outcome: Exclude<PairOutcome, { kind: 'taken' }>, tried: number): End | undefined {
  if (outcome.kind === 'broken')
    return { status: outcome.side === 'base' ? 'base-broken' : 'broken', reasons: [outcome.reason] };
  if (tried < MOST_TRIES) return undefined;
  return {
    status: 'not-measured',
    reasons: [outcome.reason],
    ...(outcome.blame === undefined ? {} : { blame: outcome.blame }),
  };
}

function lookAt({ input, all, look }: Stand): LookResult {
  const seen = all.filter(({ pairs, ended }) => pairs.length > 0 && ended === undefined);
  // An interrupt or an empty store may leave some with a pair more than others; what is compared together must be as long.
  const least = Math.min(...seen.map(({ pairs }) => pairs.length));
  const subjects = seen.map((one) => subjectOf(one, least, input));
  return takeLook({ subjects, standings: look.standings, by: input.by, share: input.share, random: input.random });
}

function subjectOf({ entry, pairs }: Subjected, count: number, { stage }: StageInput): Subject {
  return { check: entry.check, catalogue: entry.kind.measures, stage, pairs: pairs.slice(0, count) };
}

/** Whether another pair can change nothing. */
function isSettled(stage: Stand): boolean {
  const pairs = alive(stage)[0]?.pairs.length ?? 0;
  // Nothing but assertions: one run has said it.
  if (pairs === 1) return lookAt(stage).rows.length === 0;
  return isLook(pairs) && stage.look.rows.every(({ verdict }) => verdict !== 'undecided');
}

function tell({ input, session, look, all }: Stand, pairs: number): void {
  const open = look.rows.filter(({ verdict }) => verdict === 'undecided').length;
  const what = all.some(({ entry }) => entry.base !== undefined) ? 'pair' : 'sample';
  const text =
    look.rows.length === 0 ? `${what} ${pairs}` : `${what} ${pairs}, ${open} of ${look.rows.length} values undecided`;
  session.progress.progress(input.stage, { text });
}

function checkOf({ entry, pairs, runs, ended }: Subjected, stage: Stage): GateCheck {
  const { id, kind, name } = entry.check;
  const end = ended ?? { status: pairs.length > 0 ? ('measured' as const) : ('not-run' as const), reasons: [] };
  return { check: id, kind, name, stage, ...end, runs };
}
