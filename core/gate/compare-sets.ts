import type { Check } from '../check.ts';
import type { MeasureCatalogue } from '../measure.ts';
import type { Run } from '../run.ts';
import { type Conclusion, conclude } from './conclude.ts';
import { LEAST_PAIRS, MOST_PAIRS } from './decide.ts';
import { takeLook } from './look.ts';
import { rankRows } from './rank.ts';
import type { GateRow, Stage } from './result.ts';
import { seeded, shuffled } from './seeded.ts';
import type { Lacking, Sample } from './series.ts';

export type CompareInput = {
  /** Whose relative budgets are asked; fixed budgets are not judged. */
  readonly check: Pick<Check, 'id' | 'kind' | 'name' | 'relativeBudgets'>;
  readonly catalogue: MeasureCatalogue;
  readonly stage: Stage;
  readonly base: readonly Run[];
  readonly candidate: readonly Run[];
  /** The least change that matters where nothing else is said, as a share. */
  readonly by: number;
};

export type ComparedSets = Conclusion & {
  readonly rows: readonly GateRow[];
  readonly lacking: readonly Lacking[];
  /** Runs that were taken, pair by pair. */
  readonly pairs: readonly { readonly base: Run; readonly candidate: Run }[];
};

/**
 * Compares runs that are measured already. Which runs stand beside each other is drawn at random, but follows from the runs themselves: asking
 * again, until it comes out as one likes, gives the same answer. There is one look, after as many pairs as there are.
 */
export function compareSets(input: CompareInput): ComparedSets {
  const { check, catalogue, stage, by } = input;
  const random = seeded([...input.base, ...input.candidate].map(({ id }) => id).join());
  const [base, candidate] = [shuffled(input.base, random), shuffled(input.candidate, random)];
  const pairs = base.slice(0, MOST_PAIRS).flatMap((run, pair) => {
    const other = candidate[pair];
    return other === undefined ? [] : [{ base: run, candidate: other }];
  });
  const { rows: seen, lacking } = takeLook({
    subjects: [
      {
        check: { ...check, budgets: [] },
        catalogue,
        stage,
        pairs: pairs.map((pair) => ({ base: sampleOf(pair.base), candidate: sampleOf(pair.candidate) })),
      },
    ],
    standings: new Map(),
    by,
    share: 1,
    random,
    isOnly: true,
  });
  const rows = rankRows(pairs.length < LEAST_PAIRS ? seen.map(withoutCertainty) : seen);
  return { ...conclusionOf(rows, lacking, pairs.length), rows, lacking, pairs };
}

/** By the first attempt, as in `measuredBy`; which runs may be compared was decided before. */
function sampleOf(run: Run): Sample {
  return { run: run.id, measures: run.attempts[0]?.observation.measures ?? [] };
}

/** No interval of 95 % can be had from so few pairs: the narrowest that is true has no ends. */
function withoutCertainty(row: GateRow): GateRow {
  if (row.type === 'absolute') return row;
  const low = Number.NEGATIVE_INFINITY;
  return { ...row, change: { ...row.change, low, high: Number.POSITIVE_INFINITY }, verdict: 'undecided' };
}

function conclusionOf(rows: readonly GateRow[], lacking: readonly Lacking[], pairs: number): Conclusion {
  if (rows.length === 0)
    return { status: 'inconclusive', reason: 'There is nothing to compare: no measure was seen in every run of both' };
  if (pairs === 1)
    return { status: 'undecided', reason: 'Nothing is certain from one run each: the changes may be chance' };
  if (pairs < LEAST_PAIRS)
    return {
      status: 'undecided',
      reason: `Nothing is certain from ${pairs} runs each: the changes may be chance; ${LEAST_PAIRS} are needed at least`,
    };
  const concluded = conclude({ rows, checks: [], lacking, interrupted: false });
  if (concluded.status !== 'undecided') return concluded;
  const open = rows.filter(({ verdict }) => verdict === 'undecided').length;
  return { status: 'undecided', reason: `${pairs} runs each cannot tell ${open} of ${rows.length} measures` };
}
