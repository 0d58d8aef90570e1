import type { GateRow } from './result.ts';

/** The worst first: what fails, what could not be told, what warns, then by how near it is to its limit. */
export function rankRows(rows: readonly GateRow[]): readonly GateRow[] {
  return rows.toSorted((left, right) => classOf(left) - classOf(right) || nearness(right) - nearness(left));
}

function classOf(row: GateRow): number {
  switch (row.verdict) {
    case 'regressed':
      return 0;
    case 'broken':
      return row.type === 'absolute' && row.level === 'fail' ? 0 : 2;
    case 'undecided':
      return row.type === 'absolute' && row.level === 'warn' ? 3 : 1;
    case 'kept':
    case 'not-regressed':
      return 3;
  }
}

/** How much of the way to its limit a row has gone: 0 is no change, 1 is at the limit, more is beyond. */
function nearness(row: GateRow): number {
  if (row.type === 'relative') {
    const worse = row.better === 'lower' ? row.change.estimate : -row.change.estimate;
    return finite(worse / row.effect.by);
  }
  const { limit, candidate } = row;
  if (candidate.median === limit.value) return 1;
  return finite(row.better === 'lower' ? candidate.median / limit.value : limit.value / candidate.median);
}

/** Limits and baselines of zero divide by nothing. */
function finite(share: number): number {
  if (Number.isNaN(share)) return 0;
  return Math.max(-1_000, Math.min(1_000, share));
}
