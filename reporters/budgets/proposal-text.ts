import { snippetOf, writeBudgets, writeLimit } from '../../core/budget-draft.ts';
import type { Limits } from '../../core/proposal/limits.ts';
import type { Proposal, Proposed } from '../../core/proposal/propose.ts';
import type { Remark } from '../../core/proposal/remarks.ts';
import { formatQuantity } from '../../core/units.ts';
import type { Paint } from '../describe-run.ts';
import { printable } from '../printable.ts';

export type ProposedFor = {
  readonly check: string;
  readonly kind: string;
  /** Runs that measured something, of those that were found. */
  readonly runs: number;
  readonly found: number;
  /** What was not the same for all runs. */
  readonly unlike?: string;
  readonly proposed?: Proposed;
};

/** Budgets proposed for one check: what stands behind each, remarks on those that are there, and a snippet to paste. */
export function proposalText(
  { check, kind, runs, found, unlike, proposed }: ProposedFor,
  paint: Paint,
): readonly string[] {
  const read = found > runs ? `${runs} of ${found} runs` : `${runs} runs`;
  const head = paint.bold(`${check} (${kind}), ${read}`);
  if (proposed === undefined) return [head, paint.warn('  too few to propose anything: 20 are needed, see --since')];
  const { proposals, remarks, lacking, drafts } = proposed;
  return [
    head,
    ...(unlike === undefined ? [] : [paint.warn(`  ${unlike}`)]),
    ...proposals.map((proposal) => `  ${printable(lineOf(proposal))}`),
    ...remarks.map((remark) => paint.warn(`  ${printable(remarkText(remark))}`)),
    ...lacking.map(({ name, seen }) =>
      paint.dim(`  ${printable(name)}: seen in ${seen} of ${runs} runs, left as it is`),
    ),
    ...(drafts.length === 0
      ? []
      : [
          '',
          ...snippetOf(writeBudgets(drafts))
            .split('\n')
            .map((line) => `    ${line}`),
        ]),
  ];
}

function lineOf({ name, unit, median, worst, margin, runs, proposed, current }: Proposal): string {
  const show = (value: number): string => formatQuantity(value, unit);
  const now = current === undefined ? '' : `; now ${limitsText(current)}`;
  return `${name}: ${limitsText(proposed)} (typical ${show(median)}, worst of ${runs} ${show(worst)}, margin ${show(margin)}${now})`;
}

function limitsText({ warn, fail }: Limits): string {
  const parts = [
    ...(warn === undefined ? [] : [`warn ${writeLimit(warn)}`]),
    ...(fail === undefined ? [] : [`fail ${writeLimit(fail)}`]),
  ];
  return parts.length === 0 ? 'no limit that could be broken' : parts.join(', ');
}

function remarkText({ type, name, level, limit, runs, worst, broken, crossings }: Remark): string {
  const which = `${name}: ${level} ${writeLimit(limit)}`;
  switch (type) {
    case 'never-binds':
      return `${which} never binds: the worst of ${runs} runs is ${formatQuantity(worst, limit.unit)}`;
    case 'flaps':
      return `${which} flaps: crossed ${crossings} times, broken in ${broken} of ${runs} runs`;
  }
}
