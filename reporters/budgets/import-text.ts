import { snippetOf, writeBudgets } from '../../core/budget-draft.ts';
import type { Imported, Said } from '../../core/budget-import.ts';
import type { Paint } from '../describe-run.ts';
import { printable } from '../printable.ts';

/** Budgets made of a file of another tool: a snippet to paste, what means something else now, and what was not taken. */
export function importText({ drafts, notes, left }: Imported, kind: string, paint: Paint): readonly string[] {
  const snippet = drafts.length === 0 ? [] : snippetOf(writeBudgets(drafts)).split('\n');
  return [
    paint.bold(
      drafts.length === 0 ? 'nothing could be taken' : `budgets of ${kind === 'audit' ? 'an audit' : 'a load'} check:`,
    ),
    ...snippet,
    ...list(paint.warn('taken, but not quite the same:'), notes),
    ...list(paint.warn('not taken:'), left),
  ];
}

/** What is said of several is said once. */
function list(title: string, all: readonly Said[]): readonly string[] {
  const byReason = Map.groupBy(all, ({ why }) => why);
  const lines = [...byReason].map(([why, of]) => printable(`  ${of.map(({ from }) => from).join(', ')}: ${why}`));
  return lines.length === 0 ? [] : ['', title, ...lines];
}
