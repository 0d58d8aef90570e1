import { relative, resolve } from 'node:path';
import type { CheckKind } from '../../core/check.ts';
import { type ComparedSets, compareSets } from '../../core/gate/compare-sets.ts';
import { FALSE_ALARM_RATE, MISS_RATE } from '../../core/gate/decide.ts';
import { taintedShare } from '../../core/gate/fitness.ts';
import type { GateCheck, GateResult } from '../../core/gate/result.ts';
import { lackingText } from '../../core/gate/series.ts';
import { checkId } from '../../core/identifiers.ts';
import type { Plan } from '../../core/plan.ts';
import { type Difference, differencesOf, differencesText } from '../../core/producers.ts';
import type { Run } from '../../core/run.ts';
import { KINDS } from '../kinds.ts';
import { STAGE_OF } from './entries.ts';
import type { StoredSet } from './stored-sets.ts';
import { takenRun } from './taken-run.ts';

export type CompareStoredInput = {
  readonly plan: Plan;
  /** As they were asked for. */
  readonly names: { readonly base: string; readonly candidate: string };
  readonly base: StoredSet;
  readonly candidate: StoredSet;
  readonly evenUnlike: boolean;
  readonly dataFolder: string;
  /** What paths of artefacts begin from. */
  readonly outFolder: string;
};

/** Why two sets cannot be compared at all, whatever is allowed. */
export function incomparable(base: readonly Run[], candidate: readonly Run[]): string | undefined {
  const kinds = [...new Set([...base, ...candidate].map(({ kind }) => kind))];
  if (kinds.length > 1) return `unlike kinds of checks have no measures in common: ${kinds.join(' and ')}`;
  if (kinds[0] === 'heartbeat') return 'a heartbeat measures nothing that could be compared';
  const both = candidate.filter(({ id }) => base.some((run) => run.id === id)).length;
  return both === 0
    ? undefined
    : `${both} ${both === 1 ? 'run is' : 'runs are'} in both sets: nothing is compared with itself`;
}

/** A comparison of stored runs, told as a gate is. Runs made by unlike hosts or tools are refused unless the user insists. */
export function compareStored(input: CompareStoredInput): GateResult {
  const { base, candidate, evenUnlike, plan } = input;
  const unlike = differencesText(unlikenessOf([...base.runs, ...candidate.runs]));
  const check = checkOf(plan, candidate.runs);
  const stage = STAGE_OF[check.kind];
  const catalogue = KINDS.find(({ kind }) => kind === check.kind)?.measures ?? {};
  const compared: ComparedSets =
    unlike === undefined || evenUnlike
      ? compareSets({ check, catalogue, stage, base: base.runs, candidate: candidate.runs, by: plan.settings.gate.by })
      : {
          status: 'inconclusive',
          reason: `Refused: ${unlike}; --even-unlike compares all the same`,
          rows: [],
          lacking: [],
          pairs: [],
        };
  const { rows, lacking, pairs, ...conclusion } = compared;
  const taken = pairs.flatMap((pair, index) =>
    (['base', 'candidate'] as const).map((side) => takenRun(pair[side], side, index)),
  );
  const toRun = relative(input.outFolder, input.dataFolder);
  return {
    ...conclusion,
    baseline: 'history',
    urls: input.names,
    ...spanOf([...base.runs, ...candidate.runs]),
    maxDurationMs: 0,
    rows,
    checks: [
      {
        check: check.id,
        kind: check.kind,
        name: check.name,
        stage,
        status: 'measured',
        reasons: [],
        runs: taken.map((run) => withPaths(run, toRun)),
      },
    ],
    rates: { falseAlarm: FALSE_ALARM_RATE, miss: MISS_RATE },
    runner: runnerOf(candidate.runs, taken),
    notes: [
      ...base.notes,
      ...candidate.notes,
      ...(unlike === undefined || !evenUnlike ? [] : [unlike]),
      ...namesNotes(base.runs, candidate.runs),
      ...(pairs.length > 1 ? ['the runs were not taken in turns: whatever else changed between them counts, too'] : []),
      ...lacking.map((one) => `${lackingText(one)}, so it was not compared`),
    ],
  };
}

/** Host, tools, and where the measuring was done. */
function unlikenessOf(runs: readonly Run[]): readonly Difference[] {
  const locations = [...new Set(runs.map(({ location }) => location))];
  return [
    ...differencesOf(runs.map(({ producedBy }) => producedBy)),
    ...(locations.length > 1 ? [{ what: 'location', values: locations }] : []),
  ];
}

type Named = Parameters<typeof compareSets>[0]['check'] & { readonly kind: Exclude<CheckKind, 'heartbeat'> };

/** The check of the candidate; runs outlive the checks of a configuration. */
function checkOf(plan: Plan, runs: readonly Run[]): Named {
  const [first] = runs;
  const kind = KINDS.find((known) => known.kind === first?.kind)?.kind;
  if (first === undefined || kind === undefined || kind === 'heartbeat')
    throw new TypeError('runs of a kind that measures are compared');
  const known = plan.checks.find(({ id }) => id === first.check);
  const { name = first.check, relativeBudgets = [] } = known?.kind === kind ? known : {};
  return { id: checkId(first.check), kind, name, relativeBudgets };
}

function spanOf(runs: readonly Run[]): Pick<GateResult, 'startedAt' | 'durationMs'> {
  const startedAt = Math.min(...runs.map((run) => run.startedAt));
  return { startedAt, durationMs: Math.max(...runs.map((run) => run.finishedAt)) - startedAt };
}

function withPaths({ run: _run, ...shown }: ReturnType<typeof takenRun>, folder: string): GateCheck['runs'][number] {
  const artefacts = shown.artefacts.map(({ kind, file }) => ({
    kind,
    file: [folder, file]
      .filter((part) => part !== '')
      .join('/')
      .replaceAll('\\', '/'),
  }));
  return { ...shown, artefacts };
}

function runnerOf(candidate: readonly Run[], taken: GateCheck['runs']): GateResult['runner'] {
  const producer = candidate.at(-1)?.producedBy;
  if (producer === undefined) throw new TypeError('there is no run');
  return { host: producer.host, tools: producer.tools, fitness: [], taintedShare: taintedShare(taken) };
}

function namesNotes(base: readonly Run[], candidate: readonly Run[]): readonly string[] {
  const differs = (what: string, of: (run: Run) => string): readonly string[] => {
    const [left, right] = [base, candidate].map((runs) => [...new Set(runs.map(of))].join(', '));
    return left === right ? [] : [`${what} is not the same: ${left} and ${right}`];
  };
  return [
    ...differs('the check', ({ check }) => check),
    ...differs('the environment', ({ environment }) => environment),
  ];
}

/** Where a data folder is that the command line names. */
export function folderOf(given: string | undefined, plan: Plan): string {
  return given === undefined ? plan.settings.dataFolder : resolve(given);
}
