import type { Check } from '../../core/check.ts';
import { measuredBy } from '../../core/gate/measured-by.ts';
import { differencesOf, differencesText } from '../../core/producers.ts';
import { LEAST_RUNS, proposeBudgets } from '../../core/proposal/propose.ts';
import type { StoreReader } from '../../core/store.ts';
import type { ProposedFor } from '../../reporters/budgets/proposal-text.ts';
import { allOf, evenly } from '../gate/stored-sets.ts';
import { KINDS } from '../kinds.ts';

/** More would take long to read and say no more: runs of a longer time are taken evenly from all of it. */
const MOST_READ = 1_000;

/** Proposes budgets for a check from the runs that it had in a time. */
export function proposeFor(
  check: Check,
  reader: StoreReader,
  time: { readonly from: number; readonly to: number },
): ProposedFor {
  const found = allOf(reader, { check: check.id, ...time });
  const runs = evenly(found, MOST_READ)
    .toReversed()
    .flatMap(({ id }) => reader.run(id) ?? [])
    .filter((run) => measuredBy(run) !== undefined);
  const about = { check: check.id, kind: check.kind, runs: runs.length, found: found.length };
  if (runs.length < LEAST_RUNS) return about;
  const unlike = differencesText(differencesOf(runs.map(({ producedBy }) => producedBy)));
  const catalogue = KINDS.find(({ kind }) => kind === check.kind)?.measures ?? {};
  const measures = runs.map((run) => measuredBy(run)?.measures ?? []);
  return {
    ...about,
    ...(unlike === undefined ? {} : { unlike }),
    proposed: proposeBudgets({ check, catalogue, runs: measures }),
  };
}
