import { measuredBy } from '../../core/gate/measured-by.ts';
import type { RunSet } from '../../core/gate/run-set.ts';
import type { CheckId } from '../../core/identifiers.ts';
import type { Run } from '../../core/run.ts';
import type { RunFilter, RunSummary, StoreReader } from '../../core/store.ts';

/** Runs that were found for one side of a comparison, in the order of their time. */
export type StoredSet = {
  readonly runs: readonly Run[];
  /** Why there are none. */
  readonly problem?: string;
  readonly notes: readonly string[];
};

/** A page of the store holds no more. */
const PAGE = 1_000;
/** Runs of a longer time are taken evenly from all of it: forty are compared in the end. */
const MOST_READ = 200;

/** Reads the runs of a set that have measured something. A run that is named stands for itself, however it ended. */
export function readSet(reader: StoreReader, set: RunSet): StoredSet {
  if (set.type === 'run') return readOne(reader, set);
  const found = set.type === 'last' ? latest(reader, set) : within(reader, set);
  const measured = found.flatMap((id) => reader.run(id) ?? []).filter((run) => measuredBy(run) !== undefined);
  const runs = set.type === 'last' ? measured.slice(0, set.count) : measured;
  if (runs.length === 0) return { runs: [], notes: [], problem: problemOf(reader, set.check, found.length) };
  const left = found.length - measured.length;
  return {
    runs: runs.toReversed(),
    notes:
      left === 0
        ? []
        : [`${left} of ${found.length} runs of ${set.check} were left out: they failed or measured nothing`],
  };
}

function readOne(reader: StoreReader, { run: id }: Extract<RunSet, { type: 'run' }>): StoredSet {
  const run = reader.run(id);
  if (run === undefined)
    return {
      runs: [],
      notes: [],
      problem: `there is no run '${id}' in this data folder; --data names the folder of a gate`,
    };
  const measures = run.attempts[0]?.observation.measures ?? [];
  if (measures.length === 0)
    return { runs: [], notes: [], problem: `run '${id}' (${run.verdict.status}) measured nothing` };
  const { status } = run.verdict;
  return { runs: [run], notes: status === 'failed' || status === 'inconclusive' ? [`run ${id} ended ${status}`] : [] };
}

/** Twice as many as are asked for: some may have measured nothing. */
function latest(reader: StoreReader, { check, count }: Extract<RunSet, { type: 'last' }>): readonly RunSummary['id'][] {
  return allOf(reader, { check }, 2 * count).map(({ id }) => id);
}

function within(
  reader: StoreReader,
  { check, from, to }: Extract<RunSet, { type: 'span' }>,
): readonly RunSummary['id'][] {
  return evenly(allOf(reader, { check, from, to }), MOST_READ).map(({ id }) => id);
}

/** Page by page, the latest first. */
export function allOf(
  reader: Pick<StoreReader, 'runs'>,
  filter: Omit<RunFilter, 'limit' | 'before'>,
  most = Number.POSITIVE_INFINITY,
): readonly RunSummary[] {
  const found: RunSummary[] = [];
  for (;;) {
    const before = found.at(-1)?.id;
    const limit = Math.min(PAGE, most - found.length);
    const page = limit <= 0 ? [] : reader.runs({ ...filter, ...(before === undefined ? {} : { before }), limit });
    found.push(...page);
    if (page.length < Math.min(PAGE, limit) || limit <= 0) return found;
  }
}

/** At most so many, as far from each other as they can be. */
export function evenly<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, index) => items[Math.floor((index * items.length) / most)]).filter(
    (item) => item !== undefined,
  );
}

function problemOf(reader: StoreReader, check: CheckId, found: number): string {
  if (found > 0) return `none of ${found} runs of '${check}' measured anything`;
  return reader.latestRuns(check, 1).length === 0
    ? `'${check}' has no run in this data folder`
    : `'${check}' has no run in that time`;
}
