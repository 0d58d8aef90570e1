import type { Run, VerdictStatus } from '../core/run.ts';
import { VERDICT_STATUSES } from '../core/run.ts';

/** What `--json` prints: one stable document; `schemaVersion` rises when a field changes meaning. */
export type ResultDocument = {
  readonly schemaVersion: 1;
  readonly command: string;
  readonly vigie: string;
  readonly exitCode: number;
  readonly verdict: VerdictStatus | 'none';
  readonly counts: Readonly<Record<VerdictStatus, number>>;
  readonly runs: readonly Run[];
  /** Problems that belong to no run, e.g. a selection that matched nothing. */
  readonly problems: readonly string[];
};

export type ResultInput = Pick<ResultDocument, 'command' | 'vigie' | 'exitCode' | 'runs' | 'problems'>;

export function resultDocument(input: ResultInput): ResultDocument {
  const counts = countByStatus(input.runs);
  return { schemaVersion: 1, ...input, verdict: worst(counts), counts };
}

export function countByStatus(runs: readonly Run[]): Readonly<Record<VerdictStatus, number>> {
  const count = (status: VerdictStatus): number => runs.filter((run) => run.verdict.status === status).length;
  return {
    passed: count('passed'),
    degraded: count('degraded'),
    failed: count('failed'),
    inconclusive: count('inconclusive'),
    skipped: count('skipped'),
  };
}

/** A failure outranks what could not be measured, which outranks everything that was. */
const RANK: readonly VerdictStatus[] = ['failed', 'inconclusive', 'degraded', 'passed', 'skipped'];

function worst(counts: Readonly<Record<VerdictStatus, number>>): VerdictStatus | 'none' {
  return RANK.filter((status) => VERDICT_STATUSES.includes(status)).find((status) => counts[status] > 0) ?? 'none';
}
