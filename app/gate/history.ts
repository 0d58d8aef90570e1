import { measuredBy } from '../../core/gate/measured-by.ts';
import { shuffled } from '../../core/gate/seeded.ts';
import type { Sample } from '../../core/gate/series.ts';
import type { HostFingerprint } from '../../core/observation.ts';
import type { Plan } from '../../core/plan.ts';
import type { Run } from '../../core/run.ts';
import type { StoreReader } from '../../core/store.ts';
import { withHistory } from '../with-reader.ts';
import type { Entry } from './entries.ts';

/** Stored runs that may stand for the baseline, by check, in an order drawn at random. */
export type StoredBase = {
  readonly of: (check: string) => readonly Run[];
};

const MOST_RUNS = 40;
/** Runs that are looked at to find as many that are alike. */
const LOOKED_AT = 400;

/**
 * The latest runs of each check that measured well on a machine like this one. They are paired with new runs in an order drawn at random: when nothing
 * has changed, either may be which, as with live pairs. What the machine and the network went through in between counts for the release, though.
 */
export function readStoredBase(plan: Plan, host: HostFingerprint, random: () => number): StoredBase {
  const byCheck = withHistory(
    plan,
    (reader) => new Map(plan.checks.map(({ id }) => [id as string, likeRuns(reader, id, host, random)])),
  );
  return { of: (check) => byCheck?.get(check) ?? [] };
}

function likeRuns(
  reader: StoreReader,
  check: Run['check'],
  host: HostFingerprint,
  random: () => number,
): readonly Run[] {
  const runs = reader
    .latestRuns(check, LOOKED_AT)
    .flatMap(({ id }) => reader.run(id) ?? [])
    .filter((run) => measuredBy(run) !== undefined && JSON.stringify(run.producedBy.host) === JSON.stringify(host));
  return shuffled(runs.slice(0, MOST_RUNS), random);
}

/** The stored run for a round, when its tools are those of the new run: unlike is not compared. */
export function storedSample(stored: StoredBase, entry: Entry, round: number, candidate: Run): Sample | undefined {
  const alike = stored.of(entry.check.id).filter((run) => haveSameTools(run, candidate));
  const run = alike[round];
  return run === undefined ? undefined : { run: run.id, measures: measuredBy(run)?.measures ?? [] };
}

function haveSameTools(left: Run, right: Run): boolean {
  const tools = (run: Run): string => JSON.stringify(Object.entries(run.producedBy.tools).toSorted());
  return tools(left) === tools(right);
}
